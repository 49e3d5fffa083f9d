"""Values of a label: those that are written in more than one way, and how a message names them."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

_NAMED = 5  # values that a message names


def alike(value: Any, other: Any) -> bool:
    """Tells whether two values of a label differ by case or spaces at most; no-break spaces are spaces too."""
    return _plain(value) == _plain(other)


def grouped(values: Iterable[Any]) -> list[list[Any]]:
    """Groups values that are `alike`, in their order."""
    groups: dict[str, list[Any]] = {}
    for value in values:
        groups.setdefault(_plain(value), []).append(value)
    return list(groups.values())


def nearest(value: Any, known: Iterable[Any]) -> Any | None:
    """Returns the value of a label that was most likely meant; None if none is near."""
    by_text = {_plain(one): one for one in known}
    close = difflib.get_close_matches(_plain(value), by_text, 1, 0.6)
    return by_text[close[0]] if close else None


def _plain(value: Any) -> str:
    return " ".join(str(value).split()).casefold()


def counted(counts: Mapping[Any, int]) -> str:
    """Names values with their rows, the most frequent first: `'no' (205 rows), 'YES' (1 row)`."""
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))
    more = f" and {len(ordered) - _NAMED:,} more values" if len(ordered) > _NAMED else ""
    return ", ".join(f"{value!r} ({rows(count)})" for value, count in ordered[:_NAMED]) + more


def rows(count: int) -> str:
    """Counts rows in words: `1 row`, `1,240 rows`."""
    return f"{count:,} row{'' if count == 1 else 's'}"
