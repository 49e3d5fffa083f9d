"""What a model could promise for groups of people, as comments in the drafted config.

What can be known without a model is measured: how often each group is positive by its labels. A model that is as
unequal as its labels would keep just that.
"""

import math
from collections.abc import Callable, Collection, Mapping

import numpy as np

from modules import tasks
from pipeline.config.writing import flow
from pipeline.drafting import kinds, names
from pipeline.drafting.labels import DraftedLabel
from pipeline.drafting.sample import Sample, SampledColumn

_FEW = 50  # rows of a group: of fewer, the share of positive ones says little
_COMPRESSION = {
    tasks.BINARY: "{measure: auc, max_loss: 0.002",
    tasks.MULTICLASS: "{measure: accuracy, max_loss: 0.005",
    tasks.REGRESSION: "{measure: r2, max_loss: 0.005",
}


def columns(slices: Collection[str]) -> list[str]:
    """Returns those columns that are protected attributes by their names."""
    return [name for name in slices if names.is_sensitive(name)]


def proposed(sample: Sample, slices: Collection[str], target: DraftedLabel) -> list[tuple[str, str]]:
    """Proposes promises about the sliced columns that are protected attributes by their names.

    Args:
        sample: The table.
        slices: The columns by whose values the model is judged.
        target: The label.

    Returns:
        Lines of a section of the config, each with a remark that may be empty; none without such a column.
    """
    sensitive = columns(slices)
    if not sensitive:
        return []
    task = tasks.named(target.task)
    lines = [
        ("promises:", "what the model has to keep for every group, or it is not pushed; docs/verdict.md"),
        ("  gaps:", "between two groups, the worst pair decides"),
    ]
    for name in sensitive:
        lines += _GAPS[task](sample.columns[name], sample.columns[target.column.name], target)
    listed = ", ".join(f"[{flow(name)}]" for name in sensitive)
    lines.append(("  compression:", "what compressing the network may cost any of these groups"))
    lines.append((f"    - {_COMPRESSION[task]}, slices: [{listed}]}}", ""))
    return lines


def base_rates(groups: SampledColumn, label: SampledColumn, positive: object) -> dict[str, tuple[float, int]]:
    """Returns for each group of some size the share of its rows that are of the positive class, and these rows.

    Args:
        groups: The column of the groups.
        label: The label's column.
        positive: The positive class.
    """
    if positive not in label.levels:
        return {}
    is_positive = label.codes == label.levels.index(positive)
    rates = {}
    for code, value in enumerate(groups.levels):
        rows = (groups.codes == code) & (label.codes >= 0)
        count = int(np.count_nonzero(rows))
        if count >= _FEW:
            rates[str(value)] = (float(is_positive[rows].mean()), count)
    return rates


def _of_two_classes(groups: SampledColumn, label: SampledColumn, target: DraftedLabel) -> list[tuple[str, str]]:
    column = flow(groups.name)
    rates = base_rates(groups, label, target.positive)
    lines = []
    if len(rates) > 1:
        low, high = (choose(rates, key=lambda value: rates[value][0]) for choose in (min, max))
        ratio = rates[low][0] / rates[high][0] if rates[high][0] else 1.0
        told = " and ".join(f"{rates[value][0]:.3f} of {kinds.shown(value)}" for value in (low, high))
        why = f"by the labels themselves {told} are {kinds.shown(target.positive)}: a ratio of {ratio:.2f}"
        lines.append(
            (
                f"    - {{gap: demographic_parity_ratio, columns: [{column}], minimum: {_floor(ratio)}}}",
                f"{why}; the four-fifths rule asks for 0.8",
            )
        )
    why = "of those who are positive, equally many are found in every group; 0.1 is a start, and no law"
    return [*lines, (f"    - {{gap: equal_opportunity, columns: [{column}], maximum: 0.1}}", why)]


def _of_several_classes(groups: SampledColumn, label: SampledColumn, target: DraftedLabel) -> list[tuple[str, str]]:
    why = "every class is found equally often in every group; 0.1 is a start, and no law"
    return [(f"    - {{gap: equal_opportunity, columns: [{flow(groups.name)}], maximum: 0.1}}", why)]


def _of_numbers(groups: SampledColumn, label: SampledColumn, target: DraftedLabel) -> list[tuple[str, str]]:
    why = "predictions are right on average in every group; 0.1 is a start, and no law"
    return [(f"    - {{gap: calibration_gap, columns: [{flow(groups.name)}], maximum: 0.1}}", why)]


_GAPS: Mapping[tasks.Task, Callable[[SampledColumn, SampledColumn, DraftedLabel], list[tuple[str, str]]]] = {
    tasks.BINARY: _of_two_classes,
    tasks.MULTICLASS: _of_several_classes,
    tasks.REGRESSION: _of_numbers,
}


def _floor(value: float) -> float:
    return math.floor(value * 100 + 1e-9) / 100
