"""Plain models beside the one that ships, on the same test rows."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from components.asked_model import AskedModel, Found
from modules import tasks
from modules.base import numerals
from modules.base.questions import Debugger
from modules.debugging import benchmark_models
from modules.debugging.findings import finding
from modules.judging.promises import paired
from modules.judging.promises.estimate import Estimate
from modules.judging.statistics.resampling import Resampler

# What a network should beat by far.
_PLAIN = ("constant", "linear")
_TITLES = {"constant": "one answer for all rows", "linear": "a linear model", "boosted_trees": "boosted trees"}
_ADVICE = {
    "constant": "Look for a damaged column or label first (What data was used?), then for columns that tell more.",
    "linear": "A linear model explains itself: ask whether a network is needed, or give it more to learn from "
    "(tuner.iterations, distillation.epochs).",
    "boosted_trees": "Let boosted trees teach the student (trainer.teacher: boosted_trees or ensemble), and give it "
    "more units (distillation.units) or synthetic rows (distillation.augment).",
}


def benchmark(asked: AskedModel, settings: Debugger) -> Found:
    """Trains models on the training rows, and measures how much better the one that ships is on the test rows."""
    kind, test, threshold = asked.target.kind, asked.test, asked.model.card.threshold
    if len(test) == 0 or len(asked.training) == 0:
        return None, "There are no rows to train on, or none to test with."
    metric = kind.ladder[0]
    both = (tasks.METRICS[metric].measure(kind.name, threshold), tasks.METRICS[metric].measure(kind.name))
    shipped, models, note = asked.test_answers, [], ""
    for number, name in enumerate(benchmark_models.LEARNERS):
        if asked.clock.over:
            note = asked.clock.stopped(number, len(benchmark_models.LEARNERS), "benchmark models")
            break
        answers = benchmark_models.answers(name, asked.training, test.rows, asked.plain, asked.target, asked.seed)
        resampler = Resampler(asked.seed, len(test))
        found = paired.difference(both, test.labels, shipped, answers, test.weights, resampler)
        models.append({"model": name, "metrics": _metrics(asked, answers), "gain": _gain(found)})
    content = {
        "metric": metric,
        "shipped": _metrics(asked, shipped, threshold),
        "models": models,
        "training_rows": len(asked.training),
        "columns": min(len(asked.plain.columns), benchmark_models.MOST_COLUMNS),
    }
    return content | {"findings": _findings(content)}, note


def _metrics(asked: AskedModel, answers: Any, threshold: float | None = None) -> dict[str, float | None]:
    kind, test = asked.target.kind, asked.test
    measured = {
        name: float(tasks.METRICS[name].measure(kind.name, threshold)(test.labels, answers, test.weights))
        for name in kind.ladder
    }
    return {name: None if value != value else value for name, value in measured.items()}


def _gain(found: Estimate) -> dict[str, Any]:
    kept = ("value", "low", "high", "rows", "method", "reason")
    return {name: value for name, value in dataclasses.asdict(found).items() if name in kept}


def _findings(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    title = tasks.METRICS[content["metric"]].title
    known = [(of["model"], of["gain"]) for of in content["models"] if of["gain"]["low"] is not None]
    found = []
    for name, gain in known:
        against = f"{_TITLES[name]}: {title} {_signed(gain)}"
        if gain["high"] < 0:
            found.append(finding("bad", f"The model that ships is worse than {against}.", _ADVICE[name]))
        elif gain["low"] <= 0 and name in _PLAIN:
            what = f"The model that ships is not better beyond chance than {against}."
            found.append(finding("warning", what, _ADVICE[name]))
    if known and not found:
        name, gain = max(known, key=lambda one: list(_TITLES).index(one[0]))
        what = (
            f"No benchmark model is better than the model that ships: against {_TITLES[name]}, {title} {_signed(gain)}."
        )
        found.append(finding("good", what, "Nothing is to be done."))
    return found


def _signed(gain: Mapping[str, Any]) -> str:
    ends = numerals.interval(gain["low"], gain["high"], "+.4f")
    return f"{numerals.written(gain['value'], '+.4f')} ({ends})"
