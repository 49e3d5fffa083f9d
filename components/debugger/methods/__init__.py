"""The methods of Debugger, in their order on the page."""

from components.asked_model import Method
from components.debugger.methods import weak_slices

METHODS: dict[str, Method] = {
    "weak_slices": weak_slices.find,
}
