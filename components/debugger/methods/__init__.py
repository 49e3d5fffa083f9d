"""The methods of Debugger, in their order on the page."""

from components.asked_model import Method
from components.debugger.methods import (
    benchmark_models,
    fairness_stress,
    gradient_attacks,
    label_errors,
    metamorphic,
    monotonicity,
    optimistic_validation,
    random_attacks,
    residuals,
    weak_slices,
)

METHODS: dict[str, Method] = {
    "benchmark_models": benchmark_models.benchmark,
    "random_attacks": random_attacks.attack,
    "gradient_attacks": gradient_attacks.attack,
    "monotonicity": monotonicity.check,
    "metamorphic": metamorphic.check,
    "residuals": residuals.find,
    "weak_slices": weak_slices.find,
    "optimistic_validation": optimistic_validation.find,
    "label_errors": label_errors.find,
    "fairness_stress": fairness_stress.stress,
}
