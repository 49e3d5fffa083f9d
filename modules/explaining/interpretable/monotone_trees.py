"""Boosted trees with which the answer only rises, or only falls, with the columns that the config names."""

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from modules.explaining.interpretable.given import Given, Readable, learnt_labels, of_scikit_learn
from modules.explaining.interpretable.shallow_tree import NUMBERS_OF_QUESTION
from modules.explaining.raw_function import Rows

_TREES, _LEAVES = 100, 16
# On several cores, threads that wait for each other take most of the time of so few rows.
_OPENMP = "openmp"
# With fewer rows of the rarest class a tenth of them does not tell when to stop.
_LEAST_TO_STOP = 200


def fit(given: Given) -> Readable:
    """Grows the trees until a tenth of the rows, held out, is answered no better."""
    signs = [given.signs.get(column.name, 0) if column.is_number else 0 for column in given.plain.columns]
    kind = HistGradientBoostingClassifier if given.target.kind.has_classes else HistGradientBoostingRegressor
    classes = np.unique(given.training.labels, return_counts=True)[1] if given.target.kind.has_classes else [np.inf]
    model = kind(
        max_iter=_TREES,
        max_leaf_nodes=_LEAVES,
        monotonic_cst=signs,
        categorical_features=given.plain.is_categorical,
        early_stopping=bool(min(len(given.training), *classes) >= _LEAST_TO_STOP),
        random_state=given.seed,
    )
    with threadpool_limits(1, _OPENMP):
        model.fit(given.plain.ordinal(given.training.rows), learnt_labels(given), sample_weight=given.weights)

    def answer(rows: Rows) -> np.ndarray:
        with threadpool_limits(1, _OPENMP):
            return of_scikit_learn(given.target, model, given.plain.ordinal(rows))

    trees = model.n_iter_ * model.n_trees_per_iteration_
    return Readable(
        answer,
        trees * (NUMBERS_OF_QUESTION * (_LEAVES - 1) + _LEAVES),
        f"{trees:,} trees of at most {_LEAVES} leaves",
        len(given.training),
    )
