"""Whom a model is judged for, and how good it has to be at least."""

import dataclasses
import math
from collections.abc import Collection, Mapping

import numpy as np

from modules import tasks
from modules.features.leakage import ColumnScore
from pipeline.drafting import names
from pipeline.drafting.kinds import Judgement
from pipeline.drafting.labels import DraftedLabel
from pipeline.drafting.sample import Sample, SampledColumn

_MOST_SLICES = 3
_MOST_OTHER_SLICES = 2
_MOST_VALUES = 20
_HALF = "half of the way from guessing"
_RAISE = ", less what chance may take; raise it when you know what is good"
_SLICED = ("category", "boolean", "code", "numeric")


@dataclasses.dataclass(frozen=True)
class Gate:
    """The limits of one metric: its minimum or maximum, and how much worse than the model before it may be."""

    metric: str
    limit: float
    change: float
    reason: str

    @property
    def settings(self) -> dict[str, float]:
        """The limits as the config has them."""
        if tasks.METRICS[self.metric].higher_is_better:
            return {"minimum": self.limit, "max_drop": self.change}
        return {"maximum": self.limit, "max_rise": self.change}


def slices(
    sample: Sample, judged: Mapping[str, Judgement], target: DraftedLabel, leaks: Collection[str]
) -> dict[str, str]:
    """Chooses columns by whose values a model is judged apart, each with the reason.

    Protected attributes of people first; without any, categories whose values have many rows each. A column that gives
    the label away is none: each of its slices would have one class.
    """
    few = {
        name: column
        for name, column in sample.columns.items()
        if name not in (target.column.name, *leaks) and judged[name].kind in _SLICED and _has_few_values(column)
    }
    sensitive = [name for name in few if names.is_sensitive(name)][:_MOST_SLICES]
    if sensitive:
        return {name: f"a protected attribute by its name, {len(few[name].tally or ())} values" for name in sensitive}
    even = sorted((name for name in few if judged[name].kind != "numeric"), key=lambda name: -_second(few[name]))
    return {name: f"{len(few[name].tally or ())} values with many rows each" for name in even[:_MOST_OTHER_SLICES]}


def unsliced(
    sample: Sample,
    judged: Mapping[str, Judgement],
    sliced: Mapping[str, str],
    target: DraftedLabel,
    leaks: Collection[str],
) -> list[str]:
    """Returns the protected attributes that have too many values to slice by."""
    others = [name for name in sample.columns if name not in (target.column.name, *leaks)]
    named = [name for name in others if names.is_sensitive(name)]
    return [name for name in named if name not in sliced and judged[name].kind in (*_SLICED, "heavy tail")]


def _has_few_values(column: SampledColumn) -> bool:
    counted = column.tally is not None and 2 <= len(column.tally) <= _MOST_VALUES
    return counted and column.dtype != "float32"


def _second(column: SampledColumn) -> int:
    return sorted((column.tally or {}).values())[-2]


def gate(target: DraftedLabel, test_rows: float, best: ColumnScore | None) -> Gate:
    """Chooses a gate that any useful model passes: half of the way from guessing to the best single column.

    What chance may take away in so few test rows is given, too.

    Args:
        target: The label.
        test_rows: About how many rows will be test rows.
        best: The best single column's score, if it could be measured.
    """
    return _GATES[tasks.named(target.task)](target, test_rows, best)


def _largest_drop(test_rows: float) -> float:
    return 0.01 if test_rows >= 2_000 else 0.02


def _binary(target: DraftedLabel, test_rows: float, best: ColumnScore | None) -> Gate:
    rows = sum(target.classes.values())
    rarer = max(test_rows * min(target.classes.values()) / rows, 1)
    reached = best.plain if best else 0.5
    limit = _floor(max(0.5, 0.5 + (reached - 0.5) / 2 - 0.5 / math.sqrt(rarer)))
    why = (
        f"{_HALF} (0.5) to {best.column} alone ({best.plain:.2f}){_RAISE}"
        if best
        else f"no worse than guessing{_RAISE}"
    )
    return Gate("auc", limit, _largest_drop(test_rows), why)


def _multiclass(target: DraftedLabel, test_rows: float, best: ColumnScore | None) -> Gate:
    share = max(target.classes.values()) / sum(target.classes.values())
    reached = max(best.plain, share) if best else share
    chance = 2 * math.sqrt(share * (1 - share) / max(test_rows, 1))
    limit = _floor(max(0.0, share + (reached - share) / 2 - chance))
    why = f"no worse than always the largest class ({share:.2f})"
    if best and best.plain > share:
        why = f"{_HALF} the largest class ({share:.2f}) to {best.column} alone ({best.plain:.2f})"
    return Gate("accuracy", limit, _largest_drop(test_rows), why + _RAISE)


def _regression(target: DraftedLabel, test_rows: float, best: ColumnScore | None) -> Gate:
    if target.log_because:  # a few huge values decide R² there
        numbers = target.column.numbers[np.isfinite(target.column.numbers)]
        errors = np.abs(numbers - np.median(numbers))
        limit = float(errors.mean() + 2 * errors.std() / math.sqrt(max(test_rows, 1)))
        why = "the mean error of always answering the median, and what chance may add; lower it"
        return Gate("mae", _digits(limit), _digits(limit / 20), why)
    reached = best.plain if best else 0.0
    limit = _floor(max(0.0, reached / 2 - 1 / math.sqrt(max(test_rows, 1))))
    why = f"half of what {best.column} alone explains ({best.plain:.2f})" if best else "no worse than the mean"
    return Gate("r2", limit, _largest_drop(test_rows), f"{why}{_RAISE}")


_GATES = {tasks.BINARY: _binary, tasks.MULTICLASS: _multiclass, tasks.REGRESSION: _regression}


def _floor(value: float) -> float:
    return math.floor(value * 100 + 1e-9) / 100


def _digits(value: float) -> float:
    return float(f"{value:.3g}")
