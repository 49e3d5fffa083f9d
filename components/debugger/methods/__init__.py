"""The methods of Debugger, in their order on the page."""

from components.asked_model import Method
from components.debugger.methods import (
    benchmark_models,
    fairness_stress,
    metamorphic,
    monotonicity,
    random_attacks,
    weak_slices,
)

METHODS: dict[str, Method] = {
    "benchmark_models": benchmark_models.benchmark,
    "random_attacks": random_attacks.attack,
    "monotonicity": monotonicity.check,
    "metamorphic": metamorphic.check,
    "weak_slices": weak_slices.find,
    "fairness_stress": fairness_stress.stress,
}
