"""Which sections the page has."""

from collections.abc import Mapping
from typing import Any

from components.reporter.blocks import Section
from components.reporter.sections import data, origin, quality, search, size, slices, verdict

_SECTIONS = (verdict, quality, slices, size, search, data, origin)


def build(summary: Mapping[str, Any]) -> list[Section]:
    """Builds all sections of a run, in their order.

    Args:
        summary: The content of summary.json; its key `sections` has those that components left.
    """
    made = [module.section(summary) for module in _SECTIONS]
    left = [Section.model_validate(section) for section in summary.get("sections", [])]
    return sorted([section for section in made if section is not None] + left, key=lambda section: section.order)
