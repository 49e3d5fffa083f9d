"""Settings held against the world: files that must be there, columns of the tables, metrics of the task."""

import difflib
import os
from typing import Any

from modules import tasks
from modules.base.errors import DataError
from modules.base.settings import PipelineSettings
from modules.base.threshold import ThresholdRule
from pipeline.config import concepts, promised
from pipeline.config.places import ConfigError, Places, dotted


def with_absolute_paths(settings: PipelineSettings, base: str, places: Places) -> PipelineSettings:
    """Makes the paths of tables, schema and destination absolute.

    Args:
        settings: The settings.
        base: The folder that relative paths start from.
        places: Where the settings come from.

    Raises:
        ConfigError: If the schema's file is not there.
    """

    def absolute(place: str) -> str:
        return place if "://" in place else os.path.normpath(os.path.join(base, place))

    changed: dict[str, Any] = {}
    for field in ("train", "test"):
        value = getattr(settings.data, field)
        if value is not None:
            changed[field] = absolute(value) if isinstance(value, str) else [absolute(part) for part in value]
    schema = settings.data.schema_file
    if schema is not None:
        changed["schema_file"] = absolute(schema)
        if not os.path.isfile(changed["schema_file"]):
            what = f"data.schema_file is {schema!r}, and there is no file {changed['schema_file']}"
            raise ConfigError(places.where("data", "schema_file"), what, "Correct the path")
    data, pusher = settings.data.model_copy(update=changed), settings.pusher
    if pusher.destination:
        pusher = pusher.model_copy(update={"destination": absolute(pusher.destination)})
    return settings.model_copy(update={"data": data, "pusher": pusher})


def check_gates(settings: PipelineSettings, places: Places) -> None:
    """Checks that every gate is of a metric that the task has.

    Raises:
        ConfigError: If one is not.
    """
    known = tasks.GATES[settings.label.task]
    for name in settings.evaluation.gates.given:
        if name not in known:
            what = f"evaluation.gates.{name} is not a metric of a {settings.label.task} task; it has {', '.join(known)}"
            fix = "Gate one of these, or correct label.task"
            raise ConfigError(places.where("evaluation", "gates", name), what, fix)


def check_threshold(settings: PipelineSettings, places: Places) -> None:
    """Checks that a decision threshold is of a task that decides by one.

    Raises:
        ConfigError: If it is not.
    """
    given = "threshold" in settings.evaluation.model_fields_set
    if given and not tasks.named(settings.label.task).takes_positive_class:
        what = f"evaluation.threshold is for a binary task, and label.task is {settings.label.task}"
        raise ConfigError(places.where("evaluation", "threshold"), what, "Remove evaluation.threshold")


def with_typed_timestamps(settings: PipelineSettings) -> PipelineSettings:
    """Adds the columns to features.timestamps that are dates or timestamps by their type."""
    from modules.tables import readers, sources

    features = settings.features
    known = {*features.timestamps, *features.exclude, *features.categorical, *features.log_scale}
    typed = readers.time_columns(sources.expand(settings.data.train)[0])
    added = [name for name in typed if name not in known and name != settings.label.column]
    if not added:
        return settings
    features = features.model_copy(update={"timestamps": [*features.timestamps, *added]})
    return settings.model_copy(update={"features": features})


