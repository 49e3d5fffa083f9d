"""Classes and groups that a config names, held against the table: before any step, where it lies on this machine."""

import collections
import itertools
import os
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from modules import tasks
from modules.base.errors import DataError
from modules.base.settings import Data, PipelineSettings
from modules.tasks import spelling
from pipeline.config import concepts, promised
from pipeline.config.places import ConfigError
from pipeline.config.writing import flow

_SHOWN = 5
_MOST_VALUES = 1_000  # beyond, the label is hardly one of classes
_TRUTH = {"true", "false", "1", "0"}  # a truth value is written in many ways, which the readers make one


def check_positive_class(settings: PipelineSettings) -> None:
    """Checks that some row has the positive class; reading ends at the first part of the table that has one.

    Args:
        settings: The config, with paths that this machine can open.

    Raises:
        ConfigError: If no row has it.
    """
    label = settings.label
    if not tasks.named(label.task).takes_positive_class or str(label.positive_class).lower() in _TRUTH:
        return
    _check(settings.data, "label.positive_class", label.column, label.positive_class)


def check_named_values(settings: PipelineSettings) -> None:
    """Checks that some row has each value that a promise or a concept names, as `check_positive_class` does.

    Args:
        settings: The config, with paths that this machine can open.

    Raises:
        ConfigError: If no row has one of them, or a concept asks for the order of texts.
    """
    for name, column, value in (*promised.values(settings), *concepts.values(settings)):
        if str(value).lower() not in _TRUTH:
            _check(settings.data, name, column, value)
    for name, column in concepts.ordered(settings):
        _check_order(settings.data, name, column)


def _check(data: Data, name: str, column: str, named: Any) -> None:
    counts: collections.Counter[Any] = collections.Counter()
    try:
        for values in _values(data, column):
            if any(_same(value, named) for value in values):
                return
            counts.update(values)
            if len(counts) > _MOST_VALUES:
                return
    except DataError:  # the step that reads the table says so, with the row
        return
    if not counts:
        return
    near = spelling.nearest(named, counts)
    meant = f"; did you mean {near!r}?" if near is not None else ""
    whose = f" in {column}" if name.endswith((".slice", ".reference")) or name.startswith("explainer.") else ""
    what = f"is {named!r}{whose}, which no row of {data.train} has{meant}"
    raise ConfigError(name, what, f"Set it to one of the values {_listed(counts)}")


def _check_order(data: Data, name: str, column: str) -> None:
    try:
        counts = next(iter(_values(data, column)), {})
    except DataError:  # as above
        return
    if counts and all(isinstance(value, str) and not _has_order(value) for value in counts):
        what = f"asks for the order of {column!r}, which has texts such as {_listed(counts)}"
        raise ConfigError(name, what, "Compare it by =, != or in")


def _has_order(value: str) -> bool:
    """Tells whether a text is a number, a date or a time."""
    return any(sign.isdigit() for sign in value)


def values_of_label(values: Mapping[str, Any], base: str) -> str:
    """Returns the label's values in the first rows, for a config that is not valid yet; empty where it cannot be read.

    Args:
        values: The config as it was read.
        base: The folder that relative paths start from.
    """
    try:
        data = Data.model_validate(values["data"])
        column = values["label"]["column"]
        tables = [data.train] if isinstance(data.train, str) else data.train
        paths = [table if "://" in table else os.path.join(base, table) for table in tables]
        counts: collections.Counter[Any] = collections.Counter()
        for part in itertools.islice(_values(data.model_copy(update={"train": paths}), column), 1):
            counts.update(part)
    except (DataError, ValidationError, KeyError, TypeError):
        return ""
    return _listed(counts) if counts else ""


def _values(data: Data, column: str) -> Iterator[Mapping[Any, int]]:
    """Yields the values of a column with their rows, part by part; nothing of a table that is not on this machine."""
    from modules.tables import readers, sources

    tables = [data.train] if isinstance(data.train, str) else data.train
    if any("://" in table for table in tables):
        return
    if any(sources.file_format(path) == "tfrecord" for path in sources.expand(data.train)):
        return  # reading one takes TensorFlow
    import pyarrow.compute as pc

    for block in readers.read(data.train, data):
        place = block.batch.schema.get_field_index(column)
        if place >= 0:
            counted = pc.value_counts(block.batch.column(place).drop_null()).to_pylist()
            yield {pair["values"]: pair["counts"] for pair in counted}


def _same(value: Any, positive: Any) -> bool:
    if str(value) == str(positive):
        return True
    try:
        return isinstance(positive, int) and float(value) == positive
    except ValueError:
        return False


def _listed(counts: Mapping[Any, int]) -> str:
    ordered = sorted(counts, key=lambda value: (-counts[value], str(value)))
    more = f" and {len(ordered) - _SHOWN:,} more" if len(ordered) > _SHOWN else ""
    return ", ".join(flow(value) for value in ordered[:_SHOWN]) + more
