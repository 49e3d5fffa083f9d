"""Which setting a validation error is about."""

import dataclasses
import typing
from collections.abc import Iterator, Sequence
from typing import Any

from modules.base.settings import PipelineSettings
from pipeline.config import annotations


@dataclasses.dataclass(frozen=True)
class LocatedField:
    """A setting, or an entry of one, that a validation error is about.

    Attributes:
        place: Its path: names of settings, keys and indices.
        annotation: Its type.
        depth: How many parts of `place` name the setting whose value it is, or is part of.
        owner: The type of that setting.
        default: The default of that setting; None where it has none.
    """

    place: tuple[Any, ...] = ()
    annotation: Any = PipelineSettings
    depth: int = 0
    owner: Any = PipelineSettings
    default: Any = None


def find(location: Sequence[Any]) -> LocatedField:
    """Follows a location as pydantic gives it, which besides names and indices holds the branches of unions."""
    field = LocatedField()
    for part in location:
        field = next(_steps(field, part), field)
    return field


def _steps(field: LocatedField, part: Any) -> Iterator[LocatedField]:
    place = (*field.place, part)
    for branch in annotations.branches(field.annotation):
        kind, inner = typing.get_origin(branch), typing.get_args(branch)
        if annotations.is_section(branch) and part in branch.model_fields:
            annotation = typing.get_type_hints(branch, include_extras=True)[part]
            default = None if branch.model_fields[part].is_required() else branch.model_fields[part].get_default()
            yield LocatedField(place, annotation, len(place), annotation, default)
        elif kind is list and isinstance(part, int):
            yield dataclasses.replace(field, place=place, annotation=inner[0])
        elif kind is dict and part != "[key]":
            yield dataclasses.replace(field, place=place, annotation=inner[1])


def settings_of(annotation: Any) -> list[str]:
    """Returns the names of the settings of a section; none if the type is not one."""
    sections = [branch for branch in annotations.branches(annotation) if annotations.is_section(branch)]
    return [name for section in sections for name in section.model_fields]


def sections_with(key: str, annotation: Any = PipelineSettings, place: tuple[str, ...] = ()) -> Iterator[str]:
    """Yields the full names of the sections that have a setting of a name: `data` for `train`."""
    if place and key in settings_of(annotation):
        yield ".".join(place)
    for section in filter(annotations.is_section, annotations.branches(annotation)):
        for name, inner in typing.get_type_hints(section, include_extras=True).items():
            if name in section.model_fields:
                yield from sections_with(key, inner, (*place, name))


def keys_of(annotation: Any) -> Any:
    """Returns the type of the keys of a mapping.

    Raises:
        StopIteration: If the type is not one.
    """
    mapping = next(branch for branch in annotations.branches(annotation) if typing.get_origin(branch) is dict)
    return typing.get_args(mapping)[0]
