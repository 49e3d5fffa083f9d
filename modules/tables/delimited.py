"""Reading delimited text block by block, every cell as text. Knows no TFX."""

import codecs
import collections
import csv
import dataclasses
import io
from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from modules.base.errors import DataError
from modules.base.settings import Data
from modules.tables import quotes, separators, signatures, sources
from modules.tables.allowance import Allowance

# Larger blocks are no faster, and several of them are in memory at once; but each block costs something per column, so
# that a wide table is read in larger ones.
_BLOCK_BYTES = 2**20
_COLUMNS_OF_A_BLOCK = 250
_MOST_BLOCKS_AT_ONCE = 16
_HEADER_BYTES = 2**20
_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclasses.dataclass(frozen=True)
class _Head:
    """How a file begins.

    Attributes:
        names: The names of its columns, with the spaces around them.
        data: How to read it, with the delimiter that a line `sep=` names, if there is one.
        above: The lines above the names.
        endless: Whether all that was read below the names is empty lines.
    """

    names: list[str]
    data: Data
    above: int
    endless: bool


def read(path: str, data: Data, allowance: Allowance) -> Iterator[pa.RecordBatch]:
    """Reads a table block by block, every cell as text, missing ones as null.

    Spaces around a cell are no part of it. A cell is missing when it then equals one of `data.missing_values`.

    Args:
        path: The file; its first row holds the names of the columns, but for a line `sep=` above it, which overrides
            `data.delimiter`.
        data: How to read it: delimiter, quote, encoding, missing values.
        allowance: What it may ask for.

    Yields:
        Batches with string columns, in file order; memory does not grow with the file.

    Raises:
        DataError: If the file cannot be read, asks for too much, has a row of another width than its header, or text
            behind a closing quote, which shows when the rows have been read.
    """
    wrong_rows: list[str] = []

    def report(row: pacsv.InvalidRow) -> str:
        number = f"row {row.number}" if row.number is not None else f"the row {row.text[:60]!r}"
        cells = f"{row.actual_columns} cell{'' if row.actual_columns == 1 else 's'}"
        wrong_rows.append(f"{number} has {cells} where the header has {row.expected_columns}")
        return "error"

    head = _head(path, data)
    names, data = _checked_names(path, head.names), head.data
    allowance.check_columns(len(names))
    block_bytes = _block_bytes(len(names))
    rows = 0
    delimiter = data.delimiter_of(path)
    parse = pacsv.ParseOptions(
        delimiter=delimiter,
        quote_char=data.quote,
        newlines_in_values=True,
        invalid_row_handler=report,
        ignore_empty_lines=True,
    )
    # By the names as they are written, spaces included: Arrow guesses the type of a column that is not among these.
    convert = pacsv.ConvertOptions(column_types=dict.fromkeys(head.names, pa.string()), strings_can_be_null=False)
    reading = pacsv.ReadOptions(block_size=block_bytes, use_threads=False, encoding=data.encoding, skip_rows=head.above)
    try:
        if head.endless:
            _await_row(path, allowance)
        with sources.open_stream(path) as stream:
            for batch in pacsv.open_csv(stream, reading, parse, convert):
                # Arrow gives a block of empty lines, too, as a batch without rows.
                allowance.check_unpacked(_text_bytes(batch) if batch.num_rows else block_bytes)
                rows += batch.num_rows
                if not rows:
                    allowance.check_waiting()
                yield with_nulls(batch, data.missing_values)
        if quotes.suspicious(path, data):
            quotes.refuse(path, data, head.above)
    except (pa.ArrowInvalid, UnicodeError) as error:
        problem = (str(error).strip().splitlines() or ["?"])[0][:200]
        if "UTF8" in problem or isinstance(error, UnicodeError):
            what, fix = f"is not {data.encoding} text ({problem})", "Set data.encoding to the file's, such as latin-1"
        elif wrong_rows and len(names) == 1:
            raise _title(path, names[0]) from error
        elif wrong_rows:
            what, fix = wrong_rows[0], "Fix that row, or set data.delimiter or data.quote to the file's"
        elif "straddling" in problem:
            what = f"has a row of more than {block_bytes:,} bytes, as where a quote is never closed"
            fix = "Close the quote, or set data.quote to the file's"
        else:
            what, fix = f"is no delimited text table ({problem})", "Set data.delimiter or data.quote to the file's"
        raise DataError(path, what, fix) from error
    except OSError as error:
        problem = (str(error).strip().splitlines() or ["?"])[0][:200]
        raise DataError(path, f"is damaged ({problem})", "Copy or compress the file again") from error


def _await_row(path: str, allowance: Allowance) -> None:
    """Reads on until some line is not empty, as Arrow does before it gives its first batch, and nothing stops it."""
    with sources.open_stream(path) as stream:
        stream.read(_HEADER_BYTES)
        while content := stream.read(_BLOCK_BYTES):
            allowance.check_unpacked(len(content))
            allowance.check_waiting()
            if content.strip(b"\r\n\0"):  # NUL, for UTF-16
                return


