"""The methods of Explainer, in their order on the page."""

from components.asked_model import Method
from components.explainer.methods import concepts, counterfactuals, permutation_importance, shapley

METHODS: dict[str, Method] = {
    "permutation_importance": permutation_importance.find,
    "shapley": shapley.explain,
    "concepts": concepts.find,
    "counterfactuals": counterfactuals.explain,
}
