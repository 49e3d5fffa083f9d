"""The methods of Debugger, in their order on the page: what each is given, and what it leaves."""

from components.asked_model import Method

METHODS: dict[str, Method] = {}
