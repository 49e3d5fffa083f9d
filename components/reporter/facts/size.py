"""Every model from the teacher to the smallest form."""

from typing import Any

from components.reporter.sources import Sources


def facts(sources: Sources) -> dict[str, Any]:
    """Returns `ladder`."""
    return {"ladder": sources.json("ladder", "ladder.json") or []}
