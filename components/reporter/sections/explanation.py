"""Why?"""

from collections.abc import Mapping
from typing import Any

from components.reporter.blocks import Section
from components.reporter.sections import questions
from components.reporter.sections.explaining import (
    concepts,
    counterfactuals,
    dependence,
    interpretable_models,
    lime,
    permutation_importance,
    saliency_check,
    shapley,
)
from components.reporter.sections.questions import Show

# By method its title, and what shows it.
_SHOWS: dict[str, tuple[str, Show]] = {
    "permutation_importance": ("What the model relies on: permutation importance", permutation_importance.show),
    "dependence": ("How the answer changes with a column: PDP, ICE, ALE, interactions", dependence.show),
    "shapley": ("What each column contributed: Shapley values", shapley.show),
    "lime": ("Linear models around single rows: LIME, and whether the methods agree", lime.show),
    "concepts": ("Does it use a notion that is no column? Concepts", concepts.show),
    "saliency_check": ("Do gradients say what it learnt? A sanity check", saliency_check.show),
    "interpretable_models": ("What would a model that people can read cost?", interpretable_models.show),
    "counterfactuals": ("What would have had to be different: counterfactuals", counterfactuals.show),
}
# What a decision may rest on; the others say more of the same, or whether to believe it.
_ON_PAPER = ("permutation_importance", "interpretable_models", "counterfactuals")
# Where nothing can be said of importance.
_NO_LEAD = "What the methods found that were asked why the model answers as it does."


def section(summary: Mapping[str, Any]) -> Section | None:
    """Builds the section; None where the step did not run."""
    heading = Section(id="why", title="Why?", lead="", order=33, blocks=[])
    return questions.build(summary, "explanation", heading, _lead, _SHOWS, _ON_PAPER)


def _lead(contents: Mapping[str, Mapping[str, Any]], summary: Mapping[str, Any]) -> str:
    """Says which columns carry the answers."""
    importance = contents.get("permutation_importance")
    return permutation_importance.lead(importance) if importance else _NO_LEAD
