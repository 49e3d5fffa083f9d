"""A metric of a slice with its interval, as the summary has it in two places."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from modules import tasks
from modules.tasks.decisions import DEFAULT_THRESHOLD

OVERALL = "overall"
# Fairness Indicators' rates that the page shows, and which rows each is over: those of the class, the others, or all.
RATES = {
    "true_positive_rate": "positives",
    "false_positive_rate": "negatives",
    "false_negative_rate": "positives",
    "positive_rate": "all",
}


@dataclasses.dataclass(frozen=True)
class Reading:
    """A metric of a slice.

    Attributes:
        value: The metric.
        low: Lower end of its 95 % interval, if there is one.
        high: Upper end.
        rows: How many rows it is over.
        small: Whether these are too few to judge by.
    """

    value: float
    low: float | None
    high: float | None
    rows: float
    small: bool


def title(name: str) -> str:
    """Returns what people call a metric or a rate."""
    return tasks.METRICS[name].title if name in tasks.METRICS else name.replace("_", " ")


def thresholds(summary: Mapping[str, Any]) -> list[str]:
    """Returns the thresholds of Fairness Indicators as their names have them, such as `0.50`, ascending."""
    split = (name.partition("@") for of_slice in summary["slices"] for name in of_slice["metrics"])
    # An @ that comes after a slash is one of a class's name.
    return sorted({rest.partition("/")[0] for rate, _, rest in split if rest and "/" not in rate}, key=float)


def main_threshold(summary: Mapping[str, Any]) -> str | None:
    """Returns the threshold, as names have it, that is shown first: next to the one that decides."""
    own = summary.get("threshold")
    decides = DEFAULT_THRESHOLD if own is None else own
    return min(thresholds(summary), key=lambda threshold: abs(float(threshold) - decides), default=None)


def rate_name(rate: str, threshold: str, of_class: str = "") -> str:
    """Returns the name of a rate at a threshold, of a class against the rest where there is one."""
    return f"{rate}@{threshold}" + (f"/{of_class}" if of_class else "")


def by_slice(summary: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the summary with its intervals by slice and name, a slice's metrics and rates together.

    Args:
        summary: The content of summary.json; its `intervals` may be missing or None.
    """
    slices = (summary.get("intervals") or {}).get("slices", [])
    return {**summary, "intervals": {one["slice"]: one["metrics"] | one["rates"] for one in slices}}


def interval_of(summary: Mapping[str, Any], name: str) -> tuple[float, float] | None:
    """Returns the ends of the 95 % interval of a metric over all test rows; None where there is none."""
    known = by_slice(summary)["intervals"].get(OVERALL, {}).get(name) or {}
    return (known["low"], known["high"]) if known.get("low") is not None else None


def read(summary: Mapping[str, Any], of_slice: Mapping[str, Any], name: str) -> Reading | None:
    """Reads a metric of a slice.

    Args:
        summary: What `by_slice` made, of which `slices`, `task`, `min_slice_examples` and `intervals` are read.
        of_slice: An element of its `slices`.
        name: The name of the metric.

    Returns:
        The metric, or None where it is undefined.
    """
    metrics = of_slice["metrics"]
    known = _interval(summary, of_slice["slice"], name)
    # Gates look at the Evaluator's value, so the page shows that one; it leaves out what the rows do not define.
    value = metrics.get(name)
    if value is None or (known and known["value"] is None):
        return None
    rows = known.get("rows") or _rows(metrics, name)
    small = of_slice["too_small"] or (of_slice["slice"] != OVERALL and rows < summary["min_slice_examples"])
    return Reading(float(value), known.get("low"), known.get("high"), rows, bool(small))


def _interval(summary: Mapping[str, Any], of_slice: str, name: str) -> Mapping[str, Any]:
    return summary["intervals"].get(of_slice, {}).get(name, {})


def _rows(metrics: Mapping[str, float | None], name: str) -> float:
    """Returns how many rows a metric is over; Fairness Indicators' rates are over some of them only."""
    rows = metrics.get("example_count") or 0.0
    rate, _, rest = name.partition("@")
    if rate not in RATES:
        return rows
    of_class = rest.partition("/")[2]
    share = metrics.get(f"mean_label/{of_class}" if of_class else "mean_label")
    share = 1.0 if share is None else share
    return {"positives": share * rows, "negatives": (1 - share) * rows, "all": rows}[RATES[rate]]


def shipped(summary: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Returns the rung of the ladder that ships, or would; None if the run did not get that far."""
    name = tasks.rung_name(summary.get("shipped_form", ""))
    return next((rung for rung in summary["ladder"] if rung["form"] == name), None)


def by_columns(slices: Iterable[Mapping[str, Any]]) -> dict[tuple[str, ...], list[Mapping[str, Any]]]:
    """Groups slices by the columns that they are of, in the order in which they come; overall is left out."""
    groups: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for of_slice in slices:
        if of_slice["slice"] != OVERALL:
            groups.setdefault(tuple(of_slice["columns"]), []).append(of_slice)
    return groups
