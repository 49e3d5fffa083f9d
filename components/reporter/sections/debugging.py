"""Where is it wrong?"""

from collections.abc import Mapping
from typing import Any

from components.reporter.blocks import Section
from components.reporter.sections import questions
from components.reporter.sections.questions import Show

# By method its title, and what shows it.
_SHOWS: dict[str, tuple[str, Show]] = {}


def section(summary: Mapping[str, Any]) -> Section | None:
    """Builds the section; None where the step did not run."""
    heading = Section(id="where-wrong", title="Where is it wrong?", lead="", order=36, blocks=[])
    return questions.build(summary, "debugging", heading, _lead, _SHOWS)


def _lead(contents: Mapping[str, Mapping[str, Any]], summary: Mapping[str, Any]) -> str:
    """Says what was found, in one or two sentences."""
    return ""
