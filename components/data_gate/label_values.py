"""What the values of the label say: whether the config means all of them. Knows no TFX."""

from collections.abc import Mapping
from typing import Any

from modules import tasks
from modules.base.settings import Label
from modules.contracts.data_findings import DataFinding
from modules.tasks import spelling

_COMPARED = "label against the config"
_MOST = 3  # classes whose spellings are named


def of_label(counts: Mapping[Any, int], label: Label) -> list[DataFinding]:
    """Names values of the label that the config does not mention, or that are one class in two spellings.

    Args:
        counts: The rows of each value, the most frequent first; empty for a regression.
        label: The section `label` of the config.

    Returns:
        At most one finding of the rule `label_values`: of a binary task that more than two values are in the table, and
        neither `negative_class` nor `others` says what becomes of them; of others that classes differ by case or spaces
        only.
    """
    task = tasks.named(label.task)
    if not task.has_classes:
        return []
    text = _further(counts, label) if task.takes_positive_class else _spellings(counts)
    return [DataFinding("label_values", label.column, _COMPARED, text)] if text else []


def _further(counts: Mapping[Any, int], label: Label) -> str:
    negatives = {value: rows for value, rows in counts.items() if value != label.positive_class}
    if len(negatives) < 2 or label.negative_class is not None or label.others is not None:
        return ""
    positive = spelling.counted({label.positive_class: counts.get(label.positive_class, 0)})
    return (
        f"{len(negatives):,} values count as negative beside the positive class {positive}: "
        f"{spelling.counted(negatives)}; set label.others: negative if that is meant, or label.negative_class"
    )


def _spellings(counts: Mapping[Any, int]) -> str:
    groups = [group for group in spelling.grouped(counts) if len(group) > 1]
    if not groups:
        return ""
    named = "; ".join(spelling.counted({value: counts[value] for value in group}) for group in groups[:_MOST])
    more = f"; and {len(groups) - _MOST:,} more" if len(groups) > _MOST else ""
    return f"classes that differ by case or spaces only are learnt apart: {named}{more}; write each in one way"
