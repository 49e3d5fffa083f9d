"""Text behind a closing quote, as in `"6"2`, which Arrow would join to 62. Knows no TFX."""

import csv
import io
import itertools
import re
from collections.abc import Iterator

from modules.base.errors import DataError
from modules.base.settings import Data
from modules.tables import sources

_BLOCK_BYTES = 2**20


def suspicious(path: str, data: Data) -> bool:
    """Says whether a file may hold text behind a closing quote.

    It never misses any; a quote within a cell that has none around it, as in 6'2"x, may look alike: `refuse` tells. The
    file is read once more for it, which costs little beside making examples of it; handing Arrow a stream of Python's
    to watch on the way can lock up, since Arrow's threads then need the interpreter while it waits for them.
    """
    quote = data.quote.encode()
    q, outer = re.escape(quote), re.escape(data.delimiter_of(path).encode()) + rb"\r\n" + re.escape(quote)
    # It begins with the quote, for which Python looks fast.
    pattern = re.compile(rb"%b(?:(?<=[^%b]%b)[^%b ]|%b[^%b ])" % (q, outer, q, outer, q, outer))
    end = b""
    with sources.open_stream(path) as stream:
        while content := stream.read(_BLOCK_BYTES):
            if (quote in content or quote in end) and pattern.search(end + content):
                return True
            end = (end + content[-3:])[-3:]
    return False


def refuse(path: str, data: Data, above: int = 0) -> None:
    """Looks for text behind a closing quote, cell by cell.

    Args:
        path: The file.
        data: How it is written.
        above: The lines above its header.

    Raises:
        DataError: Naming line, column and text, if there is some.
    """
    delimiter, quote = data.delimiter_of(path), data.quote
    padding = re.compile(rf"{re.escape(quote)} +(?={re.escape(delimiter)}|[\r\n]|$)")
    with sources.open_stream(path) as stream:
        record: list[str] = []

        def lines() -> Iterator[str]:
            for line in itertools.islice(io.TextIOWrapper(stream, data.encoding, newline=""), above, None):
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
            where = f"{path}, line {above + reader.line_num}, column {name}"
            fix = "Double the quotes within a cell, or set data.quote to the file's"
            raise DataError(where, f"has text behind a closing quote: {cell[:60]}", fix) from error


def _culprit(record: str, delimiter: str, quote: str) -> tuple[int, str]:
    """Returns the number of the first column with text behind a closing quote, and the cell up to that text's end."""
    q, d = re.escape(quote), re.escape(delimiter)
    quoted = re.compile(rf"{q}(?:[^{q}]|{q}{q})*{q} *(?=({d}|[\r\n]|$)?)")
    plain = re.compile(rf"[^{d}\r\n]*")
    place = column = 0
    while place < len(record):
        cell = quoted.match(record, place)
        if cell and cell[1] is None:
            rest = plain.match(record, cell.end())
            return column, cell[0] + (rest[0] if rest else "")
        end = cell or plain.match(record, place)
        place = (end.end() if end else place) + 1
        column += 1
    return column, record.strip()
