"""Boosted trees on the same rows, the teacher's or others, explained exactly: what another kind of model relies on."""

import os
from collections.abc import Sequence

import catboost
import numpy as np

from modules.explaining.plain_columns import PlainColumns
from modules.explaining.raw_function import Rows
from modules.explaining.shapley.players import Attribution
from modules.training import inputs
from modules.training.teachers.boosted_trees import TreesModel

_TREES, _DEPTH, _RATE = 150, 5, 0.1


def grow(
    plain: PlainColumns, rows: Rows, labels: np.ndarray, weights: np.ndarray | None, loss: str, seed: int
) -> "Trees":
    """Grows boosted trees.

    Args:
        plain: The columns, and the categories that have a place.
        rows: Training rows.
        labels: Their labels, as `RowSet` has them.
        weights: Their weights, if there are any.
        loss: CatBoost's name of the loss: `Logloss`, `MultiClass` or `RMSE`.
        seed: Of the order of the rows.

    Raises:
        catboost.CatBoostError: There is nothing to learn, as all rows are alike or of one class.
    """
    model = catboost.CatBoost(
        {
            "loss_function": loss,
            "iterations": _TREES,
            "depth": _DEPTH,
            "learning_rate": _RATE,
            "random_seed": seed,
            "thread_count": os.cpu_count() or 1,
            "allow_writing_files": False,
            "logging_level": "Silent",
        }
    )
    model.fit(_pool(plain, rows, labels, weights))
    return Trees(plain, model)


class Trees:
    """Boosted trees.

    Args:
        plain: The columns that they read.
        model: CatBoost's model.
    """

    def __init__(self, plain: PlainColumns, model: catboost.CatBoost) -> None:
        self._plain, self._model = plain, model

    def explain(self, rows: Rows) -> Attribution:
        """Explains the sums of leaves by CatBoost's TreeSHAP (Lundberg et al., 2020, doi:10.1038/s42256-019-0138-9).

        The background is what the trees were grown on.
        """
        pool = _pool(self._plain, rows)
        found = np.asarray(self._model.get_feature_importance(pool, type="ShapValues"), np.float64)
        found = found.reshape(len(found), -1, len(self._plain.columns) + 1)  # [n, outputs, columns and base]
        values = np.moveaxis(found[..., :-1], 1, 2)
        answers = np.asarray(self._model.predict(pool, prediction_type="RawFormulaVal"), np.float64)
        names = [column.name for column in self._plain.columns]
        return Attribution(names, values, found[0, :, -1], answers.reshape(len(values), -1))


def of_teacher(models: Sequence[TreesModel], names: Sequence[str], rows: inputs.Rows) -> Attribution:
    """Explains the mean of the sums of leaves of a teacher's trees: contributions to a mean are the means of them.

    Args:
        models: Boosted trees that read the same columns.
        names: The column of the table that each of these is, or is a part of: the parts are summed up.
        rows: The rows as the teacher takes them.
    """
    found = np.mean([model.contributions(rows) for model in models], axis=0)  # [n, outputs, columns and base]
    players = list(dict.fromkeys(names))
    belongs = np.array([[name == player for player in players] for name in names], np.float64)
    values = np.moveaxis(found[..., :-1] @ belongs, 1, 2)
    answers = np.mean([model.logits(rows).astype(np.float64) for model in models], axis=0)
    return Attribution(players, values, found[0, :, -1], answers)


def _pool(
    plain: PlainColumns, rows: Rows, labels: np.ndarray | None = None, weights: np.ndarray | None = None
) -> catboost.Pool:
    matrix = plain.ordinal(rows)
    categorical = np.array(plain.is_categorical)
    cells = matrix.astype(object)
    cells[:, categorical] = matrix[:, categorical].astype(np.int64)
    return catboost.Pool(cells, label=labels, weight=weights, cat_features=list(np.flatnonzero(categorical)))
