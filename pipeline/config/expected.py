"""What a setting takes, in words and by example, from its type; no class name of a library reaches a user."""

import typing
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from pipeline.config import annotations
from pipeline.config.annotations import bound


def words(annotation: Any, many: bool = False) -> str:
    """Says what a type takes: `a whole number of at least 1, or null`.

    Args:
        annotation: The type.
        many: Whether to say it of several: `whole numbers of at least 1`.
    """
    branches, rules = annotations.split(annotation)
    told = next((rule.description for rule in rules if isinstance(rule, FieldInfo) and rule.description), None)
    if told is None:
        parts = [_kind(branch, many) for branch in branches if branch is not annotations.NULL]
        told = " or ".join(part for part in parts if part)
    return f"{told}, or null" if annotations.NULL in branches else told


def example(annotation: Any, default: Any = None) -> Any:
    """Returns a value that a type takes: its default, if that shows anything, or else one made from the type."""
    if isinstance(default, BaseModel):
        default = None
    branches, rules = annotations.split(annotation)
    given = [rule.examples[0] for rule in rules if isinstance(rule, FieldInfo) and rule.examples]
    if given or default:
        return given[0] if given else default
    branch = branches[0]
    base, bounds = annotations.bare(branch)
    kind, inner = typing.get_origin(base), typing.get_args(base)
    if kind is Literal:
        return inner[0]
    if kind is list:
        return [example(inner[0])] * max(1, bound(bounds, "min_length") or 1)
    if kind is dict:
        return {example(inner[0]): example(inner[1])}
    if annotations.is_section(base):
        return _section_example(base)
    if base is bool:
        return True
    if base is int:
        return bound(bounds, "ge") or 1
    if base is float:
        return 0.5 if 1 in (bound(bounds, "lt"), bound(bounds, "le")) else bound(bounds, "ge") or 1.0
    return "name"


def _section_example(section: type[BaseModel]) -> dict[str, Any]:
    """Returns the settings that a section must have, or else its first one."""
    hints = typing.get_type_hints(section, include_extras=True)
    required = [name for name, field in section.model_fields.items() if field.is_required()]
    shown = required or list(section.model_fields)[:1]
    return {name: example(hints[name]) for name in shown}


def _kind(branch: Any, many: bool) -> str:
    base, bounds = annotations.bare(branch)
    kind, inner = typing.get_origin(base), typing.get_args(base)
    if kind is Literal:
        choices = _one_of([repr(value) for value in inner])
        return f"values ({choices})" if many else choices
    if kind is list:
        of = words(inner[0], many=True)
        return f"{'lists' if many else 'a list'} of {_how_many(bounds)}{of}"
    if kind is dict:
        return f"names, each with {words(inner[1])}"
    if annotations.is_section(base):
        return "sections of settings" if many else "a section of settings"
    if base is bool:
        return "true or false"
    if base is int:
        return f"{'whole numbers' if many else 'a whole number'}{_range(bounds)}"
    if base is float:
        return f"{'numbers' if many else 'a number'}{_range(bounds)}"
    text = "non-empty text" if bound(bounds, "min_length") else "text"
    return f"{text}s" if many else text


def _one_of(choices: Sequence[str]) -> str:
    return f"{', '.join(choices[:-1])} or {choices[-1]}" if len(choices) > 1 else choices[0]


def _how_many(bounds: list[Any]) -> str:
    least, most = bound(bounds, "min_length"), bound(bounds, "max_length")
    if least is None:
        return ""
    return f"{least} " if least == most else "one or more "


def _range(bounds: list[Any]) -> str:
    ge, gt, le, lt = (bound(bounds, name) for name in ("ge", "gt", "le", "lt"))
    if ge is not None and le is not None:
        return f" from {ge:g} to {le:,}"
    low = f"of at least {ge:g}" if ge is not None else f"above {gt:g}" if gt is not None else ""
    high = f"of at most {le:,}" if le is not None else f"below {lt:,}" if lt is not None else ""
    both = " and ".join(part for part in (low, high) if part)
    return f" {both}" if both else ""
