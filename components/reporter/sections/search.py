"""How was it found: the trials of the search, and how each model learnt."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.reporter import networks, readings, teaching
from components.reporter.blocks import Block, Column, Details, Section, Table, number, text
from components.reporter.sections import curves, gains, parallel, student_search
from components.reporter.sections.searching import anytime, estimation, importance, network, objectives
from modules import tasks
from modules.base import numerals
from modules.contracts.training_curves import LearningCurve

_SHOWN = 10
_NETWORK, _COSTS = "trial/network", "trial/costs"
NAMES = {
    "hyperband": "Hyperband",
    "random": "Random search",
    "grid": "A grid",
    "bayesian": "Bayesian optimization",
    "evolution": "Evolution",
    "reinforce": "A policy gradient",
}
# What the search notes on a trial, and its column; a column that no trial has is left out.
_NOTES = {
    "trial/epochs": ("epochs", 0),
    "trial/seconds": ("seconds", 1),
    "tuner/bracket": ("bracket", 0),
    "tuner/round": ("round", 0),
}


def section(summary: Mapping[str, Any]) -> Section | None:
    """Builds the section; a run that stopped before the Tuner has none."""
    metric = tasks.METRICS.get(summary.get("tuner_metric", ""), tasks.Metric("score", "score"))
    blocks = [*_of_search(summary, metric), *_of_networks(summary, metric), *_of_trainings(summary, metric)]
    if not blocks:
        return None
    return Section(id="search", title="How was it found?", lead=_answer(summary, metric), order=50, blocks=blocks)


def _of_search(summary: Mapping[str, Any], metric: tasks.Metric) -> list[Block]:
    """Returns what there is to say of the trials: when they were good, which they were, and what mattered."""
    trials = summary.get("tuner") or []
    if not trials:
        return []
    parameters = _columns(trials)
    mattered = summary.get("tuner_importance", {"alone": ()})
    varied = parallel.varied(trials, [share["names"][0] for share in mattered["alone"]])
    blocks: list[Block] = []
    if "tuner_progress" in summary:
        named = NAMES[summary["tuner_search"]["strategy"]]
        blocks += [*anytime.figures(summary, named, metric), *importance.figures(mattered)]
        blocks += objectives.figures(summary["tuner_search"], trials, metric)
        blocks += [anytime.verdict(summary, named, metric)]
        blocks += [*estimation.blocks(summary["tuner_search"], trials, metric.title), importance.block(mattered)]
    blocks.append(_leaderboard(trials[:_SHOWN], parameters, metric.title, _best(len(trials), _is_best(trials, metric))))
    if len(trials) > _SHOWN:
        rest = _leaderboard(trials[_SHOWN:], parameters, metric.title, f"The other {len(trials) - _SHOWN} trials")
        blocks.append(Details(title=rest.caption, blocks=[rest]))
    if random := summary.get("tuner_random"):
        title = f"Random search's {len(random)} trials, which chose nothing"
        beside = _leaderboard(random, _columns(random), metric.title, title)
        blocks.append(Details(title=title, blocks=[beside]))
    if varied:
        blocks.append(parallel.figure(trials, varied, metric))
    if summary.get("brackets"):
        blocks.append(_brackets(summary["brackets"], metric.title))
    if summary.get("tuner_curves"):
        known = readings.interval_of(summary, summary.get("tuner_metric", ""))
        blocks.append(curves.of_trials(summary["tuner_curves"], trials, metric, known))
    return blocks


def _of_networks(summary: Mapping[str, Any], metric: tasks.Metric) -> list[Block]:
    """Returns the networks that came of it, and the student's other shapes."""
    drawn: list[Block] = [
        network.figure(graph, curves.title(whose)) for whose, graph in summary.get("networks", {}).items()
    ]
    shapes = summary.get("student_search")
    return [*drawn, *([student_search.table(shapes, metric.title)] if shapes else [])]


def _of_trainings(summary: Mapping[str, Any], metric: tasks.Metric) -> list[Block]:
    """Returns how each network learnt, and what its teachers bought."""
    blocks: list[Block] = []
    learnt = summary.get("learning_curves", {})
    endings = {step: LearningCurve.from_json(curve).ending for step, curve in learnt.items() if curve.get("limit")}
    if endings:
        blocks.append(_endings(endings))
    known = readings.interval_of(summary, summary.get("tuner_metric", ""))
    for step, curve in learnt.items():
        blocks += curves.of_step(step, curve, metric.title, known)
    if "gains" in summary:
        blocks.append(gains.table(summary["gains"]))
    return blocks


def _endings(endings: Mapping[str, str]) -> Table:
    return Table(
        caption="How each training ended: once its validation score had converged, or at its limit of epochs",
        columns=[Column(title="training", numeric=False), Column(title="its end", numeric=False)],
        rows=[[text(curves.title(step)), text(ending)] for step, ending in endings.items()],
    )


