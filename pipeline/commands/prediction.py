"""Predictions of a pushed model for the rows of a CSV file, by LiteRT alone: TensorFlow is not imported."""

import csv
import difflib
import itertools
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from modules.base.errors import DataError, UserError
from modules.contracts.files import IncompleteArtifact
from modules.contracts.tflite import CARD_FILE, MODEL_FILE
from modules.tables import cells
from modules.tflite.inference import Predictor

_BATCH = 1_024
# How a text table is written, where model.json does not say that the training table was written otherwise.
_STYLE: dict[str, Any] = {"delimiter": None, "quote": '"', "encoding": "utf-8", "decimal": ".", "missing_values": [""]}


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
    predictor = _load(model)
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


def _load(model: str) -> Predictor:
    directory = model
    if not os.path.exists(os.path.join(model, CARD_FILE)) and os.path.isdir(model):
        versions = [n for n in sorted(os.listdir(model)) if os.path.exists(os.path.join(model, n, CARD_FILE))]
        directory = os.path.join(model, versions[-1]) if versions else model
    for name in (CARD_FILE, MODEL_FILE):
        if not os.path.isfile(os.path.join(directory, name)):
            fix = "Give the folder that a run printed after 'pushed', such as out/census_income/pushed/<version>"
            raise UserError(f"--model {model}", f"holds no {name}", fix)
    try:
        return Predictor.load(directory)
    except (ValueError, KeyError, IncompleteArtifact) as error:
        raise UserError(f"--model {model}", f"holds no model that LiteRT can read ({error})", "Push it again") from None


def _predictions(predictor: Predictor, table: str) -> Iterator[list[Any]]:
    specs = predictor.card.inputs
    style = _STYLE | predictor.card.pushed.get("text", {})
    number = 0
    for rows in _batches(table, [spec["name"] for spec in specs], style):
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


def _batches(table: str, wanted: Sequence[str], style: Mapping[str, Any]) -> Iterator[list[dict[str, str]]]:
    encoding = "utf-8-sig" if style["encoding"].lower() in ("utf-8", "utf8") else style["encoding"]
    try:
        with open(table, newline="", encoding=encoding) as file:
            delimiter = style["delimiter"] or ("\t" if table.lower().endswith(".tsv") else ",")
            reader = csv.DictReader(file, delimiter=delimiter, quotechar=style["quote"], strict=True)
            reader.fieldnames = names = [name.strip() for name in reader.fieldnames or []]
            for name in wanted:
                if name not in names:
                    near = difflib.get_close_matches(name, names, 1, 0.6)
                    hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(names) or 'none'}"
                    raise DataError(table, f"has no column {name!r}, which the model reads; {hint}", "Add the column")
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
    dtype = "timestamp" if spec.get("kind") == "timestamp" else spec["dtype"]
    try:
        return cells.read(text, dtype, style["decimal"])
    except ValueError:
        missing = style["missing_values"]
        fix = "leave it empty" if "" in missing or not missing else f"write {missing[0]!r}"
        raise DataError(
            f"{table}, row {row}, column {spec['name']!r}",
            f"{text!r} is not {cells.KINDS[dtype]}",
            f"Fix the cell, or {fix} for a missing value",
        ) from None


def _write(file: Any, names: list[str], rows: Iterator[list[Any]]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    first = list(itertools.islice(rows, 1))  # what is wrong with the table is said before anything is written
    writer.writerow(names)
    writer.writerows(itertools.chain(first, rows))
