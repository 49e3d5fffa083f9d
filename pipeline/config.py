"""pipeline.yaml, read and validated: the one place that reads YAML.

Every error is one line that names the file, the line, the field, the value, what was expected and the fix.
"""

import difflib
import os
from collections.abc import Iterable, Sequence
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from modules import tasks
from modules.base.errors import DataError, UserError
from modules.base.settings import PipelineSettings


class ConfigError(UserError):
    """The config cannot be used as it is."""


def load(path: str, overrides: Sequence[str] = ()) -> PipelineSettings:
    """Reads a pipeline.yaml.

    Args:
        path: The file.
        overrides: Texts such as `trainer.epochs=5`, which win over the file; the value is read as YAML.

    Returns:
        The settings, with the paths of the tables and the schema made absolute.

    Raises:
        ConfigError: If the file, a field or an override is wrong, or names a file or column that is not there.
    """
    values, lines = _read(path)
    for override in overrides:
        _apply(values, override)
    try:
        settings = PipelineSettings.model_validate(values)
    except ValidationError as error:
        raise _explain(path, lines, error, overrides) from None
    settings = _with_absolute_paths(settings, os.path.dirname(os.path.abspath(path)), path, lines, overrides)
    _check_gates(settings, path, lines, overrides)
    _check_columns(settings, path, lines, overrides)
    return _with_typed_timestamps(settings)


def _read(path: str) -> tuple[dict, dict[tuple, int]]:
    """Returns the values, and the line of every key by its path."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except UnicodeDecodeError as error:
        raise ConfigError(path, f"is no UTF-8 text ({error})", "Save the file as UTF-8") from None
    except OSError as error:
        reason = "does not exist" if isinstance(error, FileNotFoundError) else f"cannot be read ({error.strerror})"
        raise ConfigError(path, reason, "Give the path of a pipeline.yaml with --config") from None
    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = error.problem or "is not valid YAML"
        raise ConfigError(f"{path}:{line}", f"not valid YAML: {problem}", "Mend the syntax of that line") from None
    except yaml.YAMLError as error:
        problem = " ".join(str(error).split())
        raise ConfigError(path, f"not valid YAML: {problem}", "Save the file as plain UTF-8 text") from None
    if not isinstance(values, dict):
        raise ConfigError(path, "holds no settings", "Start from data/census_income/pipeline.yaml")
    lines: dict[tuple, int] = {}
    try:
        _collect_lines(tree, (), lines, path)
    except RecursionError:
        raise ConfigError(path, "holds a name (&) that refers to itself", "Write the values out") from None
    return values, lines


def _collect_lines(node: Any, where: tuple, lines: dict[tuple, int], path: str) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*where, key.value)
            line = key.start_mark.line + 1
            if inner in lines:
                what = f"{'.'.join(map(str, inner))} is given twice, first in line {lines[inner]}"
                raise ConfigError(f"{path}:{line}", what, "Keep one of them")
            lines[inner] = line
            _collect_lines(value, inner, lines, path)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            lines[(*where, index)] = value.start_mark.line + 1
            _collect_lines(value, (*where, index), lines, path)


def _apply(values: dict, override: str) -> None:
    key, separator, text = override.partition("=")
    if not separator or not key.strip():
        raise ConfigError(f"--set {override}", "is not KEY=VALUE", "Write for example --set trainer.epochs=5")
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        raise ConfigError(f"--set {override}", f"{text!r} is no YAML value", "Quote the value") from None
    *sections, last = key.strip().split(".")
    for section in sections:
        if not isinstance(values.get(section), dict):
            values[section] = {}
        values = values[section]
    values[last] = value


def _explain(path: str, lines: dict[tuple, int], error: ValidationError, overrides: Iterable[str]) -> ConfigError:
    """Turns pydantic's first error into one line."""
    # A misspelt key makes a required one missing, too: the spelling is what has to be mended.
    first = min(error.errors(), key=lambda found: found["type"] != "extra_forbidden")
    place = tuple(part for part in first["loc"] if part in _known(first["loc"]))
    field = ".".join(map(str, place))
    where = _where(path, lines, place, overrides)
    kind, value = first["type"], first["input"]
    if kind == "extra_forbidden":
        choices = _fields(place[:-1])
        near = difflib.get_close_matches(str(place[-1]), choices, 1, 0.6)
        known = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(choices)}"
        return ConfigError(where, f"{field} is no setting; {known}", f"Rename or remove {place[-1]!r}")
    if kind == "missing":
        return ConfigError(where, f"{field} is missing", f"Add {field}; data/census_income/pipeline.yaml shows it")
    if kind == "value_error":
        return ConfigError(where, f"{field}: {first['ctx']['error']}", "Mend that section")
    wanted = first["msg"].removeprefix("Input should be ").removeprefix("a valid ")
    wanted = f"expected {wanted}".replace("expected String should", "the text should").replace(
        "List should", "a list that should"
    )
    if kind == "string_pattern_mismatch":
        wanted = "expected lower-case letters, digits and _, starting with a letter"
    return ConfigError(where, f"{field} is {value!r}; {wanted}", f"Give {field} such a value")


def _known(location: Sequence[Any]) -> list[Any]:
    """Drops what pydantic puts into a location besides keys and indices: the branches of a union."""
    return [part for part in location if isinstance(part, int) or part not in ("str", "int", "bool", "float", "[key]")]


def _where(path: str, lines: dict[tuple, int], place: tuple, overrides: Iterable[str]) -> str:
    """Names the override that set a field, the last of them, or else the line of the file."""
    field = [str(part) for part in place]
    for override in reversed(list(overrides)):
        key = override.partition("=")[0].strip().split(".")
        shorter = min(len(key), len(field))
        if shorter and key[:shorter] == field[:shorter]:
            return f"--set {override}"
    return f"{path}{_line(lines, place)}"