def _best(count: int, begins_with_best: bool) -> str:
    if count == 1:
        return "The only trial"
    first = "" if begins_with_best else ", the chosen one first"
    return (
        f"The best {_SHOWN} of {count} trials{first}"
        if count > _SHOWN
        else (f"All {count} trials, the best first" if begins_with_best else f"All {count} trials{first}")
    )


def _is_best(trials: Sequence[Mapping[str, Any]], metric: tasks.Metric) -> bool:
    """Tells whether the first trial is the best of those that were trained on as many rows."""
    rivals = [trial["score"] for trial in trials if trial.get("trial/rows", 1) == trials[0].get("trial/rows", 1)]
    return bool(trials[0]["score"] == (max if metric.higher_is_better else min)(rivals))


def _answer(summary: Mapping[str, Any], metric: tasks.Metric) -> str:
    trials = summary.get("tuner") or []
    if not trials:
        reason = teaching.reason_for_no_search(summary)
        return f"There was no search{reason and f': {reason}'}."
    chosen = trials[0]
    values = ", ".join(_told(chosen, name) for name in _columns(trials) if name in chosen and name != _NETWORK)
    network = f" is {chosen[_NETWORK]}" if _NETWORK in chosen else ""
    search = summary.get("tuner_search", {"strategy": "hyperband", "ending": ""})
    epochs = round(search.get("whole_epochs") or sum(trial.get("trial/epochs", 0) for trial in trials))
    count = sum(not trial.get("tuner/trial_id") for trial in trials)  # one that went on is of the same configuration
    tried = f"{NAMES[search['strategy']]} tried {count} configuration{'' if count == 1 else 's'}"
    tried += f" in {len(trials)} trials" if count < len(trials) else ""
    tried += f"{' of' if count < len(trials) else ' in'} {epochs} epochs" if epochs else ""
    tried += f" ({search['ending']})" if search["ending"] else ""
    which = "best" if _is_best(trials, metric) else "chosen one"
    joined = ", with " if network and values else " has " if values else ""
    told = f"; the {which}{network}{joined}{values}" if network or values else ""
    return f"{tried}{told}: validation {metric.title} {numerals.written(chosen['score'], '.4f')}."


def _columns(trials: Sequence[Mapping[str, Any]]) -> list[str]:
    """Returns what a table has a column for: the network, where it is told in words, and each other hyperparameter.

    Beside a network in words, a hyperparameter that is the same in all trials has no column.
    """
    names = parallel.parameters(trials)
    if not any(_NETWORK in trial for trial in trials):
        return names
    others = [name for name in names if networks.number_of(name) is None and name not in networks.TOLD]
    return [_NETWORK, *(name for name in others if len({trial.get(name) for trial in trials}) > 1)]


def _told(trial: Mapping[str, Any], name: str) -> str:
    return f"{_heading(name)} {_short(trial[name])}"


def _heading(name: str) -> str:
    return name.rpartition("/")[2].replace("_", " ")


def _leaderboard(trials: Sequence[Mapping[str, Any]], parameters: Sequence[str], metric: str, caption: str) -> Table:
    notes = {name: column for name, column in _NOTES.items() if any(name in trial for trial in trials)}
    has_bytes = any("bytes" in trial.get(_COSTS, {}) for trial in trials)
    return Table(
        caption=caption,
        columns=[
            Column(title="trial", numeric=False),
            Column(title=f"validation {metric}"),
            *(Column(title=_heading(name), numeric=parallel.is_numeric(trials, name)) for name in parameters),
            *([Column(title="bytes, computed")] if has_bytes else []),
            *(Column(title=title) for title, _ in notes.values()),
        ],
        rows=[
            [
                text(str(trial["trial_id"]).lstrip("0") or "0"),
                number(trial["score"]),
                *(_value(trial.get(name)) for name in parameters),
                *([number(trial.get(_COSTS, {}).get("bytes"), 0)] if has_bytes else []),
                *(number(trial.get(name), digits) for name, (_, digits) in notes.items()),
            ]
            for trial in trials
        ],
    )


def _value(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return text("–" if value is None else str(value))
    return number(value).model_copy(update={"text": _short(value)})


def _short(value: Any) -> str:
    return numerals.written(value, ".3g") if isinstance(value, float) else str(value)


def _brackets(brackets: Sequence[Mapping[str, Any]], metric: str) -> Table:
    titles = ("round", "trials", "trained to epoch", f"best validation {metric}")
    return Table(
        caption="Hyperband's brackets: each round trains the best trials of the round before for longer",
        columns=[Column(title="bracket", numeric=False), *(Column(title=title) for title in titles)],
        rows=[
            [
                text(str(row["bracket"])),
                number(row["round"], 0),
                number(row["trials"], 0),
                number(row["epochs"], 0),
                number(row["best"]),
            ]
            for row in brackets
        ],
    )
