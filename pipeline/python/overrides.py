"""Settings of the config as arguments of a call, turned into what `--set` takes: one way to change a config."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from pipeline.config.writing import flow


def texts(settings: Mapping[str, Any]) -> list[str]:
    """Returns settings as `config.load` takes them.

    Args:
        settings: Values by section, as in `{"tuner": {"max_epochs": 3}}`: keys that a section leaves out stay as they
            are. Or by a dotted key, as in `{"evaluation.gates": {"auc": {"minimum": 0.8}}}`, which sets the whole of
            it, as `--set` does.
    """
    return [text for key, value in settings.items() for text in _texts(key, _plain(value), whole="." in key)]


def _texts(key: str, value: Any, whole: bool) -> list[str]:
    if not whole and isinstance(value, dict) and value and all(name.isidentifier() for name in value):
        return [text for name, inner in value.items() for text in _texts(f"{key}.{name}", inner, whole)]
    return [f"{key}={flow(value)}"]


def _plain(value: Any) -> Any:
    """Returns a value made of what YAML has."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, list | tuple | set | frozenset | np.ndarray):
        return [_plain(inner) for inner in value]
    return value
