"""Reading what the Evaluator left: plain numbers by slice and metric, TFMA's names being translated here into ours."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from modules.tasks import metrics

Slice = tuple[tuple[str, Any], ...]

# Before the names of Fairness Indicators' rates.
FAIRNESS = "fairness_indicators_metrics/"


def slice_name(key: Slice) -> str:
    """Returns a slice's name: `overall`, or `sex=Female, race=Black`."""
    return ", ".join(f"{column}={_text(value)}" for column, value in key) or "overall"


def _text(value: Any) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def metrics_by_slice(evaluation: str, classes: Sequence[str] = ()) -> dict[str, dict[str, float | None]]:
    """Reads the metrics of the candidate from a ModelEvaluation artifact.

    Args:
        evaluation: URI of the artifact.
        classes: Names of the classes, in order.

    Returns:
        By slice name, overall first, the metrics that are single numbers, as `metric_name` calls them. One that is
        undefined on a slice (an area where there is one class, a rate of positives where there are none) is None there.
    """
    return _read(evaluation, False, classes)


def baseline_metrics(evaluation: str) -> dict[str, float]:
    """Returns the overall metrics of the baseline that are defined; none if no baseline was evaluated."""
    return defined(_read(evaluation, True, ()).get("overall", {}))


def overall_metrics(evaluation: str, classes: Sequence[str] = ()) -> dict[str, float]:
    """Returns the overall metrics of the candidate that are defined."""
    return defined(metrics_by_slice(evaluation, classes)["overall"])


def defined(metrics: Mapping[str, float | None]) -> dict[str, float]:
    """Returns the metrics that have a value."""
    return {name: value for name, value in metrics.items() if value is not None}


def metric_name(result: str, sub_key: str, classes: Sequence[str]) -> str:
    """Returns a metric's name as summary.json has it.

    Args:
        result: The name in TFMA's results.
        sub_key: The key that it stands under there: empty, or `classId:1`.
        classes: Names of the classes, in order.

    Returns:
        The name in the registry of metrics, or TFMA's of one that is not in it. A rate of Fairness Indicators has its
        threshold, as `recall@0.50`; what is of one class against the rest has the class behind a slash, `auc/Adelie`.
    """
    return metrics.from_tfma(_plain(result).removeprefix(FAIRNESS)) + _of_class(sub_key, classes)


def result_name(result: str, sub_key: str, classes: Sequence[str]) -> str:
    """Returns a metric's name for whoever looks at TFMA's own results: TFMA's, with the class behind a slash."""
    return _plain(result) + _of_class(sub_key, classes)


def _plain(result: str) -> str:
    """Drops what an average over classes has before its name: the options of the average."""
    return result.rpartition("\n_")[2]


def _of_class(sub_key: str, classes: Sequence[str]) -> str:
    """Turns TFMA's `classId:1` into `/name of class 1`."""
    if not sub_key:
        return ""
    kind, _, number = sub_key.partition(":")
    return f"/{classes[int(number)]}" if kind == "classId" and int(number) < len(classes) else f"/{sub_key}"


def load(evaluation: str, is_baseline: bool = False) -> Any:
    """Loads what a ModelEvaluation artifact holds of one of its models.

    Args:
        evaluation: URI of the artifact.
        is_baseline: The baseline is meant, not the candidate.

    Returns:
        A `tfma.EvalResult`; None if no such model was evaluated.
    """
    import tensorflow_model_analysis as tfma

    # A model that was evaluated alone has no name in TFMA's results.
    specs = tfma.load_eval_result(evaluation).config.model_specs
    named = [spec.name for spec in specs if spec.is_baseline == is_baseline]
    return tfma.load_eval_result(evaluation, model_name=named[0] if len(specs) > 1 else None) if named else None


def _read(evaluation: str, is_baseline: bool, classes: Sequence[str]) -> dict[str, dict[str, float | None]]:
    result = load(evaluation, is_baseline)
    if result is None:
        return {}
    metrics_by_slice = {}
    for key, outputs in result.slicing_metrics:
        metrics_by_slice[slice_name(key)] = {
            metric_name(name, sub_key, classes): _number(value["doubleValue"])
            for sub_key, measured in sorted(outputs[""].items())
            for name, value in measured.items()
            if "doubleValue" in value
        }
    return dict(sorted(metrics_by_slice.items(), key=lambda item: (item[0] != "overall", item[0])))


def _number(value: Any) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None
