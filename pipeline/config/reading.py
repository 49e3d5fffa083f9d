"""pipeline.yaml as values and line numbers: YAML 1.2, in which `yes`, `no`, `on` and `off` are texts."""

from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import MaxDepthExceededError
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from pipeline.config.places import ConfigError

# Far above any config; an alias bomb of a few lines stands for billions of values.
_MOST_VALUES, _DEEPEST = 100_000, 30


class _Constructor(SafeConstructor):
    """Builds plain values; a date stays the text that it is in YAML 1.2."""


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)


def read(path: str) -> tuple[dict[str, Any], dict[tuple[str, ...], int]]:
    """Reads a file of settings.

    Args:
        path: The file.

    Returns:
        The values, and the line of every key and list entry by its path.

    Raises:
        ConfigError: If the file cannot be read, is not YAML, gives a key twice, or holds no settings.
    """
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except UnicodeDecodeError as error:
        raise ConfigError(path, f"is not UTF-8 text ({error})", "Save the file as UTF-8") from None
    except OSError as error:
        reason = "does not exist" if isinstance(error, FileNotFoundError) else f"cannot be read ({error.strerror})"
        raise ConfigError(path, reason, "Give the path of a pipeline.yaml with --config") from None
    values, lines = _parse(text, path)
    if not isinstance(values, dict):
        raise ConfigError(path, "holds no settings", "Start from data/census_income/pipeline.yaml")
    return values, lines


def apply(values: dict[str, Any], override: str) -> None:
    """Puts an override such as `trainer.epochs=5` into the values.

    Raises:
        ConfigError: If it is not KEY=VALUE, or its value is not YAML.
    """
    key, separator, text = override.partition("=")
    where = f"--set {override}"
    if not separator or not key.strip():
        raise ConfigError(where, "is not KEY=VALUE", "Write for example --set trainer.epochs=5")
    try:
        value, _ = _parse(text, where)
    except ConfigError as error:
        raise ConfigError(where, f"{text[:200]!r} is not a YAML value ({error.what})", "Quote the value") from None
    *sections, last = key.strip().split(".")
    for section in sections:
        if not isinstance(values.get(section), dict):
            values[section] = {}
        values = values[section]
    values[last] = value


def _parse(text: str, where: str) -> tuple[Any, dict[tuple[str, ...], int]]:
    """Returns the value of a YAML text, and its lines."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _Constructor
    yaml.max_depth = _DEEPEST
    yaml.composer.warn_double_anchors = False
    try:
        tree = yaml.compose(text)
        if tree is None:
            return None, {}
        lines = _lines(tree, where)
        return yaml.constructor.construct_document(tree), lines
    except MaxDepthExceededError as error:
        raise _too_deep(where, error.problem_mark.line + 1) from None
    except MarkedYAMLError as error:
        at = f"{where}:{error.problem_mark.line + 1}" if error.problem_mark else where
        problem = " ".join((error.problem or "the line cannot be read").split())
        raise ConfigError(at, f"not valid YAML: {problem}", "Fix the syntax of that line") from None
    except (YAMLError, ValueError) as error:
        problem = " ".join(str(error).split())
        raise ConfigError(where, f"not valid YAML: {problem}", "Save the file as plain UTF-8 text") from None


def _lines(tree: Node, path: str) -> dict[tuple[str, ...], int]:
    """Returns the line of every key and entry; refuses what stands for too many values before any of them is built."""
    lines: dict[tuple[str, ...], int] = {}
    waiting: list[tuple[Node, tuple[str, ...]]] = [(tree, ())]
    visited = 0
    while waiting:
        node, where = waiting.pop()
        visited += 1
        if visited > _MOST_VALUES:
            what = f"holds more than {_MOST_VALUES:,} values once each alias (*) is written out"
            raise ConfigError(path, what, "Write the values out, without aliases")
        if len(where) > _DEEPEST:
            raise _too_deep(path, node.start_mark.line + 1)
        for part, line, value in _entries(node, path):
            inner = (*where, part)
            if inner in lines and isinstance(node, MappingNode):
                what = f"{'.'.join(inner)} is given twice, first in line {lines[inner]}"
                raise ConfigError(f"{path}:{line}", what, "Keep one of them")
            lines[inner] = line
            waiting.append((value, inner))
    return lines


def _entries(node: Node, path: str) -> Iterator[tuple[str, int, Node]]:
    """Yields name, line and value of what a mapping or a list holds."""
    if isinstance(node, MappingNode):
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, ScalarNode):
                raise ConfigError(f"{path}:{line}", "a key is a list or a mapping", "Write the name of a setting")
            yield key.value, line, value
    elif isinstance(node, SequenceNode):
        for index, value in enumerate(node.value):
            yield str(index), value.start_mark.line + 1, value


def _too_deep(path: str, line: int) -> ConfigError:
    what = f"nests values more than {_DEEPEST} levels deep, or holds a name (&) that refers to itself"
    return ConfigError(f"{path}:{line}", what, "Write the values out; no setting needs more than 5 levels")
