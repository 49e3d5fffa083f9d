"""Where is it wrong?"""

from collections.abc import Mapping
from typing import Any

from components.reporter.blocks import Section
from components.reporter.sections import questions
from components.reporter.sections.debugging_parts import (
    benchmark_models,
    fairness_stress,
    findings,
    gradient_attacks,
    label_errors,
    metamorphic,
    monotonicity,
    optimistic_validation,
    random_attacks,
    residuals,
    weak_slices,
)
from components.reporter.sections.questions import Show
from modules.base import numerals

# By method its title, and what shows it.
_SHOWS: dict[str, tuple[str, Show]] = {
    "benchmark_models": ("Benchmark models", benchmark_models.show),
    "random_attacks": ("Random attacks", random_attacks.show),
    "gradient_attacks": ("Gradient attacks", gradient_attacks.show),
    "monotonicity": ("Monotonicity", monotonicity.show),
    "metamorphic": ("Metamorphic checks", metamorphic.show),
    "residuals": ("Residuals: what the model has not learnt", residuals.show),
    "weak_slices": ("Where it is worst", weak_slices.show),
    "optimistic_validation": ("Are the validation rows too easy?", optimistic_validation.show),
    "label_errors": ("Suspected label errors", label_errors.show),
    "fairness_stress": ("Fairness stress", fairness_stress.show),
}
# What a decision may rest on beside the findings, which say of the others what is wrong.
_ON_PAPER = ("benchmark_models", "weak_slices", "fairness_stress")


def section(summary: Mapping[str, Any]) -> Section | None:
    """Builds the section, its findings on top; None where the step did not run."""
    heading = Section(id="where-wrong", title="Where is it wrong?", lead="", order=36, blocks=[])
    built = questions.build(summary, "debugging", heading, _lead, _SHOWS, _ON_PAPER)
    if built is None:
        return None
    found = {one["method"]: one["content"] for one in summary["debugging"] if one["content"] is not None}
    titles = {method: title for method, (title, _) in _SHOWS.items()}
    return built.model_copy(update={"blocks": [*findings.blocks(found, titles), *built.blocks]})


def _lead(contents: Mapping[str, Mapping[str, Any]], summary: Mapping[str, Any]) -> str:
    """Says where it is worst, and how much there is to do."""
    counted = findings.counted(contents)
    found = contents.get("weak_slices")
    if found is None:
        return counted
    if not found["slices"]:
        return f"No slice of one or two columns is worse than the other rows beyond chance. {counted}"
    worst = found["slices"][0]
    interval = f"95 %: {numerals.interval(worst['low'], worst['high'], '.4g')}"
    error, overall = (numerals.written(value, ".4g") for value in (worst["error"], found["overall"]))
    said = f"Worst for {worst['slice']}: {found['error']} {error} ({interval}), against {overall} overall."
    return f"{said} {counted}"
