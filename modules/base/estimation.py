"""Settings of the search for the teacher that say what a trial costs, and what counts besides its score."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from modules.base.section import Count, SettingError, Settings

if TYPE_CHECKING:
    from modules.base.settings import Tuner

EstimationMethod = Literal["full", "lower_fidelity", "curve_extrapolation", "weight_inheritance"]
SearchObjective = Literal["metric", "bytes", "operations"]

# Strategies that rank trials by one number.
_OF_ONE_OBJECTIVE = ("hyperband", "reinforce")


class LowerFidelity(Settings):
    """What every trial is trained on and how long, and which trials are then trained in full."""

    rows: Annotated[float, Field(gt=0, le=1)] = 0.25
    epochs: Count | None = None
    best: Count = 3
    spread: Annotated[int, Field(ge=0)] = 2


class CurveExtrapolation(Settings):
    """When a trial is stopped: once its forecast is below the best score."""

    confidence: Annotated[float, Field(gt=0, lt=1)] = 0.95
    least_epochs: Annotated[int, Field(ge=3)] = 4


def check_estimation(tuner: "Tuner") -> None:
    """Checks that estimation and objectives fit the strategy and the space.

    Raises:
        SettingError: If not.
    """
    of_method = {
        "lower_fidelity": _check_lower_fidelity,
        "curve_extrapolation": _check_curve_extrapolation,
        "weight_inheritance": _check_weight_inheritance,
    }
    if tuner.estimation in of_method:
        of_method[tuner.estimation](tuner)
    _check_objectives(tuner.objectives, tuner.strategy)


def _check_lower_fidelity(tuner: "Tuner") -> None:
    given = tuner.lower_fidelity
    if tuner.strategy == "hyperband" and given.epochs is not None:
        raise SettingError(
            "hyperband says itself how many epochs a trial has, and lower_fidelity.epochs does as well",
            "Leave lower_fidelity.epochs out, and give lower_fidelity.rows",
        )
    if tuner.trial_epochs > tuner.max_epochs:
        raise SettingError(
            f"lower_fidelity.epochs {given.epochs} is more than max_epochs {tuner.max_epochs}", "Give fewer"
        )
    if given.rows == 1 and tuner.trial_epochs == tuner.max_epochs:
        raise SettingError(
            "lower_fidelity takes all rows and all epochs, which is full",
            "Give lower_fidelity.rows below 1, or fewer lower_fidelity.epochs",
        )
    needed = math.ceil(tuner.final_epochs + tuner.trial_epochs * given.rows)
    if tuner.max_epochs_total is not None and tuner.max_epochs_total < needed:
        raise SettingError(
            f"max_epochs_total {tuner.max_epochs_total} has no room for {given.best + given.spread} trainings in full "
            f"of {tuner.max_epochs} epochs, and a trial before them",
            f"Give it at least {needed}, or lower lower_fidelity.best or lower_fidelity.spread",
        )


def _check_curve_extrapolation(tuner: "Tuner") -> None:
    if tuner.strategy == "hyperband":
        raise SettingError(
            "curve_extrapolation stops trials early, and hyperband does so by itself",
            "Take another strategy, or estimation: full",
        )
    if tuner.curve_extrapolation.least_epochs >= tuner.max_epochs:
        raise SettingError(
            f"curve_extrapolation.least_epochs {tuner.curve_extrapolation.least_epochs} leaves nothing of max_epochs "
            f"{tuner.max_epochs} to save",
            "Give max_epochs more, as 20",
        )


def _check_weight_inheritance(tuner: "Tuner") -> None:
    if tuner.strategy != "evolution":
        raise SettingError(
            f"weight_inheritance needs trials that come of others, and {tuner.strategy} has none",
            "Take strategy: evolution",
        )
    others = [name for name in tuner.search_space.activation if name != "relu"]
    if others and tuner.search_space.kind != "micro" and len({*tuner.search_space.layers}) > 1:
        raise SettingError(
            f"weight_inheritance cannot deepen a network with {others[0]}: applied twice, it is another function, and "
            "the deeper network would not answer as its parent does",
            "Write search_space.activation: [relu], or give search_space.layers one number",
        )


def _check_objectives(objectives: Sequence[str], strategy: str) -> None:
    if objectives[0] != "metric" or len({*objectives}) < len(objectives):
        raise SettingError("objectives begins with metric, and names each one once", "Write it as [metric, bytes]")
    if len(objectives) > 1 and strategy in _OF_ONE_OBJECTIVE:
        raise SettingError(
            f"{strategy} ranks trials by one number, and objectives has {len(objectives)}",
            "Take strategy: evolution, bayesian, random or grid",
        )
