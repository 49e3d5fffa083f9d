"""How the model was found: the trials of the search, the learning curves, and what the student's teachers bought."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from components.reporter.sources import Sources
from modules import tasks
from modules.contracts import gains, student_search, teacher_search, training_curves

# The trainings in their order, and the artifact that keeps the curves of each.
_RUNS = {"teacher": "teacher_run", "student": "student_run", "pruner": "pruner_run", "quantizer": "quantizer_run"}


def facts(sources: Sources) -> dict[str, Any]:
    """Returns `tuner`: all trials, the best first; `tuner_metric`, `brackets`, `tuner_curves` and `learning_curves`.

    And, where there was a search, `tuner_search`: its strategy, what ended it, and how many configurations there are.

    And `student_search`: the shapes of the student that were tried, the best first; none where its shape was given.

    And, where the config asks for the comparison, `gains`.
    """
    trials = sources.read("tuner_results", teacher_search.read_trials) or []
    watched = sources.settings.label.watched
    better = tasks.METRICS[watched].higher_is_better
    trials = sorted(trials, key=lambda trial: trial["score"], reverse=better)
    of_trials = sources.read("tuner_results", training_curves.read_trials) or []
    curves = {step: sources.read(name, training_curves.read) for step, name in _RUNS.items()}
    compared = sources.read("gains", gains.read)
    search = sources.read("tuner_results", teacher_search.read)
    return {
        "tuner": trials,
        "tuner_metric": watched,
        "tuner_curves": [curve.to_json() for curve in of_trials],
        "brackets": brackets(trials, better),
        "student_search": [
            dataclasses.asdict(shape) for shape in sources.read("student_run", student_search.read) or []
        ],
        "learning_curves": {step: curve.to_json() for step, curve in curves.items() if curve and curve.epochs},
        **({"tuner_search": search.summary()} if search else {}),
    } | ({"gains": compared.to_json()} if compared else {})


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
