"""One pass over a table in bounded memory: the types and counts of all rows, and the first rows as typed columns."""

import dataclasses
import functools
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from modules.base import progress
from modules.base.errors import DataError
from modules.base.settings import Data
from modules.tables import columns, delimited, readers, sources
from pipeline.drafting import counting, dialect
from pipeline.drafting.counting import Value

ROWS = 200_000
_CELLS = 20_000_000


@dataclasses.dataclass(frozen=True)
class SampledColumn:
    """A column of the sample.

    Attributes:
        name: Its name.
        dtype: `int64`, `float32` or `string`, as the run will have it.
        values: The values of the sampled rows, null for missing.
        missing: Number of rows of the whole table without a value.
        tally: How often each value occurs in the whole table, in the order in which they come; None if there are more
            than `counting.MAX_LEVELS`.
        moments: Whether the file itself says that these are dates or times.
    """

    name: str
    dtype: str
    values: pa.Array
    missing: int
    tally: dict[Value, int] | None
    moments: bool = False

    @functools.cached_property
    def levels(self) -> list:
        """The different values, in the order in which they come."""
        return self._encoded.dictionary.to_pylist()

    @functools.cached_property
    def codes(self) -> np.ndarray:
        """For each sampled row, the place of its value in `levels`, -1 for missing; int64."""
        return pc.fill_null(self._encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)

    @functools.cached_property
    def counts(self) -> np.ndarray:
        """How often each of `levels` occurs in the sample, int64."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.levels))

    @functools.cached_property
    def numbers(self) -> np.ndarray:
        """The values as float64, NaN for missing; for columns of numbers."""
        return pc.fill_null(self.values.cast(pa.float64(), safe=False), np.nan).to_numpy(zero_copy_only=False)

    @functools.cached_property
    def _encoded(self) -> pa.DictionaryArray:
        return self.values.dictionary_encode()

    @property
    def present(self) -> int:
        """Number of sampled rows with a value."""
        return len(self.values) - self.values.null_count

    @property
    def distinct(self) -> int:
        """Number of different values in the sample."""
        return len(self.levels)

    @property
    def is_text(self) -> bool:
        """Whether the column holds text."""
        return self.dtype == "string"

    @functools.cached_property
    def is_whole(self) -> bool:
        """Whether the column holds whole numbers, be they written as 1 or as 1.0."""
        if self.is_text or not self.present:
            return False
        present = self.numbers[~np.isnan(self.numbers)]
        return bool(np.isfinite(present).all() and (present == np.floor(present)).all())


@dataclasses.dataclass(frozen=True)
class Sample:
    """What `init` knows of a table.

    Attributes:
        table: As the user named it.
        style: How text is written, as the section `data` of the config has it.
        tokens: The texts that stand for a missing value, each with the name of a column in which it occurs.
        text: Whether the table is delimited text.
        columns: The columns by name, in the order of the table.
        rows: Number of rows of the whole table.
    """

    table: str
    style: Data
    tokens: dict[str, str]
    text: bool
    columns: dict[str, SampledColumn]
    rows: int

    @property
    def sampled(self) -> int:
        """Number of rows of the sample."""
        return len(next(iter(self.columns.values())).values)


def take(table: str, rows: int = ROWS) -> Sample:
    """Reads a table.

    Args:
        table: A file, a folder or a pattern, as `data.train` takes it.
        rows: How many rows the sample has at most.

    Raises:
        DataError: If the table cannot be read, has no row, fewer than two columns, or no header.
    """
    first = sources.expand(table)[0]
    if sources.file_format(first) != "delimited":
        return _take(table, Data(train=table), rows, text=False)
    sniffed = dialect.sniff(first)
    for encoding in sniffed.encodings:
        style = Data(train=table, delimiter=sniffed.delimiter, quote=sniffed.quote, encoding=encoding)
        try:
            return _take(table, style, rows, text=True)
        except DataError as error:
            if "text (" not in error.what or encoding == sniffed.encodings[-1]:
                raise
    raise AssertionError("latin-1 decodes everything")


def _take(table: str, style: Data, rows: int, text: bool) -> Sample:
    blocks = _blocks(table, style)
    head: list[pa.RecordBatch] = []
    taken = 0
    for batch in blocks:
        limit = min(rows, _CELLS // max(batch.num_columns, 1))
        head.append(batch)
        taken += batch.num_rows
        if taken >= limit:
            break
    names = list(dict.fromkeys(name for batch in head for name in batch.schema.names))
    _check(table, names, taken)
    texts = {name: _texts(head, name) for name in names} if text else {}
    decimal = dialect.decimal_mark(texts)
    tokens = dialect.missing_values(texts, decimal)
    _check_header(table, names, texts)
    counter = counting.Counter(decimal)
    for batch in head:
        counter.add(delimited.with_nulls(batch, tokens) if text else batch)
    for batch in blocks:
        if text:
            own = dict(zip(batch.schema.names, batch.columns, strict=True))
            tokens = dialect.missing_values(own, decimal) | tokens
            batch = delimited.with_nulls(batch, tokens)
        counter.add(batch)
        progress.report(counter.rows, None, f"reading {table}: {counter.rows:,} rows")
    dtypes = counter.inference.dtypes()
    moments = readers.time_columns(sources.expand(table)[0])
    typed = [columns.to_typed(delimited.with_nulls(b, tokens) if text else b, dtypes, table, 2, decimal) for b in head]
    sampled = pa.Table.from_batches(typed).slice(0, rows).combine_chunks()
    counter.settle(tokens)
    style = style.model_copy(update={"decimal": decimal, "missing_values": ["", *tokens]})
    sampled_columns = {
        name: SampledColumn(
            name,
            dtype,
            _array(sampled.column(name)),
            counter.rows - counter.present[name],
            counter.tally(name, dtype),
            name in moments,
        )
        for name, dtype in dtypes.items()
    }
    return Sample(table, style, tokens, text, sampled_columns, counter.rows)


def _blocks(table: str, style: Data) -> Iterator[pa.RecordBatch]:
    names: list[str] | None = None
    for block in readers.read(table, style):
        own = block.batch.schema.names
        if not block.sparse:
            names = names or own
            for name in set(names) ^ set(own):
                raise DataError(block.path, f"differs from the other files in its column {name!r}", "Make them alike")
        yield _without_nan(block.batch)


def _without_nan(batch: pa.RecordBatch) -> pa.RecordBatch:
    arrays = [
        pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
        if pa.types.is_floating(column.type)
        else column
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(arrays, names=batch.schema.names)


def _texts(batches: list[pa.RecordBatch], name: str) -> pa.Array:
    return pa.concat_arrays([batch.column(batch.schema.get_field_index(name)) for batch in batches])


def _array(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _check(table: str, names: list[str], rows: int) -> None:
    if not rows:
        raise DataError(table, "has no row", "Give a table with rows")
    if len(names) < 2:
        what = f"has one column only, {names[0]!r}; delimiters looked for: comma, semicolon, tab, |"
        raise DataError(table, what, "Give a table with a label and something to predict it from")


def _check_header(table: str, names: list[str], texts: dict[str, pa.Array]) -> None:
    """Refuses a first row that is one of data: most of its cells are values of their own columns."""
    own = sum(pc.any(pc.equal(texts[name], name)).as_py() or False for name in texts)
    if own >= 2 and own > len(names) / 2:
        what = f"has no names of columns: its first row, {', '.join(names[:3])}, …, is one of data"
        raise DataError(table, what, "Put a row with the names of the columns above it")