def _line(lines: dict[tuple, int], place: tuple) -> str:
    """Returns `:LINE` of a field, or of the innermost section around it that the file has."""
    while place and place not in lines:
        place = place[:-1]
    return f":{lines[place]}" if place else ""


def _fields(place: tuple) -> list[str]:
    """Returns the names of the settings of a section."""
    model: Any = PipelineSettings
    for part in place:
        if part not in model.model_fields:  # a key that the user chose, as the names in kubeflow.steps
            continue
        annotation = model.model_fields[part].annotation
        candidates = [annotation, *getattr(annotation, "__args__", ())]
        model = next(c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel))
    return list(model.model_fields)


def _with_absolute_paths(
    settings: PipelineSettings, base: str, path: str, lines: dict[tuple, int], overrides: Sequence[str]
) -> PipelineSettings:
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
            where = _where(path, lines, ("data", "schema_file"), overrides)
            what = f"data.schema_file is {schema!r}, and {changed['schema_file']} is no file"
            raise ConfigError(where, what, "Correct the path")
    data, pusher = settings.data.model_copy(update=changed), settings.pusher
    if pusher.destination:
        pusher = pusher.model_copy(update={"destination": absolute(pusher.destination)})
    return settings.model_copy(update={"data": data, "pusher": pusher})


def _check_gates(settings: PipelineSettings, path: str, lines: dict[tuple, int], overrides: Sequence[str]) -> None:
    """Checks that every gate is of a metric that the task has."""
    known = tasks.GATES[settings.label.task]
    for name in settings.evaluation.gates.given:
        if name not in known:
            where = _where(path, lines, ("evaluation", "gates", name), overrides)
            what = f"evaluation.gates.{name} is no metric of a {settings.label.task} task; it has {', '.join(known)}"
            raise ConfigError(where, what, "Gate one of these, or correct label.task")


def _with_typed_timestamps(settings: PipelineSettings) -> PipelineSettings:
    """Adds the columns to features.timestamps that are dates or timestamps by their type."""
    from modules.tables import readers, sources

    features = settings.features
    known = {*features.timestamps, *features.exclude, *features.categorical, *features.log_scale}
    found = readers.time_columns(sources.expand(settings.data.train)[0])
    added = [name for name in found if name not in known and name != settings.label.column]
    if not added:
        return settings
    features = features.model_copy(update={"timestamps": [*features.timestamps, *added]})
    return settings.model_copy(update={"features": features})


def _check_columns(settings: PipelineSettings, path: str, lines: dict[tuple, int], overrides: Sequence[str]) -> None:
    """Checks that the tables are there, and every column that the config names against their headers."""
    columns = _columns(settings, "train", path, lines, overrides)
    other = _columns(settings, "test", path, lines, overrides) if settings.data.test else None
    if columns is None:  # a format whose files do not list their columns
        return
    if other is not None and set(columns) != set(other):
        missing = sorted(set(columns) ^ set(other))
        where = settings.data.test if missing[0] in columns else settings.data.train
        raise ConfigError(
            _where(path, lines, ("data", "test"), overrides),
            f"the tables differ in their columns: {where} has no column {missing[0]!r}",
            "Give both tables the same columns",
        )
    named: list[tuple[tuple, str]] = [(("label", "column"), settings.label.column)]
    if settings.label.weight_column is not None:
        named.append((("label", "weight_column"), settings.label.weight_column))
    for field in ("group_column", "time_column"):
        if getattr(settings.data, field) is not None:
            named.append((("data", field), getattr(settings.data, field)))
    for field in ("exclude", "categorical", "timestamps", "log_scale"):
        named += [(("features", field, i), c) for i, c in enumerate(getattr(settings.features, field))]
    for i, columns_of_slice in enumerate(settings.evaluation.slices):
        named += [(("evaluation", "slices", i, j), column) for j, column in enumerate(columns_of_slice)]
    for place, column in named:
        if column not in columns:
            near = difflib.get_close_matches(column, columns, 1, 0.6)
            known = f"did you mean {near[0]!r}?" if near else f"its columns are {', '.join(columns)}"
            field = ".".join(str(part) for part in place if not isinstance(part, int))
            fix = "Name a column of the table"
            if len(columns) == 1:
                known, fix = f"its one column is {columns[0][:200]!r}", "Set data.delimiter to the file's"
            what = f"{field} is {column!r}, which is no column of {settings.data.train}; {known}"
            raise ConfigError(_where(path, lines, place, overrides), what, fix)
    if settings.label.column in settings.features.exclude:
        where = f"{path}{_line(lines, ('features', 'exclude'))}"
        raise ConfigError(where, "features.exclude holds the label, which is no feature anyway", "Remove it there")
    if not set(columns) - {settings.label.column, settings.label.weight_column, *settings.features.exclude}:
        where = f"{path}{_line(lines, ('features', 'exclude'))}"
        raise ConfigError(where, "features.exclude leaves no column to learn from", "Exclude fewer columns")


def _columns(
    settings: PipelineSettings, field: str, path: str, lines: dict[tuple, int], overrides: Sequence[str]
) -> list[str] | None:
    """Returns the columns of the first file of a table."""
    from modules.tables import readers, sources

    try:
        return readers.column_names(sources.expand(getattr(settings.data, field))[0], settings.data)
    except DataError as error:
        where = _where(path, lines, ("data", field), overrides)
        raise ConfigError(where, f"data.{field}: {error.where} {error.what}", error.fix) from None
