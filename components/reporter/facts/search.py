"""How the model was found: the trials of the search, the networks and how they learnt, and what the teachers bought."""

import dataclasses
import functools
import json
from collections.abc import Mapping, Sequence
from typing import Any

from components.reporter import anytime, networks
from components.reporter.sources import Sources
from modules import tasks
from modules.contracts import architecture, compared_search, gains, student_search, teacher_search, training_curves
from modules.judging.statistics import fanova

# The trainings in their order, and the artifact that keeps the curves of each.
_RUNS = {"teacher": "teacher_run", "student": "student_run", "pruner": "pruner_run", "quantizer": "quantizer_run"}


def facts(sources: Sources) -> dict[str, Any]:
    """Returns `tuner`: all trials, the best first; `tuner_metric`, `brackets`, `tuner_curves` and `learning_curves`.

    And, where there was a search, `tuner_search`: its strategy, what ended it, and how many configurations there are;
    `tuner_progress`, when it found its best scores; `tuner_importance`, which hyperparameter mattered.

    And `student_search`: the shapes of the student that were tried, the best first; none where its shape was given.

    And `networks`: the architecture of the teacher's and of the student's network, as far as they are networks.

    And, where the config asks for the comparison, `gains`.
    """
    watched = sources.settings.label.watched
    better = tasks.METRICS[watched].higher_is_better
    curves = {step: sources.read(name, training_curves.read) for step, name in _RUNS.items()}
    compared = sources.read("gains", gains.read)
    found = _search(sources, better)
    return {
        **found,
        "tuner_metric": watched,
        "student_search": [
            dataclasses.asdict(shape) for shape in sources.read("student_run", student_search.read) or []
        ],
        "networks": _networks(sources),
        "learning_curves": {step: curve.to_json() for step, curve in curves.items() if curve and curve.epochs},
    } | ({"gains": compared.to_json()} if compared else {})


def _search(sources: Sources, higher_is_better: bool) -> dict[str, Any]:
    """Returns what the search for the teacher's hyperparameters left."""
    search = sources.read("tuner_results", teacher_search.read)
    chosen = search.chosen if search else None
    trials = _sorted(sources.read("tuner_results", teacher_search.read_trials) or [], higher_is_better, chosen)
    curves = [curve.to_json() for curve in sources.read("tuner_results", training_curves.read_trials) or []]
    made: dict[str, Any] = {"tuner": trials, "tuner_curves": curves, "brackets": brackets(trials, higher_is_better)}
    if search is None:
        return made
    told: dict[str, Any] = {"search": anytime.progress(trials, curves, higher_is_better)}
    compared = sources.read("tuner_results", compared_search.read) if sources.settings.tuner.compares else None
    if compared and compared.trials:
        curves = [curve.to_json() for curve in compared.curves]
        random = anytime.progress(compared.trials, curves, higher_is_better)
        told["random"] = {**random, "band": anytime.band(compared.trials, higher_is_better, sources.settings.seed)}
        made["tuner_random"] = _sorted(compared.trials, higher_is_better)
    return {
        **made,
        "tuner_search": search.summary(),
        "tuner_progress": told,
        "tuner_importance": importance(trials, sources.settings.seed),
    }


def _sorted(
    trials: Sequence[Mapping[str, Any]], higher_is_better: bool, chosen: str | None = None
) -> list[dict[str, Any]]:
    """Returns trials, the chosen one first, then the best, with what their networks depend on.

    Those that were trained for less come behind those in full.
    """
    sign = 1.0 if higher_is_better else -1.0
    return sorted(
        map(networks.used, trials),
        key=lambda trial: (trial["trial_id"] == chosen, trial.get("trial/rows", 1.0), sign * trial["score"]),
        reverse=True,
    )


def _networks(sources: Sources) -> dict[str, Any]:
    """Returns the networks of `teacher` and `student`, as far as they are networks and the run got to them."""
    built = {step: sources.read(_RUNS[step], architecture.read) for step in ("teacher", "student")}
    return {step: network.to_json() for step, network in built.items() if network is not None}


def importance(trials: Sequence[Mapping[str, Any]], seed: int) -> dict[str, Any]:
    """Tells which hyperparameter mattered, and whether the epochs that a trial was given did.

    Of a trial that was trained in full after a cheaper training, the score of that one counts, as of the others.

    Args:
        trials: The trials.
        seed: Fixes the forests.

    Returns:
        `trials`, how many there are, `least`, how many it takes; `alone` and `together`: `names`, `value`, `low`,
        `high`.
    """
    given = [
        {name: value for name, value in trial.items() if "/" not in name and name not in ("trial_id", "score")}
        | {name: trial[name] for name in ("tuner/epochs",) if name in trial}
        for trial in trials
    ]
    scores = [(trial.get("trial/cheaper") or trial)["score"] for trial in trials]
    made = _importance(json.dumps(given), tuple(scores), seed)
    return dataclasses.asdict(made) | {"least": fanova.LEAST_TRIALS}


@functools.lru_cache(maxsize=1)
def _importance(trials: str, scores: tuple[float, ...], seed: int) -> fanova.Importance:
    """Measures it once for Papers and Reporter; the trials are given as JSON."""
    return fanova.importance(json.loads(trials), scores, seed)


def brackets(trials: Sequence[Mapping[str, Any]], higher_is_better: bool) -> list[dict[str, Any]]:
    """Sums up Hyperband's rounds: how many trials each one trained up to which epoch, and how the best one did.

    Args:
        trials: The trials; those of which no bracket is told are left out.
        higher_is_better: Whether a high score is a good one.

    Returns:
        `bracket`, `round`, `trials`, `epochs` and `best`, the bracket with the most rounds first.
    """
    rounds: dict[tuple[int, int], list[Mapping[str, Any]]] = {}
    for trial in trials:
        if "tuner/bracket" in trial:
            rounds.setdefault((trial["tuner/bracket"], trial["tuner/round"]), []).append(trial)
    return [
        {
            "bracket": bracket,
            "round": number,
            "trials": len(of_round),
            "epochs": of_round[0]["tuner/epochs"],
            "best": (max if higher_is_better else min)(trial["score"] for trial in of_round),
        }
        for (bracket, number), of_round in sorted(rounds.items(), key=lambda item: (-item[0][0], item[0][1]))
    ]
