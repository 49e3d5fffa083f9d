"""The methods of Explainer, in their order on the page."""

from components.asked_model import Method
from components.explainer.methods import (
    concepts,
    counterfactuals,
    dependence,
    interpretable_models,
    lime,
    permutation_importance,
    saliency_check,
    shapley,
)

METHODS: dict[str, Method] = {
    "permutation_importance": permutation_importance.find,
    "dependence": dependence.show_change,
    "shapley": shapley.explain,
    "lime": lime.explain,
    "concepts": concepts.find,
    "saliency_check": saliency_check.find,
    "interpretable_models": interpretable_models.find,
    "counterfactuals": counterfactuals.explain,
}
