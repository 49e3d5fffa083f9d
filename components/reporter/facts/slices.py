"""Every slice with its metrics, and whether it is too small to judge."""

from typing import Any

from components.reporter.sources import Sources


def facts(sources: Sources) -> dict[str, Any]:
    """Returns `slices`; the overall one decides, however few its rows are."""
    smallest = sources.settings.evaluation.min_slice_examples
    return {
        "slices": [
            {
                "slice": name,
                "too_small": name != "overall" and values.get("example_count", 0) < smallest,
                "metrics": values,
            }
            for name, values in sources.metrics.items()
        ]
    }
