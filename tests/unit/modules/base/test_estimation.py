from typing import Any

import pytest
from pydantic import ValidationError

from modules.base.settings import Tuner

pytestmark = pytest.mark.unit

RELU = {"search_space": {"activation": ["relu"]}}


def tuner(**settings: Any) -> Tuner:
    return Tuner.model_validate(settings)


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        (
            {"strategy": "evolution", "estimation": "weight_inheritance"},
            "weight_inheritance cannot deepen a network with swish: applied twice, it is another function",
        ),
        *(
            (
                {
                    "strategy": "evolution",
                    "estimation": "weight_inheritance",
                    "search_space": {"activation": ["relu", name], "layers": [1, 2]},
                },
                f"cannot deepen a network with {name}",
            )
            for name in ("tanh", "elu", "swish")
        ),
        *(
            (
                {"strategy": name, "estimation": "weight_inheritance", **RELU},
                f"weight_inheritance needs trials that come of others, and {name} has none",
            )
            for name in ("hyperband", "random", "grid", "bayesian", "reinforce")
        ),
        (
            {"estimation": "lower_fidelity", "lower_fidelity": {"epochs": 3}},
            "hyperband says itself how many epochs a trial has",
        ),
        (
            {"strategy": "random", "estimation": "lower_fidelity", "lower_fidelity": {"rows": 1.0}},
            "all rows and all epochs, which is full",
        ),
        (
            {"strategy": "random", "estimation": "lower_fidelity", "lower_fidelity": {"epochs": 10}},
            "lower_fidelity.epochs 10 is more than max_epochs 9",
        ),
        (  # five of nine epochs, and one of 9 / 4
            {"strategy": "random", "estimation": "lower_fidelity", "max_epochs_total": 47},
            "max_epochs_total 47 has no room for 5 trainings in full of 9 epochs, and a trial before them",
        ),
        ({"estimation": "curve_extrapolation"}, "hyperband does so by itself"),
        (
            {"strategy": "random", "estimation": "curve_extrapolation", "max_epochs": 4},
            "curve_extrapolation.least_epochs 4 leaves nothing of max_epochs 4 to save",
        ),
        ({"strategy": "random", "objectives": ["bytes", "metric"]}, "begins with metric"),
        ({"strategy": "random", "objectives": ["metric", "bytes", "bytes"]}, "names each one once"),
        ({"objectives": ["metric", "bytes"]}, "hyperband ranks trials by one number, and objectives has 2"),
        ({"strategy": "reinforce", "objectives": ["metric", "bytes"]}, "reinforce ranks trials by one number"),
    ],
)
def test_what_does_not_fit_together_is_refused_in_one_line(settings: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError) as refused:
        tuner(**settings)
    (error,) = refused.value.errors()
    assert why in error["msg"]
    assert "\n" not in error["msg"]
    assert error["ctx"]["error"].fix


@pytest.mark.parametrize(
    "settings",
    [
        {"strategy": "evolution", "estimation": "weight_inheritance", **RELU},
        {
            "strategy": "evolution",
            "estimation": "weight_inheritance",
            "search_space": {"activation": ["swish"], "layers": [2]},
        },
        {"strategy": "random", "estimation": "lower_fidelity", "max_epochs_total": 48},
        {"estimation": "lower_fidelity"},
        {"strategy": "random", "estimation": "curve_extrapolation"},
        {"strategy": "evolution", "objectives": ["metric", "bytes", "operations"]},
    ],
)
def test_what_fits_together_is_taken(settings: dict[str, Any]) -> None:
    tuner(**settings)


def test_a_cheaper_trial_costs_what_its_rows_and_epochs_are() -> None:
    full, cheap = tuner(), tuner(strategy="random", estimation="lower_fidelity", lower_fidelity={"epochs": 4})
    assert (full.trial_rows, full.trial_epochs, full.final_epochs) == (1.0, 9, 0)
    assert (cheap.trial_rows, cheap.trial_epochs, cheap.final_epochs) == (0.25, 4, 45)
    # What another estimation would take does not count.
    unused = tuner(lower_fidelity={"rows": 0.1, "epochs": 2})
    assert (unused.trial_rows, unused.trial_epochs, unused.final_epochs) == (1.0, 9, 0)
