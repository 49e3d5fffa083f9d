"""Logistic regression, or ridge regression: a weight for each number, and for each category."""

import warnings

from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, Ridge

from modules.explaining.interpretable.given import Given, Readable, learnt_labels, of_scikit_learn

_STEPS = 200


def fit(given: Given) -> Readable:
    """Fits it to scaled numbers, marks of missing ones, and a place for each category."""
    model = LogisticRegression(max_iter=_STEPS) if given.target.kind.has_classes else Ridge()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(given.wide, learnt_labels(given), sample_weight=given.weights)
    scaling = 2 * len(given.plain.centres)
    return Readable(
        lambda rows: of_scikit_learn(given.target, model, given.plain.wide(rows)),
        (given.wide.shape[1] + 1) * given.target.outputs + scaling,
        f"{given.wide.shape[1] * given.target.outputs:,} weights",
        len(given.training),
    )
