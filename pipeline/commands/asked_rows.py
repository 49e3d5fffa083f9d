"""Rows of a table as a pushed model reads them: one that is asked about, and others beside it."""

import dataclasses
import difflib
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa

from modules.base.errors import DataError, UserError
from modules.base.settings import Data
from modules.contracts.tflite import ModelCard
from modules.explaining import raw_function
from modules.explaining.raw_function import Rows
from modules.tables import readers
from modules.tflite import feeding
from modules.tflite.strangers import Tally

# More rows of a table are not kept.
MOST = 20_000


@dataclasses.dataclass(frozen=True)
class AskedRow:
    """A row of a table.

    Attributes:
        batch: The row with the columns that the model reads, as `feeding.selected` gives them.
        others: The other rows of the table, the first 20,000.
    """

    batch: pa.RecordBatch
    others: Rows


def read(card: ModelCard, table: str, number: int) -> AskedRow:
    """Reads a row of a table, and the rows beside it.

    Args:
        card: What the model says of its inputs.
        table: A file, a folder or a pattern, as `predict` takes it.
        number: Of the row, as `predict` numbers them: 1 is the first.

    Raises:
        DataError: If the table cannot be read, or has no such row.
    """
    found, parts, seen, kept = None, [], 0, 0
    for batch, tensors in _batches(card, table):
        place = number - 1 - seen
        if 0 <= place < batch.num_rows:
            found = batch.slice(place, 1)
            tensors = {name: np.delete(values, place) for name, values in tensors.items()}
        seen += batch.num_rows
        if kept < MOST:
            parts.append(tensors)
            kept += len(next(iter(tensors.values())))
        elif found is not None:
            break
    if found is None:
        raise DataError(f"--row {number}", f"{table} has {seen:,} rows", f"Give a number from 1 to {seen}")
    return AskedRow(found, _first(parts))


def read_all(card: ModelCard, table: str) -> Rows:
    """Reads the first 20,000 rows of a table; raises as `read` does."""
    parts, kept = [], 0
    for batch, tensors in _batches(card, table):
        parts.append(tensors)
        kept += batch.num_rows
        if kept >= MOST:
            break
    if not kept:
        raise DataError(table, "has no row", "Give a table with rows")
    return _first(parts)


def to_rows(card: ModelCard, batch: pa.RecordBatch, where: str, first_row: int = 1) -> dict[str, np.ndarray]:
    """Returns rows by column; arguments and errors as those of `feeding.to_tensors`."""
    tensors = feeding.to_tensors(card, batch, where, first_row)
    return {spec["name"]: tensors[spec["tensor"]][:, 0] for spec in card.inputs}


def changed(card: ModelCard, batch: pa.RecordBatch, changes: Mapping[str, str]) -> pa.RecordBatch:
    """Returns a row with other cells.

    Args:
        card: What the model says of its inputs.
        batch: The row, as `AskedRow.batch`.
        changes: Text by column, written as in a text table.
    """
    columns = [
        pa.array([changes[name]], pa.string()) if name in changes else column
        for name, column in zip(batch.schema.names, batch.columns, strict=True)
    ]
    return feeding.selected(card, pa.RecordBatch.from_arrays(columns, names=batch.schema.names))


def strangers(card: ModelCard, batch: pa.RecordBatch) -> str:
    """Returns what a row lacks, and what it holds that the model has never seen, a line each."""
    tally = Tally(card)
    tally.add(batch)
    return tally.said().rstrip("\n")


def check_columns(where: str, names: Iterable[str], card: ModelCard) -> None:
    """Checks that a model reads columns.

    Raises:
        UserError: Naming the first that it does not read, and what was probably meant.
    """
    known = [spec["name"] for spec in card.inputs]
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1, 0.6)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise UserError(where, f"the model reads no column {name!r}{hint}", f"Name one of {', '.join(known)}")


def _batches(card: ModelCard, table: str) -> Iterable[tuple[pa.RecordBatch, dict[str, np.ndarray]]]:
    style = Data.model_validate({"train": table, **feeding.style_of(card)})
    for block in readers.read(table, style):
        if not block.sparse:
            feeding.check_columns(card, block.batch.schema.names, block.path)
        batch = feeding.selected(card, block.batch)
        yield batch, to_rows(card, batch, block.path, block.first_row)


def _first(parts: Sequence[Rows]) -> Rows:
    return raw_function.taken(raw_function.joined(parts), np.arange(MOST)[: sum(map(raw_function.count, parts))])
