"""What the model's figures are held against: an answer that reads no column, and the model that was blessed last."""

from typing import Any

from components.reporter.sources import Sources


def facts(sources: Sources) -> dict[str, Any]:
    """Returns `references`, each with `name`, `answer` (None for a model) and `metrics` of all test rows."""
    references: list[dict[str, Any]] = []
    if sources.reference:
        same = sources.reference
        references.append({"name": same.name, "answer": same.answer, "metrics": dict(same.metrics)})
    if sources.before:
        references.append({"name": "last blessed model", "answer": None, "metrics": sources.before})
    return {"references": references}
