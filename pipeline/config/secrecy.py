"""Secrets that a config must not hold: whatever is in it gets into logs, into the page and into the compiled file."""

from collections.abc import Iterator, Mapping
from typing import Any

from modules.base import credentials
from pipeline.config.places import ConfigError, Places

_ENVIRONMENT = ("kubeflow", "environment")


def check_secrets(values: Mapping[str, Any], places: Places) -> None:
    """Checks that no value is a secret, before any message could show one.

    Args:
        values: The config as it was read.
        places: Where its values come from.

    Raises:
        ConfigError: If one is.
    """
    for path, value in _texts(values, ()):
        name = ".".join(path)
        if path[:2] == _ENVIRONMENT and len(path) > 2 and credentials.in_variable(path[2], value):
            what = f"{name} looks like a secret, which everybody could read in the compiled file"
            fix = f"Name one of Kubernetes instead, as kubeflow.secrets: {{{path[2]}: NAME/KEY}}; on Vertex AI let "
            fix += "kubeflow.service_account read what the steps need"
            raise ConfigError(_where(places, path), what, fix)
        if credential := credentials.in_address(value):
            raise ConfigError(_where(places, path), f"{name} holds {credential}", credentials.ELSEWHERE)


def _texts(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner, (*path, str(key)))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, (*path, str(number)))
    elif value is not None and not isinstance(value, bool):
        yield path, str(value)


def _where(places: Places, path: tuple[str, ...]) -> str:
    """Names the line or the option that a value was given by, without the value."""
    where = places.where(*path)
    return f"{where.partition('=')[0]}=…" if where.startswith("--set ") else where
