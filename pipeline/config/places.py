"""Where a setting was written: which line of the file, or which `--set`."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from modules.base.errors import UserError


def dotted(place: Sequence[Any]) -> str:
    """Returns the full name of a setting: `promises.gaps[0].reference`; an index is an integer."""
    named = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return named.removeprefix(".")


class ConfigError(UserError):
    """The config cannot be used as it is."""


@dataclasses.dataclass(frozen=True)
class Places:
    """Where the settings of a config come from.

    Attributes:
        path: The file.
        lines: The line of every key and list entry, by its path: `("data", "train")`, `("features", "exclude", "0")`.
        overrides: The texts given with `--set`, which win over the file; the last one counts.
    """

    path: str
    lines: Mapping[tuple[str, ...], int]
    overrides: Sequence[str] = ()

    def where(self, *place: Any) -> str:
        """Names the override that set a field, or else the file and line of it or of the section around it."""
        field = tuple(str(part) for part in place)
        for override in reversed(self.overrides):
            key = tuple(override.partition("=")[0].strip().split("."))
            shorter = min(len(key), len(field))
            if shorter and key[:shorter] == field[:shorter]:
                return f"--set {override}"
        return self.line(*field)

    def line(self, *place: str) -> str:
        """Returns `FILE:LINE` of a field, or of the innermost section around it that the file has."""
        while place and place not in self.lines:
            place = place[:-1]
        return f"{self.path}:{self.lines[place]}" if place else self.path
