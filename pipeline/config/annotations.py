"""The parts of a setting's type: the branches of a union, bounds, sections."""

import types
import typing
from typing import Annotated, Any, TypeGuard

from pydantic import BaseModel
from pydantic.fields import FieldInfo

NULL = type(None)


def split(annotation: Any) -> tuple[list[Any], list[Any]]:
    """Returns the branches of a union, each with its annotations, and the annotations of the whole."""
    base, rules = annotation, []
    if typing.get_origin(annotation) is Annotated:
        base, *rules = typing.get_args(annotation)
    if typing.get_origin(base) in (typing.Union, types.UnionType):
        inner = typing.get_args(base)
        some = [branch for branch in inner if branch is not NULL]
        if len(some) == 1 and not rules:  # what may be null, and its own annotations
            branches, rules = split(some[0])
            return ([*branches, NULL] if NULL in inner else branches), rules
        return list(inner), rules
    return [annotation], rules


def branches(annotation: Any) -> list[Any]:
    """Returns the types that a union joins, without their annotations and null."""
    plain: list[Any] = []
    for branch in split(annotation)[0]:
        base, _ = bare(branch)
        nested = typing.get_origin(base) in (typing.Union, types.UnionType)
        plain += branches(base) if nested else [] if base is NULL else [base]
    return plain


def bare(branch: Any) -> tuple[Any, list[Any]]:
    """Returns a type without its annotations, and the bounds among these."""
    if typing.get_origin(branch) is not Annotated:
        return branch, []
    base, *rules = typing.get_args(branch)
    return base, [bound for rule in rules if isinstance(rule, FieldInfo) for bound in rule.metadata]


def bound(bounds: list[Any], name: str) -> Any:
    """Returns the value of a bound, such as `ge` or `min_length`; None if there is none."""
    return next((getattr(rule, name) for rule in bounds if hasattr(rule, name)), None)


def is_section(annotation: Any) -> TypeGuard[type[BaseModel]]:
    """Tells whether a type is a section of settings."""
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
