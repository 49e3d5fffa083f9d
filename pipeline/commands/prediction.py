"""Predictions of a pushed model for the rows of a table, by LiteRT alone: TensorFlow is not imported."""

import csv
import itertools
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from modules.base import cells, writing
from modules.base.errors import DataError, UserError
from modules.base.settings import Data
from modules.contracts.tflite import ModelCard
from modules.tables import readers
from modules.tasks import decisions
from modules.tflite import feeding, opening
from modules.tflite.inference import Predictor
from modules.tflite.strangers import Tally
from pipeline import terminal

_BATCH = 1_024


def predict(model: str, table: str, output: str | None, keep_formulas: bool = False, verified: bool = True) -> None:
    """Writes `row`, `prediction` and, for classes, one `probability_<class>` a class for every row of a table.

    What the rows lacked, or held that the model has never seen, goes to standard error when they have been read.

    Args:
        model: A pushed folder, or the folder of all versions, of which the latest is taken.
        table: A file, a folder or a pattern with the raw columns in any order, in every format that training reads;
            text is written as the training table was (delimiter, quote, encoding, decimal mark, missing values:
            model.json has them). More columns are ignored.
        output: The CSV file to write, or None for standard output. It appears only when it is complete.
        keep_formulas: Whether names of classes stay as they are that a spreadsheet would run as formulas; else they
            get an apostrophe before them (https://owasp.org/www-community/attacks/CSV_Injection).
        verified: Whether a model is refused whose folder is not what was pushed.

    Raises:
        UserError: If the folder holds no model.
        DataError: If the table cannot be read, has no row, lacks or repeats a column, or holds text where a number is
            due.
    """
    predictor = opening.open_pushed(model, f"--model {model}", lambda line: sys.stderr.write(line + "\n"), verified)
    tally = Tally(predictor.card)
    classes = [name if keep_formulas else cells.defused(name) for name in predictor.classes]
    rows = _predictions(predictor, classes, table, tally)
    names = ["row", "prediction", *(f"probability_{name}" for name in predictor.classes)]
    if output is None:
        _write(sys.stdout, names, rows)
        sys.stderr.write(terminal.plain(tally.said()))
        return
    try:
        with writing.whole(output, newline="") as file:
            _write(file, names, rows)
    except OSError as error:
        fix = "Give a file in a folder that you may write to"
        raise UserError(output, f"cannot be written ({error.strerror})", fix) from None
    sys.stderr.write(terminal.plain(tally.said()))


def _predictions(predictor: Predictor, classes: Sequence[str], table: str, tally: Tally) -> Iterator[list[Any]]:
    number = 0
    for block in readers.read(table, _style(predictor.card, table)):
        if not block.sparse:
            feeding.check_columns(predictor.card, block.batch.schema.names, block.path)
        batch = feeding.selected(predictor.card, block.batch)
        tally.add(batch)
        for answer in predictor.predict_all(
            feeding.to_tensors(predictor.card, batch, block.path, block.first_row), _BATCH
        ):
            number += 1
            if classes:
                taken_for = int(decisions.classes(answer[np.newaxis], predictor.card.threshold)[0])
                yield [number, classes[taken_for], *(f"{share:.6f}" for share in answer)]
            else:
                yield [number, np.format_float_positional(answer[0], trim="-")]
    if not number:
        raise DataError(table, "has no row", "Give a table with rows")


def _style(card: ModelCard, table: str) -> Data:
    return Data.model_validate({"train": table, **feeding.style_of(card)})


def _write(file: Any, names: list[str], rows: Iterator[list[Any]]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    first = list(itertools.islice(rows, 1))  # what is wrong with the table is said before anything is written
    writer.writerow(names)
    writer.writerows(itertools.chain(first, rows))
