"""What a user may have meant by a value of the wrong type."""

import difflib
import typing
from typing import Any, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from pipeline.config import annotations


def repaired(annotation: Any, value: Any) -> Any:
    """Brings a value into the form that a type takes: `[sex]` into `[[sex]]`, `5` into `"5"`.

    Raises:
        ValueError: If there is no such value.
    """
    is_list = isinstance(value, list)
    branches = annotations.branches(annotation)
    # What is a list stays one where that is allowed.
    branches.sort(key=lambda branch: (typing.get_origin(branch) is list) != is_list)
    for branch in branches:
        try:
            candidate = _convert(branch, value)
            TypeAdapter(annotation, config=_strict(annotation)).validate_python(candidate, strict=True)
        except (ValidationError, ValueError, TypeError, LookupError):
            continue
        return candidate
    raise ValueError("no value of this type is like it")


def _strict(annotation: Any) -> ConfigDict | None:
    """A section has its own configuration, and takes none from outside."""
    return None if annotations.is_section(annotations.bare(annotation)[0]) else ConfigDict(strict=True)


def _convert(branch: Any, value: Any) -> Any:
    base, _ = annotations.bare(branch)
    kind, inner = typing.get_origin(base), typing.get_args(base)
    if kind is list:
        return [repaired(inner[0], part) for part in (value if isinstance(value, list) else [value])]
    if kind is dict and isinstance(value, dict):
        return {repaired(inner[0], key): repaired(inner[1], part) for key, part in value.items()}
    if kind is Literal and isinstance(value, str):
        return difflib.get_close_matches(value, inner, 1, 0.6)[0]
    if isinstance(value, list) and len(value) == 1:
        return repaired(branch, value[0])
    if base is str and isinstance(value, bool | int | float):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if base is bool and isinstance(value, str):
        return {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}[value.lower()]
    if base in (int, float) and isinstance(value, str):
        return base(value)
    if base is int and isinstance(value, float) and value.is_integer():
        return int(value)
    return value
