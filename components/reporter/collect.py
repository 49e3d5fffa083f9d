"""Collects everything that a run found out, a part a module of `facts`: the content of summary.json."""

from typing import Any

from components.reporter.facts import (
    columns,
    data,
    intervals,
    origin,
    questions,
    references,
    search,
    size,
    slices,
    verdict,
)
from components.reporter.sources import Sources

# Each has a function `facts(sources)`, which returns its keys of summary.json and leaves out what a stopped run did
# not get to.
_PARTS = (verdict, references, intervals, slices, size, search, questions, columns, data, origin)


def collect(sources: Sources) -> dict[str, Any]:
    """Collects the summary.

    Args:
        sources: What the run left.

    Returns:
        The content of summary.json but for what only the runner knows (steps, lineage, when); the README's section
        "summary.json" describes it.
    """
    summary: dict[str, Any] = {}
    for part in _PARTS:
        summary |= part.facts(sources)
    return summary