def _text_bytes(batch: pa.RecordBatch) -> int:
    """Returns about how long the text of some rows was, from what Arrow makes of it: cells, and four bytes for each."""
    cells = batch.num_rows * batch.num_columns
    return max(batch.nbytes - 3 * cells, cells)


def _block_bytes(columns: int) -> int:
    """Returns how much is read at once, which is also the longest row."""
    return _BLOCK_BYTES * min(max(1, columns // _COLUMNS_OF_A_BLOCK), _MOST_BLOCKS_AT_ONCE)


def header(path: str, data: Data) -> list[str]:
    """Returns the names of a table's columns.

    Raises:
        DataError: If the file is no delimited text, there is none, two are equal, or one is empty.
    """
    return _checked_names(path, _head(path, data).names)


def first_row(path: str, data: Data) -> int:
    """Returns the number of the first row below the names of the columns; errors as those of `header`."""
    return _head(path, data).above + 2


def _head(path: str, data: Data) -> _Head:
    try:
        with sources.open_stream(path) as stream:
            start = stream.read(_HEADER_BYTES)
    except OSError as error:
        problem = (str(error).strip().splitlines() or ["?"])[0][:200]
        raise DataError(path, f"is damaged ({problem})", "Copy or compress the file again") from error
    for mark, encoding in _MARKS.items():
        if start.startswith(mark) and codecs.lookup(data.encoding).name != encoding:
            raise DataError(path, f"is {encoding} text, and not {data.encoding}", f"Set data.encoding to {encoding}")
    if not codecs.lookup(data.encoding).name.startswith(("utf-16", "utf-32")):
        signatures.check(path, start)
    try:
        text = codecs.getincrementaldecoder(data.encoding)("strict").decode(start).removeprefix("\ufeff")
    except UnicodeError as error:
        raise DataError(
            path, f"is not {data.encoding} text ({error})", "Set data.encoding to the file's, such as latin-1"
        ) from error
    delimiter, below = separators.split(path, text)
    if delimiter is not None:
        data = data.model_copy(update={"delimiter": delimiter})
    try:
        lines = io.StringIO(below, newline="")
        names = next(csv.reader(lines, delimiter=data.delimiter_of(path), quotechar=data.quote), [])
        endless = len(start) == _HEADER_BYTES and not lines.read().lstrip("\r\n")
        return _Head(names, data, int(delimiter is not None), endless)
    except csv.Error as error:
        raise DataError(path, f"has a header that cannot be read ({error})", "Fix its first row") from error


def _checked_names(path: str, written: list[str]) -> list[str]:
    """Returns the names of a table's columns without the spaces around them."""
    names = [name.strip() for name in written]
    if not any(names):
        raise DataError(path, "is empty", "Give a table whose first row holds the names of the columns")
    if len(names) > 2 and sum(map(bool, names)) == 1 and names[0]:
        raise _title(path, names[0])
    check_names(path, names)
    return names


def _title(path: str, text: str) -> DataError:
    what = f"begins with a title, {text[:60]!r}, and not with the names of the columns"
    return DataError(path, what, "Remove the lines above those names")


def bytes_of_a_row(path: str) -> float:
    """Estimates the bytes of a row from the lines at the start of a file that is not compressed."""
    with sources.open_stream(path) as stream:
        start = stream.read(_HEADER_BYTES)
    return len(start) / max(start.count(b"\n"), 1)


def check_names(path: str, names: list[str]) -> None:
    """Refuses names that are empty or not different.

    Raises:
        DataError: Naming the column.
    """
    counts = collections.Counter(names)
    for number, name in enumerate(names, 1):
        if not name and number == 1 and all(names[1:]):
            what = "has a first column without a name, as pandas writes its index"
            raise DataError(path, what, "Write it with index=False, or name it")
        if not name:
            raise DataError(path, f"column {number} has no name in the header", "Give every column a name")
        if counts[name] > 1:
            raise DataError(path, f"has {counts[name]} columns named {name!r}", "Rename one of them")


def with_nulls(batch: pa.RecordBatch, missing: Iterable[str]) -> pa.RecordBatch:
    """Takes the spaces around every text and name away, and makes null of what means a missing value.

    Args:
        batch: Columns; those of other types than text stay as they are.
        missing: The texts that mean it.
    """
    columns, texts = [], pa.array(missing, pa.string())
    for column in batch.columns:
        if not pa.types.is_string(column.type):
            columns.append(column)
            continue
        cells = pc.utf8_trim_whitespace(column)
        columns.append(pc.if_else(pc.is_in(cells, value_set=texts), pa.scalar(None, pa.string()), cells))
    return pa.RecordBatch.from_arrays(columns, names=[name.strip() for name in batch.schema.names])
