"""Classes that are written in more than one way."""

import difflib
from collections.abc import Iterable
from typing import Any


def alike(value: Any, other: Any) -> bool:
    """Tells whether two values of a label differ by case or spaces at most; no-break spaces are spaces too."""
    return _plain(value) == _plain(other)


def nearest(value: Any, known: Iterable[Any]) -> Any | None:
    """Returns the value of a label that was most likely meant; None if none is near."""
    by_text = {_plain(one): one for one in known}
    close = difflib.get_close_matches(_plain(value), by_text, 1, 0.6)
    return by_text[close[0]] if close else None


def _plain(value: Any) -> str:
    return " ".join(str(value).split()).casefold()
