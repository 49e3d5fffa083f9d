"""How far a search was when: its best score so far, against the epochs and the seconds that its trials had taken."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

# Searches that are drawn from the trials of a random one, and between which of them nine in ten lie.
_DRAWN = 500
_BAND = (0.05, 0.95)
_PLACES = 40  # at which the band is told


def progress(
    trials: Sequence[Mapping[str, Any]], curves: Sequence[Mapping[str, Any]], higher_is_better: bool
) -> dict[str, list[float]]:
    """Returns when a search found its best scores, its trials taken one after the other in the order of their numbers.

    Where some trials were trained in full after all had been trained for less, only the scores in full count, and they
    begin when the cheaper trainings had ended.

    Args:
        trials: The trials, in any order, each with `trial_id`, `trial/epochs` and `trial/seconds`.
        curves: Their learning curves, `step` being the trial; a trial without one is scored at its end.
        higher_is_better: Whether a high score is a good one.

    Returns:
        `epochs`, over all rows, `seconds` and `best`: one value whenever a better score was found, and one at the
        search's end.
    """
    better = max if higher_is_better else min
    scores_of = {curve["step"]: curve[curve["monitor"]] for curve in curves}
    made: dict[str, list[float]] = {"epochs": [], "seconds": [], "best": []}
    best = None
    scored, epochs, seconds = _in_full(trials)
    for trial in sorted(scored, key=lambda trial: str(trial["trial_id"])):
        scores = scores_of.get(trial["trial_id"]) or [None] * (trial["trial/epochs"] - 1) + [trial["score"]]
        share = trial.get("trial/rows", 1)
        for at, score in enumerate(scores, start=1):
            if score is not None and (best is None or better(score, best) != best):
                best = score
                took = seconds + trial["trial/seconds"] * at / len(scores)
                _add(made, epochs + at * share, took, best)
        epochs, seconds = epochs + len(scores) * share, seconds + trial["trial/seconds"]
    if best is not None and made["epochs"][-1] < round(epochs, 2):
        _add(made, epochs, seconds, best)
    return made


def _in_full(trials: Sequence[Mapping[str, Any]]) -> tuple[Sequence[Mapping[str, Any]], float, float]:
    """Returns the trials whose scores count, and the epochs and seconds that cheaper trainings had taken before."""
    scored = [trial for trial in trials if trial.get("trial/cheaper")]
    if not scored:
        return trials, 0, 0.0
    before = [trial["trial/cheaper"] for trial in scored]
    before += [
        {name: trial[f"trial/{name}"] for name in ("epochs", "rows", "seconds")}
        for trial in trials
        if not trial.get("trial/cheaper")
    ]
    return scored, sum(one["epochs"] * one["rows"] for one in before), sum(one["seconds"] for one in before)


def _add(made: dict[str, list[float]], epochs: float, seconds: float, best: float) -> None:
    for name, value in (("epochs", round(epochs, 2)), ("seconds", round(seconds, 2)), ("best", best)):
        made[name].append(value)


def band(trials: Sequence[Mapping[str, Any]], higher_is_better: bool, seed: int) -> dict[str, list[float]]:
    """Returns between which scores nine in ten random searches lie, by drawing anew from the trials of one.

    The trials of a random search do not depend on each other, so that any of them could have come first, or again. A
    search that is drawn from them cannot be better than the best of them: the band's upper end is too low, if anything.

    Args:
        trials: Trials of a random search, each with `score` and `trial/epochs`.
        higher_is_better: Whether a high score is a good one.
        seed: Fixes the draws.

    Returns:
        `epochs`, and at each of them `low` and `high`; it begins where nineteen in twenty searches have a score.
    """
    scores = np.array([trial["score"] for trial in trials], np.float64)
    lasts = np.array([trial["trial/epochs"] for trial in trials])
    whole = int(lasts.sum())
    drawn = np.random.default_rng(seed).integers(len(trials), size=(_DRAWN, len(trials)))
    ends = lasts[drawn].cumsum(axis=1)
    best = (np.maximum if higher_is_better else np.minimum).accumulate(scores[drawn], axis=1)
    first = int(np.quantile(ends[:, 0], _BAND[1]))
    places = np.unique(np.linspace(first, whole, _PLACES).astype(int))
    made: dict[str, list[float]] = {"epochs": [], "low": [], "high": []}
    for place in places:
        done = (ends <= place).sum(axis=1)
        low, high = np.quantile(best[done > 0, done[done > 0] - 1], _BAND)
        for name, value in (("epochs", int(place)), ("low", round(float(low), 6)), ("high", round(float(high), 6))):
            made[name].append(value)
    return made
