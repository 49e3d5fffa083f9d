"""What methods that ask a model found out: one object a method."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any


@dataclasses.dataclass(frozen=True)
class MethodResult:
    """What one method found out.

    Attributes:
        method: Its name.
        content: What it found, as JSON holds it; None if it was left out.
        note: Why it was left out, or did not get to its end; empty otherwise.
    """

    method: str
    content: Mapping[str, Any] | None
    note: str = ""


def to_json(results: Sequence[MethodResult]) -> list[dict[str, Any]]:
    """Returns the results as JSON holds them."""
    return [dataclasses.asdict(result) for result in results]


def from_json(content: Sequence[Mapping[str, Any]]) -> list[MethodResult]:
    """Reads what `to_json` made."""
    return [MethodResult(**entry) for entry in content]
