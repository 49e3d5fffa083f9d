"""Which sections the page has."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.reporter import charts
from components.reporter.blocks import Section
from components.reporter.sections import (
    data,
    debugging,
    explanation,
    glossary,
    origin,
    quality,
    search,
    size,
    slices,
    verdict,
)

# What a section shows was found out by the steps; where the run came from, only the runner knows, when it has ended.
_BY_STEPS, _BY_RUNNER = (verdict, quality, slices, explanation, debugging, size, search, data), (origin,)


def build(summary: Mapping[str, Any], of_steps: Sequence[Section] | None = None) -> list[Section]:
    """Builds all sections of a run, in their order.

    Args:
        summary: The content of summary.json; its key `sections` has those that components left.
        of_steps: What `sections_of_steps` built from it; None if it is to be built now.
    """
    made = sections_of_steps(summary) if of_steps is None else of_steps
    shown = [*made, *_sections(_BY_RUNNER, summary)]
    terms = glossary.section(shown)
    return sorted([*shown, terms] if terms else shown, key=lambda section: section.order)


def sections_of_steps(summary: Mapping[str, Any]) -> list[Section]:
    """Builds the sections on what the steps of a run found out: nearly all that there is on the page.

    Args:
        summary: The content of summary.json, as far as it is known before the run has ended.
    """
    left = [Section.model_validate(section) for section in summary.get("sections", [])]
    return _sections(_BY_STEPS, summary) + left


def _sections(modules: Sequence[Any], summary: Mapping[str, Any]) -> list[Section]:
    with charts.unchecked():
        made = [module.section(summary) for module in modules]
    return [section for section in made if section is not None]
