"""The concepts of the Explainer held against the form of a query, the config and the table."""

import math
from collections.abc import Iterator
from typing import Any

from modules.base.section import SettingError
from modules.base.settings import PipelineSettings
from modules.explaining.concepts import query
from modules.explaining.concepts.query import Comparison
from pipeline.config.places import ConfigError, Places, dotted

_SECTION = ("explainer", "concepts")


def columns(settings: PipelineSettings, places: Places) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Yields every column that a concept names, with the field that names it.

    Raises:
        ConfigError: If a concept is no query, or asks for what the model does not read, or for an order of categories.
    """
    for place, comparison in _comparisons(settings, places):
        name = comparison.column
        if name in {settings.label.column, settings.label.weight_column, *settings.features.exclude}:
            what = f"{dotted(place)} names {name!r}, which the model does not read"
            raise ConfigError(places.where(*place), what, "Name a column that it reads")
        if comparison.is_order and name in settings.features.categorical:
            what = f"{dotted(place)} asks for the order of {name!r}, which features.categorical has"
            raise ConfigError(places.where(*place), what, "Compare it by =, != or in")
        yield (*place, name), name


def values(settings: PipelineSettings) -> Iterator[tuple[str, str, Any]]:
    """Yields every value that a concept holds a column equal to: the name of its setting, the column, and the value.

    A fraction is left out, which a table may write in many ways, and what stands for a missing value.
    """
    for place, comparison in _comparisons(settings, Places("the config", {})):
        for value in () if comparison.is_order else comparison.values:
            as_number = _number(value)
            if as_number is None and value:
                yield dotted(place), comparison.column, value
            elif as_number is not None and as_number.is_integer():
                yield dotted(place), comparison.column, int(as_number)


def ordered(settings: PipelineSettings) -> Iterator[tuple[str, str]]:
    """Yields every column that a concept asks for its order, with the name of the setting."""
    for place, comparison in _comparisons(settings, Places("the config", {})):
        if comparison.is_order:
            yield dotted(place), comparison.column


def _comparisons(settings: PipelineSettings, places: Places) -> Iterator[tuple[tuple[Any, ...], Comparison]]:
    for name, text in settings.explainer.concepts.items():
        place = (*_SECTION, name)
        try:
            found = query.parse(text)
        except SettingError as error:
            raise ConfigError(places.where(*place), f"{dotted(place)} is {text!r}, and {error}", error.fix) from None
        for comparison in found.comparisons:
            yield place, comparison


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
