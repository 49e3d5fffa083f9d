"""Training rows whose labels are probably wrong."""

import collections
import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from components.asked_model import AskedModel, Found
from modules.base import questions
from modules.debugging import label_errors, levels, out_of_fold
from modules.debugging.findings import finding
from modules.debugging.label_errors import Suspects
from modules.explaining.plain_columns import PlainColumns
from modules.explaining.raw_function import RawColumn
from modules.explaining.row_set import RowSet

# Of more training rows, as many drawn by seed; of more columns, those that move the model's answers most.
_MOST_ROWS, _MOST_COLUMNS = 50_000, 256
# A class with fewer rows is left out: no fold could tell it.
_LEAST_OF_CLASS, _LEAST_ROWS = 10, 100
# So many suspects are listed, with so many of their values.
_LISTED, _SHOWN_COLUMNS = 200, 16
# From this share on the labels are worth a look.
_WORTH = 0.005
_CANNOT = "The training rows are too few to be judged by models that have not seen them."


def find(asked: AskedModel, settings: questions.Debugger) -> Found:
    """Suspects labels of training rows, by models that have not seen them: the teacher's, or else boosted trees."""
    if asked.target.kind.has_classes:
        return _of_classes(asked)
    rows = asked.training.sample(_MOST_ROWS, asked.seed)
    if len(rows) < _LEAST_ROWS:
        return None, _CANNOT
    labels, held_out = rows.labels.astype(np.float64), asked.held_out_answers(rows)
    if held_out is not None:
        values: np.ndarray | None = held_out[:, 0]
    else:
        plain = _plain(asked)
        matrix = plain.ordinal(rows.rows)
        values = out_of_fold.values(matrix, labels, rows.weights, plain.is_categorical, asked.seed, asked.clock)
    if values is None:
        return None, asked.clock.left_out
    found = label_errors.of_numbers(labels, values)
    texts = [(f"{labels[place]:.6g}", f"{other:.6g}") for place, other in zip(found.places, found.instead, strict=True)]
    content = _content(asked, rows, found, texts)
    return {**content, "pairs": [], "findings": [_finding(content, "far off what similar rows have")]}, ""


def _of_classes(asked: AskedModel) -> Found:
    known = asked.training.taken(asked.training.labels >= 0).sample(_MOST_ROWS, asked.seed)
    counts = np.bincount(known.labels.astype(np.int64), minlength=len(asked.target.classes))
    kept = np.flatnonzero(counts >= _LEAST_OF_CLASS)
    rows = known.taken(np.isin(known.labels, kept))
    if len(kept) < 2 or len(rows) < _LEAST_ROWS:
        return None, _CANNOT
    labels, held_out = np.searchsorted(kept, rows.labels.astype(np.int64)), asked.held_out_answers(rows)
    if held_out is not None:
        answers: np.ndarray | None = held_out[:, kept] / held_out[:, kept].sum(axis=1, keepdims=True)
    else:
        plain = _plain(asked)
        matrix = plain.ordinal(rows.rows)
        answers = out_of_fold.probabilities(matrix, labels, rows.weights, plain.is_categorical, asked.seed, asked.clock)
    if answers is None:
        return None, asked.clock.left_out
    found = label_errors.of_classes(labels, answers)
    names = [asked.target.classes[number] for number in kept]
    texts = [(names[labels[place]], names[other]) for place, other in zip(found.places, found.instead, strict=True)]
    content = _content(asked, rows, found, texts)
    pairs = [
        {"label": label, "instead": instead, "rows": count}
        for (label, instead), count in collections.Counter(texts).most_common(10)
    ]
    return {**content, "pairs": pairs, "findings": [_finding(content, "unlike the rows of their class")]}, ""


def _plain(asked: AskedModel) -> PlainColumns:
    plain = asked.plain
    if len(plain.columns) <= _MOST_COLUMNS:
        return plain
    return dataclasses.replace(plain, columns=[asked.function.column(name) for name in asked.strongest])


def _content(asked: AskedModel, rows: RowSet, found: Suspects, texts: list[tuple[str, str]]) -> dict[str, Any]:
    """Returns what is shown of the first suspects, with their values: by these people find them in their table."""
    listed = found.places[:_LISTED]
    columns, values = _shown(asked, rows)
    return {
        "has_classes": asked.target.kind.has_classes,
        "rows": len(rows),
        "suspected": len(found.places),
        "by_teacher": asked.teacher is not None,
        "columns": [column.name for column in columns],
        "listed": [
            {
                "number": int(rows.numbers[place]) + 1,
                "label": texts[number][0],
                "instead": texts[number][1],
                "score": float(f"{found.scores[number]:.4g}"),
                "values": [column.text(values[column.name][place]) for column in columns],
            }
            for number, place in enumerate(listed)
        ],
    }


def _shown(asked: AskedModel, rows: RowSet) -> tuple[list[RawColumn], Mapping[str, np.ndarray]]:
    """Returns the columns that are shown: those that the model does not read, such as a key, and the strongest."""
    table = asked.run.table
    others = {
        name: values[rows.numbers]
        for name, values in asked.other_columns_of("train").items()
        if name not in (table.label, table.weight)
    }
    unread = levels.undeclared(others)[: _SHOWN_COLUMNS // 2]
    read = [asked.function.column(name) for name in asked.strongest]
    return [*unread, *read][:_SHOWN_COLUMNS], {**others, **rows.rows}


def _finding(content: Mapping[str, Any], how: str) -> dict[str, Any]:
    suspected, rows = content["suspected"], content["rows"]
    share = f"{suspected:,} of {rows:,} training rows ({suspected / rows:.1%})"
    what = f"Suspected labels: {share}; these are {how}."
    if suspected < _WORTH * rows:
        return finding("good", what, "Look at the few in the list when you next see the table.")
    advice = (
        "Look at the first 50 of the list (button CSV): if most are wrong, correct the labels and train again; if "
        "most are right, a column that tells these rows from others is missing."
    )
    return finding("warning", what, advice)