def check_columns(settings: PipelineSettings, places: Places) -> None:
    """Checks that the tables are there, and every column that the config names against their headers.

    Raises:
        ConfigError: If a table or a column is not there, or no column is left to learn from.
    """
    columns = _columns(settings, "train", places)
    other = _columns(settings, "test", places) if settings.data.test else None
    if columns is None:  # a format whose files do not list their columns
        return
    if other is not None and set(columns) != set(other):
        missing = sorted(set(columns) ^ set(other))
        table = settings.data.test if missing[0] in columns else settings.data.train
        what = f"the tables differ in their columns: {table} has no column {missing[0]!r}"
        raise ConfigError(places.where("data", "test"), what, "Give both tables the same columns")
    for place, column in _named(settings, places):
        if column not in columns:
            raise _unknown(place, column, columns, settings, places)
    exclude = places.line("features", "exclude")
    if settings.label.column in settings.features.exclude:
        raise ConfigError(exclude, "features.exclude holds the label, which is not a feature anyway", "Remove it there")
    unread = {settings.label.column, settings.label.weight_column, *settings.features.exclude}
    for place, column in _moved(settings):
        if column in unread:
            what = f"{'.'.join(map(str, place[:2]))} names {column!r}, which the model does not read"
            raise ConfigError(places.where(*place), what, "Name a column that is a feature")
    if not set(columns) - {settings.label.column, settings.label.weight_column, *settings.features.exclude}:
        raise ConfigError(exclude, "features.exclude leaves no column to learn from", "Exclude fewer columns")


def _named(settings: PipelineSettings, places: Places) -> list[tuple[tuple[Any, ...], str]]:
    """Lists the columns that the config names, each with the field that names it."""
    named: list[tuple[tuple[Any, ...], str | None]] = [
        (("label", "column"), settings.label.column),
        (("label", "weight_column"), settings.label.weight_column),
        (("data", "group_column"), settings.data.group_column),
        (("data", "time_column"), settings.data.time_column),
    ]
    for field in ("exclude", "categorical", "timestamps", "log_scale"):
        named += [(("features", field, i), column) for i, column in enumerate(getattr(settings.features, field))]
    for i, columns in enumerate(settings.evaluation.slices):
        named += [(("evaluation", "slices", i, j), column) for j, column in enumerate(columns)]
    named += promised.columns(settings.promises)
    named += concepts.columns(settings, places)
    named += [(("card", "columns", column), column) for column in settings.card.columns]
    named += _moved(settings)
    named += [(("debugger", "sensitive", i), column) for i, column in enumerate(settings.debugger.sensitive)]
    rule = settings.evaluation.threshold
    equal = rule.equal_opportunity if isinstance(rule, ThresholdRule) else None
    place = ("evaluation", "threshold", "equal_opportunity")
    named += [((*place, i), column) for i, column in enumerate(equal or ())]
    return [(place, column) for place, column in named if column is not None]


def _moved(settings: PipelineSettings) -> list[tuple[tuple[Any, ...], str]]:
    """Lists the columns that are changed to see what the model answers then, each with the field that names it."""
    explainer = settings.explainer
    return [
        *((("explainer", "mutable", i), column) for i, column in enumerate(explainer.mutable)),
        *((("explainer", "directions", column), column) for column in explainer.directions),
        *((("debugger", "monotone", column), column) for column in settings.debugger.monotone),
    ]


def _unknown(
    place: tuple[Any, ...], column: str, columns: list[str], settings: PipelineSettings, places: Places
) -> ConfigError:
    near = difflib.get_close_matches(column, columns, 1, 0.6)
    known = f"did you mean {near[0]!r}?" if near else f"its columns are {', '.join(columns)}"
    fix = "Name a column of the table"
    if len(columns) == 1:
        known, fix = f"its one column is {columns[0][:200]!r}", "Set data.delimiter to the file's"
    verb = "names" if column in place else "is"
    field = dotted(tuple(part for part in place if part != column))
    what = f"{field} {verb} {column!r}, which is not a column of {settings.data.train}; {known}"
    return ConfigError(places.where(*place), what, fix)


def _columns(settings: PipelineSettings, field: str, places: Places) -> list[str] | None:
    """Returns the columns of the first file of a table; None where its format does not list them."""
    from modules.tables import readers, sources

    try:
        return readers.column_names(sources.expand(getattr(settings.data, field))[0], settings.data)
    except DataError as error:
        what = f"data.{field}: {error.where} {error.what}"
        raise ConfigError(places.where("data", field), what, error.fix) from None
