"""Why?"""

from collections.abc import Mapping
from typing import Any

from components.reporter.blocks import Section
from components.reporter.sections import questions
from components.reporter.sections.explaining import shapley
from components.reporter.sections.questions import Show

# By method its title, and what shows it.
_SHOWS: dict[str, tuple[str, Show]] = {
    "shapley": ("What each column contributed: Shapley values", shapley.show),
}


def section(summary: Mapping[str, Any]) -> Section | None:
    """Builds the section; None where the step did not run."""
    heading = Section(id="why", title="Why?", lead="", order=33, blocks=[])
    return questions.build(summary, "explanation", heading, _lead, _SHOWS)


def _lead(contents: Mapping[str, Mapping[str, Any]], summary: Mapping[str, Any]) -> str:
    """Says what was found, in one or two sentences."""
    return ""
