"""Plain models on the same rows: what a network has to beat to be worth its trouble. They are scikit-learn's.

References:
    Ke et al., LightGBM: A Highly Efficient Gradient Boosting Decision Tree, NeurIPS 2017, of which scikit-learn's
    histogram boosting is a kind.
"""

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, Ridge
from threadpoolctl import threadpool_limits

from modules.debugging import telling_columns
from modules.explaining.plain_columns import PlainColumns
from modules.explaining.raw_function import Rows
from modules.explaining.row_set import RowSet
from modules.features.logarithm import signed_log
from modules.tasks import Target

# A linear model learns little more from more rows, and takes long for them.
_MOST_LINEAR_ROWS = 50_000
# Of wide tables only the columns that tell most of the label by themselves.
MOST_COLUMNS = 256
# With fewer rows of a class, a tenth of them does not tell when to stop.
_LEAST_TO_STOP = 20
_STEPS = 200


def constant(training: RowSet, rows: Rows, plain: PlainColumns, target: Target, seed: int) -> np.ndarray:
    """Answers every row alike: with the shares of the classes in the training rows, or the mean of the label."""
    return np.repeat(target.kind.constant(target), len(next(iter(rows.values()))), axis=0)


def linear(training: RowSet, rows: Rows, plain: PlainColumns, target: Target, seed: int) -> np.ndarray:
    """Answers with a logistic regression, or a ridge regression, of scaled numbers and a place for each category."""
    sample = training.sample(_MOST_LINEAR_ROWS, seed)
    model = LogisticRegression(max_iter=_STEPS) if target.kind.has_classes else Ridge()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return _answers(model, plain.wide(sample.rows), sample, plain.wide(rows), target)


def boosted_trees(training: RowSet, rows: Rows, plain: PlainColumns, target: Target, seed: int) -> np.ndarray:
    """Answers with boosted trees, which stop where a tenth of the training rows, held out, is answered no better."""
    places = target.kind.has_classes and np.unique(training.labels, return_counts=True)[1].min()
    kind = HistGradientBoostingClassifier if target.kind.has_classes else HistGradientBoostingRegressor
    model = kind(
        early_stopping=bool((places or len(training)) >= _LEAST_TO_STOP),
        categorical_features=plain.is_categorical,
        random_state=seed,
    )
    return _answers(model, plain.ordinal(training.rows), training, plain.ordinal(rows), target)


Learner = Callable[[RowSet, Rows, PlainColumns, Target, int], np.ndarray]
LEARNERS: Mapping[str, Learner] = {"constant": constant, "linear": linear, "boosted_trees": boosted_trees}


def answers(name: str, training: RowSet, rows: Rows, plain: PlainColumns, target: Target, seed: int) -> np.ndarray:
    """Trains a model and asks it.

    Args:
        name: Which of `LEARNERS`.
        training: The rows to learn from; one whose class is unknown is left out.
        rows: The rows to answer.
        plain: How rows become matrices; of more than 256 columns those that tell most of the label are taken.
        target: What is to be answered.
        seed: Fixes the rows that are drawn or held out.

    Returns:
        float64: the probability of each class, [n, classes], of two the negative one first; or the value, [n, 1].
    """
    known = training.taken(training.labels >= 0) if target.kind.has_classes else training
    if not len(known) or len(np.unique(known.labels)) < 2:
        return constant(known, rows, plain, target, seed)
    narrow = telling_columns.narrowed(plain, known.rows, known.labels, target.kind.has_classes, MOST_COLUMNS)
    # Threads that wait for each other on a busy machine take ten times as long as one alone.
    with threadpool_limits(1):
        return LEARNERS[name](known, rows, narrow, target, seed)


def _answers(model: Any, given: np.ndarray, training: RowSet, asked: np.ndarray, target: Target) -> np.ndarray:
    if target.kind.has_classes:
        model.fit(given, training.labels.astype(np.int64), sample_weight=training.weights)
        shares = np.zeros((len(asked), len(target.classes)))
        shares[:, model.classes_] = model.predict_proba(asked)
        return shares
    values = training.labels.astype(np.float64)
    learnt = (signed_log(values) if target.log else values) - target.mean
    model.fit(given, learnt / target.deviation, sample_weight=training.weights)
    return target.kind.from_logits(target, model.predict(asked)[:, None])
