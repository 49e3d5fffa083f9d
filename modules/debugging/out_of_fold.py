"""What a model says of rows that it has not seen: boosted trees, trained once per fold of the rows."""

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.model_selection import KFold, StratifiedKFold
from threadpoolctl import threadpool_limits

from modules.explaining.clock import Clock

FOLDS = 3
_TREES = 100


def probabilities(
    matrix: np.ndarray, labels: np.ndarray, weights: np.ndarray | None, categorical: list[bool], seed: int, clock: Clock
) -> np.ndarray | None:
    """Returns the probability of each class of each row, by the trees of the other folds.

    Args:
        matrix: Numbers, NaN for missing, and the numbers of categories, float64 [n, columns].
        labels: The number of the class, each from 0 on with a row in every fold at least, int64 [n].
        weights: Weight of each row, if there are any.
        categorical: Of each column whether it holds numbers of categories.
        seed: Deals the rows to the folds.
        clock: Is looked at before each fold.

    Returns:
        float64 [n, classes]; None if the seconds are over before the last fold.
    """
    answers = np.zeros((len(labels), int(labels.max()) + 1))
    model = HistGradientBoostingClassifier(
        max_iter=_TREES, early_stopping=False, categorical_features=categorical, random_state=seed
    )
    for train, held in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(matrix, labels):
        if clock.over:
            return None
        # Threads that wait for each other on a busy machine take longer than one alone.
        with threadpool_limits(1):
            model.fit(matrix[train], labels[train], None if weights is None else weights[train])
            answers[held] = model.predict_proba(matrix[held])
    return answers


def values(
    matrix: np.ndarray, labels: np.ndarray, weights: np.ndarray | None, categorical: list[bool], seed: int, clock: Clock
) -> np.ndarray | None:
    """Returns the value of each row, float64 [n]; arguments as of `probabilities`, the labels float64 [n]."""
    answers = np.zeros(len(labels))
    model = HistGradientBoostingRegressor(
        loss="absolute_error",
        max_iter=_TREES,
        early_stopping=False,
        categorical_features=categorical,
        random_state=seed,
    )
    for train, held in KFold(FOLDS, shuffle=True, random_state=seed).split(matrix):
        if clock.over:
            return None
        with threadpool_limits(1):
            model.fit(matrix[train], labels[train], None if weights is None else weights[train])
            answers[held] = model.predict(matrix[held])
    return answers
