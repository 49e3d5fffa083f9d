"""How far apart the slices lie: the largest difference among those of a column, and from overall."""

from collections.abc import Mapping
from typing import Any

from components.reporter import readings
from components.reporter.readings import Reading
from modules import tasks

# Of the rates of a confusion matrix those of which no other one is the rest.
_WATCHED = ("positive_rate", "true_positive_rate", "false_positive_rate")


def gaps(summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Finds the gaps among slices that are large enough to judge.

    Args:
        summary: As `readings.by_slice` makes it.

    Returns:
        One entry a list of columns and a metric that at least one such slice has: `columns`, `metric`, `slices` (how
        many are large enough), `highest` and `lowest` (`slice`, `value`), `gap` between them (0 with one slice),
        `apart`, whether the intervals of these two do not overlap (None where one has none), `farthest` from overall,
        and `from_overall`, its difference with its sign (None without an overall value).
    """
    overall = next((one for one in summary["slices"] if one["slice"] == readings.OVERALL), None)
    entries = []
    for columns, members in readings.by_columns(summary["slices"]).items():
        for metric in _compared(summary):
            values = _values(summary, members, metric)
            if values:
                reading = readings.read(summary, overall, metric) if overall else None
                entries.append(_gap(list(columns), metric, values, reading.value if reading else None))
    return entries


def widest(summary: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Finds the widest gap between two slices: of rates, which are shares, or else of the task's first metric.

    One whose ends are apart comes before one that may be chance.

    Args:
        summary: As `readings.by_slice` makes it, with what `gaps` found.
    """
    compared = [gap for gap in summary.get("gaps", []) if gap["slices"] > 1]
    main = readings.main_threshold(summary)
    rates = {f"{rate}@{main}" for rate in _WATCHED}
    of_rates = [gap for gap in compared if gap["metric"].partition("/")[0] in rates]
    first = tasks.GATES[summary["task"]][0]
    found = of_rates or [gap for gap in compared if gap["metric"] == first]
    return max(found, key=lambda gap: (gap["apart"] is not False, gap["gap"]), default=None)


def worst_slices(summary: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Finds the worst slice of each of the task's metrics, among those that are large enough to judge.

    Args:
        summary: As `readings.by_slice` makes it.

    Returns:
        `slice` and `value` by metric; without those that no such slice has.
    """
    worst = {}
    others = [one for one in summary["slices"] if one["slice"] != readings.OVERALL]
    for metric in tasks.GATES[summary["task"]]:
        values = _values(summary, others, metric)
        if values:
            choose = min if tasks.METRICS[metric].higher_is_better else max
            name, reading = choose(values.items(), key=lambda item: item[1].value)
            worst[metric] = {"slice": name, "value": reading.value}
    return worst


def _compared(summary: Mapping[str, Any]) -> list[str]:
    """Returns the names of what is compared: the task's metrics, and the rates at every threshold."""
    task = tasks.named(summary["task"])
    rates = [
        readings.rate_name(rate, threshold, of_class)
        for _, of_class in task.rated(summary["classes"])
        for threshold in readings.thresholds(summary)
        for rate in readings.RATES
    ]
    return [*task.gates, *rates]


def _values(summary: Mapping[str, Any], slices: list[Mapping[str, Any]], metric: str) -> dict[str, Reading]:
    read = {one["slice"]: readings.read(summary, one, metric) for one in slices}
    return {name: reading for name, reading in read.items() if reading is not None and not reading.small}


def _gap(
    columns: list[str], metric: str, readings_by_slice: dict[str, Reading], overall: float | None
) -> dict[str, Any]:
    values = {name: reading.value for name, reading in readings_by_slice.items()}

    def entry(name: str) -> dict[str, Any]:
        return {"slice": name, "value": values[name]}

    highest, lowest = max(values, key=values.__getitem__), min(values, key=values.__getitem__)
    farthest = max(values, key=lambda name: abs(values[name] - overall)) if overall is not None else None
    return {
        "columns": columns,
        "metric": metric,
        "slices": len(values),
        "highest": entry(highest),
        "lowest": entry(lowest),
        "gap": values[highest] - values[lowest],
        "apart": _apart(readings_by_slice[lowest], readings_by_slice[highest]),
        "farthest": entry(farthest) if farthest is not None else None,
        "from_overall": values[farthest] - overall if farthest is not None and overall is not None else None,
    }


def _apart(lower: Reading, upper: Reading) -> bool | None:
    if lower.high is None or upper.low is None:
        return None
    return lower.high < upper.low
