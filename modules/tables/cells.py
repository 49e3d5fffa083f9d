"""What the text of a cell may be, by dtype; `columns` reads by it, for training and for `predict`."""

import re

# Numbers as the schema or the model takes them, once `numerals` has taken thousands marks away: ASCII digits, and no
# hexadecimal or octal ones. The patterns mean the same to Python's `re` and to RE2, which Arrow uses.
INTEGER = r"[+-]?0*(0|[1-9][0-9]{0,18})"
NUMBER = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"
# A floating-point number that says of itself that it is none: a missing value.
NOT_A_NUMBER = r"[+-]?[nN][aA][nN]"
# What a dtype is learnt from: a leading zero makes a code and no number, 007 and not seven.
PLAIN_INTEGER = r"[+-]?(0|[1-9][0-9]{0,18})"
PLAIN_NUMBER = r"[+-]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"

# What a cell that is refused is not.
KINDS = {
    "int64": "a whole number within 2^63",
    "float32": "a number within 3.4e38",
    "string": "text without NUL bytes",
    "timestamp": "a date or time by ISO 8601, such as 2024-01-31 or 2024-01-31T12:30:00Z",
}

_PLAIN_INTEGER = re.compile(PLAIN_INTEGER)


def is_plain_integer(text: str) -> bool:
    """Tells whether a text is a whole number that reads and writes alike, so that its column may be one of numbers."""
    return _PLAIN_INTEGER.fullmatch(text) is not None
