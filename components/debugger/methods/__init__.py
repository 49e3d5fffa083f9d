"""The methods of Debugger, in their order on the page."""

from components.asked_model import Method

METHODS: dict[str, Method] = {}
