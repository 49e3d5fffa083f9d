"""The line above a header by which Excel knows the delimiter: `sep=;`. Knows no TFX."""

import re

from modules.base.errors import DataError

_LINE = re.compile(r'("?)sep=(.|.{0,2}?)\1[ \t]*(\r\n|\n|\r|$)', re.IGNORECASE)
# Long enough for that line, in any encoding.
_CHARACTERS = 64


def split(path: str, text: str) -> tuple[str | None, str]:
    """Takes that line away from the start of a table.

    Args:
        path: The file, for messages.
        text: How it begins, without a byte order mark.

    Returns:
        The delimiter that the line names, None if there is no such line; and the text below it.

    Raises:
        DataError: If it names no character that can be a delimiter.
    """
    line = _LINE.match(text[:_CHARACTERS])
    if line is None:
        return None, text
    delimiter = line[2]
    if len(delimiter) != 1 or not delimiter.isascii():
        what = f"begins with the line {line[0].strip()!r}, and a delimiter is a single ASCII character"
        raise DataError(path, what, "Remove that line; where the cells are separated otherwise, save it with commas")
    return delimiter, text[line.end() :]
