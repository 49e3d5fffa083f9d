"""How the text of one cell is read, by dtype: one reading for training, with and without a schema, and for `predict`.

`columns` reads whole columns by the same patterns, with Arrow; here is what a single cell means. It imports neither
Arrow nor TensorFlow, so that `predict` starts at once.
"""

import re

from modules.tables import timestamps
from modules.tables.missing import MISSING

# Numbers as the schema or the model takes them: ASCII digits, and no hexadecimal, octal or grouped ones. Both patterns
# mean the same to Python's `re` and to RE2, which Arrow uses.
INTEGER = r"[+-]?0*(0|[1-9][0-9]{0,18})"
NUMBER = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"
# A floating-point number that says of itself that it is none: a missing value.
NOT_A_NUMBER = r"[+-]?[nN][aA][nN]"
# What a dtype is learnt from: a leading zero makes a code and no number, 007 and not seven.
PLAIN_INTEGER = r"[+-]?(0|[1-9][0-9]{0,18})"
PLAIN_NUMBER = r"[+-]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"
# From here on a number rounds to infinity in float32: halfway between the largest one and the next power of two.
BEYOND_FLOAT32 = 2.0**128 - 2.0**103

# What a cell that is refused is not.
KINDS = {
    "int64": "a whole number within 2^63",
    "float32": "a number within 3.4e38",
    "string": "text without NUL bytes",
    "timestamp": "a date or time by ISO 8601, such as 2024-01-31 or 2024-01-31T12:30:00Z",
}

_INTEGER, _NUMBER, _NOT_A_NUMBER = map(re.compile, (INTEGER, NUMBER, NOT_A_NUMBER))
_PLAIN_INTEGER = re.compile(PLAIN_INTEGER)


def is_plain_integer(text: str) -> bool:
    """Tells whether a text is a whole number that reads and writes alike, so that its column may be one of numbers."""
    return _PLAIN_INTEGER.fullmatch(text) is not None


def read(text: str, dtype: str, decimal: str = ".") -> int | float | str | None:
    """Reads a cell that is not missing.

    Args:
        text: The cell, without spaces around it.
        dtype: `int64`, `float32`, `string` or `timestamp`.
        decimal: The decimal mark of floating-point numbers.

    Returns:
        A whole number within int64; a number that float32 can hold, not rounded to it yet; the text as it is; or the
        seconds since 1970-01-01 UTC. None for NaN, which is no value.

    Raises:
        ValueError: If the cell holds none, or the number that stands for a missing value.
    """
    if dtype == "timestamp":
        return timestamps.to_seconds(text)
    if dtype == "int64":
        return _integer(text)
    if dtype == "float32":
        return _number(text.replace(decimal, "."))
    if "\0" in text:
        raise ValueError(f"{text!r} holds a NUL byte")
    return text


def _integer(text: str) -> int:
    value = int(text) if _INTEGER.fullmatch(text) else 2**63
    if not -(2**63) <= value < 2**63 or value == MISSING["int64"]:
        raise ValueError(f"{text!r} is no whole number within int64")
    return value


def _number(text: str) -> float | None:
    if _NOT_A_NUMBER.fullmatch(text):
        return None
    value = float(text) if _NUMBER.fullmatch(text) else BEYOND_FLOAT32
    if abs(value) >= BEYOND_FLOAT32:
        raise ValueError(f"{text!r} is no number within float32")
    return value
