"""What a method of the Debugger found, for a person who can act on it."""

from typing import Any, Literal


def finding(mark: Literal["bad", "warning", "good"], what: str, advice: str) -> dict[str, Any]:
    """Returns a finding as JSON holds it.

    Args:
        mark: How grave it is.
        what: What was found, one sentence with the decisive numbers.
        advice: What to do about it, one sentence.
    """
    return {"mark": mark, "what": what, "advice": advice}
