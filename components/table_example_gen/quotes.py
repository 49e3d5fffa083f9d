"""Text behind a closing quote, as in `"6"2`, which Arrow would join to 62. Knows no TFX."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

from components.table_example_gen import sources
from modules.errors import DataError
from modules.settings import Data


class Watched(io.RawIOBase):
    """A stream that notes in passing whether what is read may hold text behind a closing quote.

    It never misses any; a quote within a cell that has none around it, as in 6'2"x, may look alike: `refuse` tells.

    Args:
        stream: What is read.
        quote: The quote.
        delimiter: The delimiter.

    Attributes:
        suspicious: Whether something was noted.
    """

    def __init__(self, stream: Any, quote: str, delimiter: str) -> None:
        self._stream, self._quote = stream, quote.encode()
        q, outer = re.escape(self._quote), re.escape(delimiter.encode()) + rb"\r\n" + re.escape(self._quote)
        # It begins with the quote, for which Python looks fast.
        self._pattern = re.compile(rb"%b(?:(?<=[^%b]%b)[^%b ]|%b[^%b ])" % (q, outer, q, outer, q, outer))
        self._end = b""
        self.suspicious = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Reads at most so many bytes."""
        content = self._stream.read(size)
        if not self.suspicious and (self._quote in content or self._quote in self._end):
            self.suspicious = self._pattern.search(self._end + content) is not None
        self._end = (self._end + content[-3:])[-3:]
        return content


def refuse(path: str, data: Data) -> None:
    """Looks for text behind a closing quote, cell by cell.

    Raises:
        DataError: Naming line, column and text, if there is some.
    """
    delimiter, quote = data.delimiter_of(path), data.quote
    padding = re.compile(rf"{re.escape(quote)} +(?={re.escape(delimiter)}|[\r\n]|$)")
    with sources.open_stream(path) as stream:
        record: list[str] = []

        def lines() -> Iterator[str]:
            for line in io.TextIOWrapper(stream, data.encoding, newline=""):
                record.append(line)
                yield padding.sub(quote, line)

        reader = csv.reader(lines(), delimiter=delimiter, quotechar=quote, strict=True)
        try:
            names = [name.strip() for name in next(reader)]
            record.clear()
            for _ in reader:
                record.clear()
        except csv.Error as error:
            if "expected after" not in str(error):
                return  # such as a very long cell, which Arrow reads
            column, cell = _culprit("".join(record), delimiter, quote)
            name = repr(names[column]) if column < len(names) else str(column + 1)
            where = f"{path}, line {reader.line_num}, column {name}"
            fix = "Double the quotes within a cell, or set data.quote to the file's"
            raise DataError(where, f"has text behind a closing quote: {cell[:60]}", fix) from error


def _culprit(record: str, delimiter: str, quote: str) -> tuple[int, str]:
    """Returns the number of the first column with text behind a closing quote, and the cell up to that text's end."""
    q, d = re.escape(quote), re.escape(delimiter)
    quoted = re.compile(rf"{q}(?:[^{q}]|{q}{q})*{q} *(?=({d}|[\r\n]|$)?)")
    plain = re.compile(rf"[^{d}\r\n]*")
    place = column = 0
    while place < len(record):
        found = quoted.match(record, place)
        if found and found[1] is None:
            rest = plain.match(record, found.end())
            return column, found[0] + (rest[0] if rest else "")
        end = found or plain.match(record, place)
        place = (end.end() if end else place) + 1
        column += 1
    return column, record.strip()
