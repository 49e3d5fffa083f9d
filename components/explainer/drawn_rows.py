"""The rows that methods about single rows explain, and what they are compared with."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from components.asked_model import AskedModel
from modules.explaining import chosen_rows
from modules.explaining.chosen_rows import ChosenRow
from modules.explaining.raw_function import Rows
from modules.explaining.row_set import RowSet
from modules.explaining.shapley.players import Players

# So many cells are asked at most for each explained row, and for all.
_CELLS_OF_A_ROW, _CELLS = 4_000_000, 60_000_000
# A row is explained on so many rows at most, and at least.
_MOST_BACKGROUND, _LEAST_BACKGROUND = 100, 10
_MOST_ROWS, _LEAST_ROWS = 500, 10


@dataclasses.dataclass(frozen=True)
class DrawnRows:
    """Rows to explain.

    Attributes:
        rows: Test rows, drawn by seed, in no order: the first of them are as good a sample as any.
        background: Training rows, likewise.
        players: The columns, of many the ones that tell most, and the rest as one.
    """

    rows: RowSet
    background: Rows
    players: Players


def draw(asked: AskedModel) -> DrawnRows:
    """Draws test rows to explain, and training rows as their background; fewer of both where there are many columns."""
    columns = [column.name for column in asked.function.columns]
    own = asked.strongest if len(asked.strongest) < len(columns) else None
    players = Players.of(columns, own)
    width = len(players)
    most = int(np.clip(_CELLS_OF_A_ROW // (2 * width * len(columns)), _LEAST_BACKGROUND, _MOST_BACKGROUND))
    background = _drawn(asked.training, min(most, max(asked.rows // 20, _LEAST_BACKGROUND)), asked.seed)
    cells = 2 * width * len(columns) * len(background)
    affordable = int(np.clip(_CELLS // cells, _LEAST_ROWS, _MOST_ROWS))
    rows = _drawn(asked.test, min(affordable, max(asked.rows * 3 // 20, _LEAST_ROWS)), asked.seed)
    return DrawnRows(rows, background.rows, players)


def _drawn(rows: RowSet, most: int, seed: int) -> RowSet:
    return rows.taken(np.random.default_rng(seed).permutation(len(rows))[:most])


def choose(asked: AskedModel) -> Sequence[ChosenRow]:
    """Chooses test rows that are worth a look of their own; `place` is among all test rows."""
    if asked.target.kind.has_classes:
        return chosen_rows.of_classes(asked.test_answers, asked.test.labels, asked.model.card.threshold)
    return chosen_rows.of_values(asked.test_answers[:, 0], asked.test.labels)


def label_text(asked: AskedModel, label: float) -> str:
    """Writes a label for people."""
    classes = asked.target.classes
    if not classes:
        return f"{label:.6g}"
    return classes[int(label)] if label >= 0 else "(another class)"
