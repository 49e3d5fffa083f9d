"""What trials cost less than trainings in full, and what that was worth."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from components.reporter.blocks import Block, Column, Details, Table, Text, between, number, text
from modules.base import numerals

_FULL = "full"


def blocks(search: Mapping[str, Any], trials: Sequence[Mapping[str, Any]], metric: str) -> list[Block]:
    """Returns what was saved, in words, and the trials behind it, folded away; nothing where all were trained in full.

    Args:
        search: summary.json's `tuner_search`.
        trials: The trials, the best first.
        metric: What the score is, as people call it.
    """
    told = {
        "lower_fidelity": _cheaper,
        "curve_extrapolation": _stopped,
        "weight_inheritance": _inherited,
    }.get(search.get("estimation", _FULL))
    return told(search, trials, metric) if told else []


def _cheaper(search: Mapping[str, Any], trials: Sequence[Mapping[str, Any]], metric: str) -> list[Block]:
    in_full = [trial for trial in trials if trial.get("trial/cheaper")]
    said = (
        f"Trials were trained for less, and {len(in_full)} of them then in full: all trainings together come to "
        f"{search['whole_epochs']:,.0f} epochs over all rows. {_agreement(search.get('agreement'))}"
    )
    if not in_full:
        return [Text(text=said)]
    table = Table(
        caption="The trials that were trained in full, and what they scored before",
        columns=[
            Column(title="trial", numeric=False),
            Column(title=f"validation {metric}, in full"),
            Column(title="before"),
            Column(title="epochs before"),
            Column(title="share of the rows before"),
        ],
        rows=[
            [
                text(_number(trial)),
                number(trial["score"]),
                number(before["score"]),
                number(before["epochs"], 0),
                number(before["rows"], 2),
            ]
            for trial in in_full
            for before in [trial["trial/cheaper"]]
        ],
    )
    return [Text(text=said), Details(title=table.caption, blocks=[table])]


def _agreement(agreement: Mapping[str, Any] | None) -> str:
    rho = (agreement or {}).get("spearman")
    if not agreement or rho is None:
        return "Whether both rank trials alike cannot be told: their scores do not differ."
    known = f", 95 % interval {numerals.interval(rho['low'], rho['high'], '.2f')}" if rho["low"] is not None else ""
    few = "" if known else ", too few for an interval"
    value = numerals.written(rho["value"], ".2f")
    return f"Rank correlation of both on the {agreement['trials']} trials: {value}{known}{few} (Spearman)."


def _stopped(search: Mapping[str, Any], trials: Sequence[Mapping[str, Any]], metric: str) -> list[Block]:
    ended = [trial for trial in trials if trial.get("trial/stopped")]
    if not ended:
        return [Text(text="No trial was stopped by the forecast of its learning curve.")]
    said = (
        f"{len(ended)} of {len(trials)} trials were stopped because the forecast of their learning curve stayed worse "
        f"than the best score so far: at most {search['saved_epochs']:,} epochs were saved."
    )
    table = Table(
        caption="The trials that were stopped, and what they might have come to",
        columns=[
            Column(title="trial", numeric=False),
            Column(title="stopped after epoch"),
            Column(title="of"),
            Column(title=f"validation {metric} then"),
            Column(title="forecast"),
            Column(title="its interval"),
            Column(title="best so far"),
        ],
        rows=[
            [
                text(_number(trial)),
                number(trial["trial/epochs"], 0),
                number(why["limit"], 0),
                number(trial["score"]),
                number(why["value"]),
                between(why["low"], why["high"], 4),
                number(why["best"]),
            ]
            for trial in ended
            for why in [trial["trial/stopped"]]
        ],
    )
    return [Text(text=said), Details(title=table.caption, blocks=[table])]


def _inherited(search: Mapping[str, Any], trials: Sequence[Mapping[str, Any]], metric: str) -> list[Block]:
    ways = Counter(trial["trial/inherited"] for trial in trials if trial.get("trial/inherited"))
    if not ways:
        return [Text(text="No trial began with the weights of another.")]
    count = sum(ways.values())
    how = ", ".join(f"{number} {way}" for way, number in ways.most_common())
    return [Text(text=f"{count} of {len(trials)} trials began with the weights of the one that they came of: {how}.")]


def _number(trial: Mapping[str, Any]) -> str:
    return str(trial["trial_id"]).lstrip("0") or "0"
