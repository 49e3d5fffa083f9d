"""Why?"""

from collections.abc import Mapping
from typing import Any

from components.reporter.blocks import Section
from components.reporter.sections import questions
from components.reporter.sections.explaining import permutation_importance, shapley
from components.reporter.sections.questions import Show

# By method its title, and what shows it.
_SHOWS: dict[str, tuple[str, Show]] = {
from components.reporter.sections.explaining import permutation_importance, shapley


def section(summary: Mapping[str, Any]) -> Section | None:
    """Builds the section; None where the step did not run."""
    heading = Section(id="why", title="Why?", lead="", order=33, blocks=[])
    return questions.build(summary, "explanation", heading, _lead, _SHOWS)


def _lead(contents: Mapping[str, Mapping[str, Any]], summary: Mapping[str, Any]) -> str:
    """Says which columns carry the answers."""
    importance = contents.get("permutation_importance")
    return permutation_importance.lead(importance) if importance else _NO_LEAD
