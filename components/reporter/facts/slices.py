"""Every slice with its metrics, whether it is too small to judge, and the gaps among those that are not."""

import re
from collections.abc import Sequence
from typing import Any

from components.reporter import gaps, readings
from components.reporter.sources import Sources


def facts(sources: Sources) -> dict[str, Any]:
    """Returns `slices`, `min_slice_examples`, `gaps`, `worst_slices`; overall is never too small."""
    evaluation = sources.settings.evaluation
    smallest = evaluation.min_slice_examples
    slices = [
        {
            "slice": name,
            "columns": columns_of(name, evaluation.slices),
            "too_small": name != "overall" and (values.get("example_count") or 0) < smallest,
            "metrics": values,
        }
        for name, values in sources.metrics.items()
    ]
    part = {"slices": slices, "min_slice_examples": smallest}
    judged = readings.by_slice(
        {
            "task": sources.settings.label.task,
            "classes": sources.classes,
            "intervals": sources.intervals.to_json() if sources.intervals else None,
            **part,
        }
    )
    return part | {"gaps": gaps.gaps(judged), "worst_slices": gaps.worst_slices(judged)}


def columns_of(name: str, slices: Sequence[Sequence[str]]) -> list[str]:
    """Returns the columns that a slice is of, such as `race` and `sex` of `race=Black, sex=Female`; none of overall.

    Args:
        name: The slice's name.
        slices: The lists of columns to slice by. A value may hold a comma and an equals sign, so that the name alone
            does not tell; where several fit, the longest does.
    """
    fitting = [
        sorted(columns)
        for columns in slices
        if re.fullmatch(", ".join(f"{re.escape(column)}=.*" for column in sorted(columns)), name, re.DOTALL)
    ]
    return max(fitting, key=len, default=[])
