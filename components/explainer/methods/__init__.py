"""The methods of Explainer, in their order on the page."""

from components.asked_model import Method
from components.explainer.methods import shapley

METHODS: dict[str, Method] = {
    "shapley": shapley.explain,
}
