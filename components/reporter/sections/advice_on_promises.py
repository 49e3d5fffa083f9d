"""What to try when a promise was broken, or refused the model undecided; a part of the section on the verdict."""

from collections.abc import Mapping
from typing import Any

from components.reporter import decisions, readings
from modules import tasks
from modules.contracts.verdict import Decision

_NOT_SHIPPED = ("teacher", "student")  # of the ladder, what cannot ship


def of_decision(decision: Decision, summary: Mapping[str, Any]) -> str:
    """Returns what to try, one or two sentences.

    Args:
        decision: A decision that keeps the model from shipping.
        summary: The content of summary.json.
    """
    if decision.state == "undecided":
        return _of_few_rows(decision)
    return {
        "quality": _of_quality,
        "rate": _of_rate,
        "gap": _of_gap,
        "compression": _of_compression,
        "benchmark": _of_benchmark,
        "device": _of_device,
    }[decision.kind](decision, summary)


def _of_few_rows(decision: Decision) -> str:
    rows = (
        f"about {decision.rows_to_decide:,} would do" if decision.rows_to_decide else "nobody knows how many would do"
    )
    return (
        f"the test rows of {decision.slice} do not decide about {_measure(decision)}: {rows}. Collect more, give "
        "the test a larger share (data.test_fraction), or let undecided promises warn (promises.undecided)."
    )


def _of_quality(decision: Decision, summary: Mapping[str, Any]) -> str:
    whom = "" if decision.slice == readings.OVERALL else f" of {decision.slice}"
    return (
        f"add rows{whom}, or columns that tell more about the label there; search longer (tuner.max_epochs, "
        "tuner.iterations); or ship a form that loses less (quantizer.form: float16)."
    )


def _of_rate(decision: Decision, summary: Mapping[str, Any]) -> str:
    if decision.measure.partition("/")[0] == "calibration":
        return _CALIBRATION.format(whom=decision.slice)
    return (
        f"the {_measure(decision)} follows the decision threshold: the page's slider shows what another one would do. "
        f"label.class_weights: balanced moves it for everybody, more rows of {decision.slice} for that group."
    )


def _of_gap(decision: Decision, summary: Mapping[str, Any]) -> str:
    measure = decision.measure.partition("/")[0]
    if measure == "calibration_gap":
        return _CALIBRATION.format(whom=decision.slice.replace(" / ", " and "))
    if measure.startswith("demographic_parity"):
        return _base_rates(decision, summary) + (
            "ask whether these labels are what you want to predict, and whether the column may be used at all "
            "(features.exclude); columns that stand in for it stay. Where the labels rightly differ, promise "
            "equal_opportunity, which does not ask for equal positive rates."
        )
    return (
        f"look at who is missed in {decision.slice.replace(' / ', ' and ')}: more rows of the group that fares worse, "
        "or columns that tell more about it, close such a gap; label.class_weights: balanced often narrows it, and so "
        "does another decision threshold."
    )


_CALIBRATION = (
    "predictions for {whom} are off on average: add rows of it, or a column that tells the groups apart. Leave "
    "label.class_weights at none, as weights shift predicted probabilities."
)


def _base_rates(decision: Decision, summary: Mapping[str, Any]) -> str:
    """Says how often the groups are positive by their labels, which no model is needed for."""
    by_name = {one["slice"]: one["metrics"] for one in summary["slices"]}
    of_class = decision.measure.partition("/")[2]
    name = f"mean_label/{of_class}" if of_class else "mean_label"
    rates = [by_name.get(group.slice, {}).get(name) for group in decision.groups]
    if len(rates) < 2 or None in rates:
        return ""
    told = [f"{rate:.3f} of {group.slice}" for rate, group in zip(rates, decision.groups, strict=True)]
    return f"{' and '.join(told)} are positive by their labels, before any model: "


def _of_compression(decision: Decision, summary: Mapping[str, Any]) -> str:
    whom = "" if decision.slice == readings.OVERALL else f", or more training rows of {decision.slice}"
    return (
        "compress less: another form (quantizer.form: float16, or float32), a lower pruner.sparsity, more epochs of "
        f"the Pruner and the Quantizer{whom}."
    )


def _of_benchmark(decision: Decision, summary: Mapping[str, Any]) -> str:
    return (
        "let boosted trees teach the student (trainer.teacher: boosted_trees or ensemble), give it more units "
        "(distillation.units) or synthetic rows (distillation.augment), or search longer (tuner.iterations). Where "
        "even a linear model does as well, look for damaged columns, or add some that tell more."
    )


def _of_device(decision: Decision, summary: Mapping[str, Any]) -> str:
    key = decision.measure
    if key not in ("bytes", "gzip_bytes"):
        return "make the student smaller (distillation.units), or ship another form (quantizer.form)."
    forms = [rung for rung in summary["ladder"] if rung["form"] not in _NOT_SHIPPED]
    near = min(forms, key=lambda rung: rung[key], default=None)
    nearest = f"{near['form']} comes nearest, with {near[key]:,} bytes; to get below that, " if near else ""
    return f"{nearest}make the student smaller (distillation.units), raise pruner.sparsity, or leave columns out."


def _measure(decision: Decision) -> str:
    name, _, of_class = decision.measure.partition("/")
    if decision.kind == "benchmark":
        return decisions.named(decision)
    title = tasks.METRICS[name].title if name in tasks.METRICS else name.replace("_", " ")
    return f"{title} of {of_class}" if of_class else title
