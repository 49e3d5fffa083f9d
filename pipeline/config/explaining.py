"""What a validation error says to a user: field, value, what was expected, and a line that would be right."""

import difflib
import os
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from modules.base.section import SettingError
from modules.base.settings import NoPositiveClassError
from pipeline.config import classes, expected, fields, repairing
from pipeline.config.places import ConfigError, Places, dotted
from pipeline.config.writing import flow

_UNKNOWN = ("extra_forbidden", "invalid_key")
_LONGEST = 120  # characters of a value that a message shows
# Names of settings that lie deeper are told apart from their neighbours' by spelling.
_DEEP = 2
_MOST_SECTIONS = 3  # that a message offers for a setting in the wrong place


def explain(error: ValidationError, values: Mapping[str, Any], places: Places) -> ConfigError:
    """Turns pydantic's first error into one line.

    Args:
        error: What pydantic found.
        values: The config as it was read.
        places: Where its values come from.
    """
    first = _first(error)
    location, kind, value = first["loc"], first["type"], first["input"]
    field = fields.find(location)
    name = dotted(field.place)
    if kind in _UNKNOWN:
        return _unknown(field, location[-1], places)
    where = places.where(*field.place)
    if kind == "missing":
        return ConfigError(where, f"{name} is missing", f"Add {name}; data/census_income/pipeline.yaml shows it")
    if kind == "value_error" and isinstance(first["ctx"]["error"], NoPositiveClassError):
        known = classes.values_of_label(values, os.path.dirname(os.path.abspath(places.path)))
        says = f"; in its first rows the label is {known}" if known else ""
        fix = "Set label.positive_class to one of the label's values, or label.task to multiclass or regression"
        return ConfigError(where, f"{name}: {first['ctx']['error']}{says}", fix)
    if kind == "value_error":
        return ConfigError(where, f"{name}: {first['ctx']['error']}", _fix_of(first["ctx"]["error"]))
    if location[-1] == "[key]":
        keys = fields.keys_of(fields.find(location[:-2]).annotation)
        what = f"{dotted(field.place[:-1])} has the name {_shown(value)}; expected {expected.words(keys)}"
    else:
        what = f"{name or 'the config'} is {_shown(value)}; expected {expected.words(field.annotation)}"
    return ConfigError(where, what, _fix(field, values))


def _fix_of(error: ValueError) -> str:
    return error.fix if isinstance(error, SettingError) else "Fix that section"


def _first(error: ValidationError) -> Any:
    """Picks the error to tell.

    A misspelt key makes a required one missing, too: the spelling is what has to be fixed. Of a value that fits no
    branch of a union, the error that lies deepest belongs to the branch that was meant.
    """
    errors = error.errors()
    unknown = [one for one in errors if one["type"] in _UNKNOWN]
    if unknown:
        return unknown[0]
    place = fields.find(errors[0]["loc"]).place
    places = [fields.find(one["loc"]).place for one in errors]
    within = [number for number, other in enumerate(places) if other[: len(place)] == place]
    # What a branch says in its own words tells more than that the other branch is of another type.
    return errors[max(within, key=lambda number: (len(places[number]), errors[number]["type"] == "value_error"))]


def _unknown(field: fields.LocatedField, key: Any, places: Places) -> ConfigError:
    choices = fields.settings_of(field.annotation)
    place = (*field.place, str(key))
    where, name = places.where(*place), dotted(place)
    at_home = list(fields.sections_with(str(key))) if len(field.place) < _DEEP else []
    if 0 < len(at_home) <= _MOST_SECTIONS:
        inside = " or ".join(f"{section}:" for section in at_home)
        what = f"{name} is not a setting, but {' and '.join(f'{section}.{key}' for section in at_home)}"
        verb = "are" if len(at_home) > 1 else "is"
        fix = f"Indent it under {inside}" if not field.place else f"Move it to {inside}"
        return ConfigError(where, f"{what} {verb}", fix)
    near = difflib.get_close_matches(str(key), choices, 1, 0.6)
    known = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(choices)}"
    return ConfigError(where, f"{name} is not a setting; {known}", f"Rename or remove {str(key)!r}")


def _fix(field: fields.LocatedField, values: Mapping[str, Any]) -> str:
    """Proposes the line of the whole setting: with what the user meant, if that can be told, or else by an example."""
    key = str(field.place[field.depth - 1]) if field.depth else "name"
    try:
        proposed = repairing.repaired(field.owner, _value(values, field.place[: field.depth]))
    except (ValueError, LookupError):
        return f"Write for example {key}: {flow(expected.example(field.owner, field.default))}"
    return f"Write {key}: {flow(proposed)}"


def _value(values: Any, place: tuple[Any, ...]) -> Any:
    for part in place:
        values = values[part]
    return values


def _shown(value: Any) -> str:
    """Returns a value as the user may have written it, a text in quotes."""
    text = repr(value) if isinstance(value, str) else flow(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
