"""How many rows a table may have, before it has been read. Knows no TFX."""

from modules.base.settings import Data
from modules.tables import delimited, sources, typed

# Of so many files, asking each one for its size would take longer than the answer is worth.
_MOST_FILES = 100


def expected_rows(data: Data) -> int | None:
    """Estimates the rows of the training and the test table together; nothing but the display of progress uses it.

    Args:
        data: Where the tables are and how to read them.

    Returns:
        The sum of what Parquet files say and, of plain text, bytes over those of a row at the start of the file; None
        where that is not known (compressed text, TFRecord) or there are more than a hundred files.

    Raises:
        DataError: If a file cannot be read.
    """
    paths = [path for table in (data.train, data.test) if table for path in sources.expand(table)]
    rows = [_rows(path) for path in paths[:_MOST_FILES]]
    known = [number for number in rows if number is not None]
    return round(sum(known)) if len(known) == len(paths) else None


def _rows(path: str) -> float | None:
    kind = sources.file_format(path)
    if kind == "parquet":
        return typed.parquet_rows(path)
    if kind == "delimited" and sources.is_plain(path):
        return sources.size(path) / delimited.bytes_of_a_row(path)
    return None
