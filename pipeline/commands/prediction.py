"""Predictions of a pushed model for the rows of a CSV file, by LiteRT alone: TensorFlow is not imported."""

import csv
import itertools
import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from modules.base.errors import DataError, UserError
from modules.contracts.tflite import ModelCard
from modules.tables import cells
from modules.tflite import feeding, opening
from modules.tflite.inference import Predictor

_BATCH = 1_024


def predict(model: str, table: str, output: str | None) -> None:
    """Writes `row`, `prediction` and, for classes, one `probability_<class>` a class for every row of a table.

    Args:
        model: A pushed folder, or the folder of all versions, of which the latest is taken.
        table: CSV file with the raw columns in any order, written as the training table was (delimiter, quote,
            encoding, decimal mark, missing values: model.json has them); more columns are ignored, and an empty cell
            is missing.
        output: The CSV file to write, or None for standard output. It appears only when it is complete.

    Raises:
        UserError: If the folder holds no model.
        DataError: If the table cannot be read, lacks a column, or holds text where a number is due.
    """
    predictor = opening.open_pushed(model, f"--model {model}")
    rows = _predictions(predictor, table)
    names = ["row", "prediction", *(f"probability_{name}" for name in predictor.classes)]
    if output is None:
        _write(sys.stdout, names, rows)
        return
    staged = output + ".new"
    try:
        with open(staged, "w", newline="", encoding="utf-8") as file:
            _write(file, names, rows)
        os.replace(staged, output)
    except OSError as error:
        fix = "Give a file in a folder that you may write to"
        raise UserError(output, f"cannot be written ({error.strerror})", fix) from None
    finally:
        if os.path.exists(staged):
            os.remove(staged)


def _predictions(predictor: Predictor, table: str) -> Iterator[list[Any]]:
    specs = predictor.card.inputs
    style = feeding.style_of(predictor.card)
    number = 0
    for rows in _batches(table, predictor.card, style):
        columns = {
            spec["name"]: [_value(row[spec["name"]], spec, style, table, number + i + 2) for i, row in enumerate(rows)]
            for spec in specs
        }
        for answer in predictor.predict(predictor.to_inputs(columns)):
            number += 1
            if predictor.classes:
                yield [number, predictor.classes[int(answer.argmax())], *(f"{share:.6f}" for share in answer)]
            else:
                yield [number, np.format_float_positional(answer[0], trim="-")]


def _batches(table: str, card: ModelCard, style: Mapping[str, Any]) -> Iterator[list[dict[str, str]]]:
    encoding = "utf-8-sig" if style["encoding"].lower() in ("utf-8", "utf8") else style["encoding"]
    try:
        with open(table, newline="", encoding=encoding) as file:
            delimiter = style["delimiter"] or ("\t" if table.lower().endswith(".tsv") else ",")
            reader = csv.DictReader(file, delimiter=delimiter, quotechar=style["quote"], strict=True)
            reader.fieldnames = names = [name.strip() for name in reader.fieldnames or []]
            feeding.check_columns(card, names, table)
            batch: list[dict[str, str]] = []
            for row in reader:
                if None in row or None in row.values():
                    found = sum(value is not None for key, value in row.items() if key) + len(row.get(None) or [])
                    raise DataError(
                        f"{table}, line {reader.line_num}",
                        f"has {found} cells where the header has {len(names)}",
                        "Fix that row",
                    )
                batch.append(row)
                if len(batch) == _BATCH:
                    yield batch
                    batch = []
            if batch:
                yield batch
    except (OSError, UnicodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        what = f"cannot be read as {style['encoding']} CSV ({reason})"
        raise DataError(table, what, "Check the path and the file") from None


def _value(text: str, spec: Mapping[str, Any], style: Mapping[str, Any], table: str, row: int) -> Any:
    """Turns a cell into what the model takes; None for a missing one."""
    text = text.strip()
    if text in style["missing_values"]:
        return None
    try:
        return cells.read(text, feeding.dtype_of(spec), style["decimal"])
    except ValueError:
        raise feeding.wrong_cell(f"{table}, row {row}", text, spec, style["missing_values"]) from None


def _write(file: Any, names: list[str], rows: Iterator[list[Any]]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    first = list(itertools.islice(rows, 1))  # what is wrong with the table is said before anything is written
    writer.writerow(names)
    writer.writerows(itertools.chain(first, rows))
