"""From rows with a user's own columns to the tensors of a pushed model: one reading for `predict` and for Python."""

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from modules.base.errors import DataError
from modules.contracts.tflite import ModelCard
from modules.tables import cells, columns, truth

# How a text table is written, where model.json does not say that the training table was written otherwise.
_STYLE: dict[str, Any] = {"delimiter": None, "quote": '"', "encoding": "utf-8", "decimal": ".", "missing_values": [""]}


def style_of(card: ModelCard) -> dict[str, Any]:
    """Returns how the training table was written: delimiter, quote, encoding, decimal mark and missing values."""
    return _STYLE | card.pushed.get("text", {})


def check_columns(card: ModelCard, names: Sequence[str], table: str) -> None:
    """Checks that a table has every column that a model reads; more columns are ignored.

    Args:
        card: What the model says of its inputs.
        names: The table's columns.
        table: What it is called in messages.

    Raises:
        DataError: Naming the first column that is missing.
    """
    for spec in card.inputs:
        name = spec["name"]
        if name not in names:
            near = [other for other in names if other.strip().lower() == name.lower()]
            near = near or difflib.get_close_matches(name, names, 1, 0.6)
            hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(names) or 'none'}"
            raise DataError(table, f"has no column {name!r}, which the model reads; {hint}", "Add the column")


def wrong_cell(place: str, text: str, spec: Mapping[str, Any], missing: Sequence[str]) -> DataError:
    """Says that a cell does not hold what the model takes.

    Args:
        place: Table and row.
        text: What the cell holds.
        spec: The input, as the card has it.
        missing: The texts that stand for a missing value.
    """
    fix = "leave it empty" if "" in missing or not missing else f"write {missing[0]!r}"
    return DataError(
        f"{place}, column {spec['name']!r}",
        f"{text!r} is not {cells.KINDS[dtype_of(spec)]}",
        f"Fix the cell, or {fix} for a missing value",
    )


def dtype_of(spec: Mapping[str, Any]) -> str:
    """Returns the dtype of an input's cells as `columns.typed_column` takes it."""
    return "timestamp" if spec.get("kind") == "timestamp" else spec["dtype"]


def selected(card: ModelCard, batch: pa.RecordBatch) -> pa.RecordBatch:
    """Returns the columns that a model reads, null for every missing value, and truth values as the model knows them.

    Args:
        card: What the model says of its inputs.
        batch: Rows as a reader of `modules.tables` gives them; a column that is not there is missing in all of them.
    """
    missing = pa.array(style_of(card)["missing_values"], pa.string())
    columns = []
    for spec in card.inputs:
        index = batch.schema.get_field_index(spec["name"])
        column = batch.column(index) if index >= 0 else pa.nulls(batch.num_rows, pa.string())
        if pa.types.is_string(column.type):
            # Of a part of a column, if_else makes an invalid one with some versions of Arrow.
            column = pc.replace_with_mask(column, pc.is_in(column, value_set=missing), pa.scalar(None, pa.string()))
        columns.append(truth.as_known(column, dtype_of(spec), spec.get("values", ())))
    return pa.RecordBatch.from_arrays(columns, names=[spec["name"] for spec in card.inputs])


def to_tensors(card: ModelCard, batch: pa.RecordBatch, table: str, first_row: int = 1) -> dict[str, np.ndarray]:
    """Turns rows into the model's input tensors.

    Args:
        card: What the model says of its inputs.
        batch: The rows, as `selected` gives them.
        table: What holds them, for messages.
        first_row: Number of the batch's first row in there, for messages.

    Returns:
        The tensors by name, [n, 1] each.

    Raises:
        DataError: If a cell holds what the model does not take.
    """
    style = style_of(card)
    tensors = {}
    for spec, column in zip(card.inputs, batch.columns, strict=True):
        try:
            typed = columns.typed_column(column, dtype_of(spec), style["decimal"])
        except columns.CellError as error:
            place = f"{table}, row {first_row + error.row}"
            raise wrong_cell(place, error.text, spec, style["missing_values"]) from None
        tensors[spec["tensor"]] = _filled(typed, spec).reshape(-1, 1)
    return tensors


def _filled(column: pa.Array, spec: Mapping[str, Any]) -> np.ndarray:
    """Puts what the model takes for a missing value where there is none."""
    if spec["dtype"] == "string":
        missing = spec["missing"].encode()
        return pc.fill_null(column.cast(pa.binary()), missing).to_numpy(zero_copy_only=False)
    missing = np.nan if spec["missing"] is None else spec["missing"]
    return pc.fill_null(column, pa.scalar(missing, column.type)).to_numpy(zero_copy_only=False).astype(spec["dtype"])
