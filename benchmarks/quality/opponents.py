"""What the product is compared with: scikit-learn's histogram boosting with its own early stopping, and a linear model.

Both see the columns that `init` left in, as numbers and categories, and are as scikit-learn sets them by default.
"""

import dataclasses
import pickle
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

_MOST_CATEGORIES = 250  # the boosting takes no more


@dataclasses.dataclass(frozen=True)
class Opponent:
    """A fitted model.

    Attributes:
        predictions: Of the test rows the probability of each class, float64 [n, classes], or the value, [n, 1].
        bytes: Its size, pickled.
        seconds: How long it was fitted.
    """

    predictions: np.ndarray
    bytes: int
    seconds: float


def fit(train: pd.DataFrame, test: pd.DataFrame, label: str, classes: Sequence[str], seed: int) -> dict[str, Opponent]:
    """Fits both.

    Args:
        train: The rows to learn from, label included.
        test: The rows to answer.
        label: The label's column.
        classes: Names of the classes in the order wanted; none for a regression.
        seed: Fixes the rows by which the boosting stops.
    """
    kinds = {"boosting": boosting, "linear": _linear}
    return {
        name: _fitted(kind(train, label, bool(classes), seed), train, test, label, classes)
        for name, kind in kinds.items()
    }


def _fitted(model: Any, train: pd.DataFrame, test: pd.DataFrame, label: str, classes: Sequence[str]) -> Opponent:
    started = time.monotonic()
    target = train[label].astype(str) if classes else train[label]
    model.fit(plain(train, label), target)
    seconds = time.monotonic() - started
    rows = plain(test, label)
    size = len(pickle.dumps(model))
    if not classes:
        return Opponent(np.asarray(model.predict(rows))[:, np.newaxis], size, seconds)
    shares = dict(zip(model.classes_, model.predict_proba(rows).T, strict=True))
    if len(classes) == 2:
        return Opponent(np.stack([1.0 - shares[classes[1]], shares[classes[1]]], axis=1), size, seconds)
    # A class that only test rows have is never predicted.
    return Opponent(np.stack([shares.get(name, np.zeros(len(rows))) for name in classes], axis=1), size, seconds)


def plain(rows: pd.DataFrame, label: str) -> pd.DataFrame:
    """Returns the features as both models take them: missing text is an empty one."""
    features = rows.drop(columns=label)
    text = _text(features)
    return features.assign(**{name: features[name].astype(object).fillna("").astype(str) for name in text})


def _text(features: pd.DataFrame) -> list[str]:
    return [name for name in features if not pd.api.types.is_numeric_dtype(features[name])]


def boosting(train: pd.DataFrame, label: str, has_classes: bool, seed: int) -> Any:
    """Returns the boosted trees, not fitted; arguments as those of `fit`."""
    text = _text(train.drop(columns=label))
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan, max_categories=_MOST_CATEGORIES)
    kind = HistGradientBoostingClassifier if has_classes else HistGradientBoostingRegressor
    trees = kind(early_stopping=True, categorical_features=list(range(len(text))) or None, random_state=seed)
    return make_pipeline(make_column_transformer((encoder, text), remainder="passthrough"), trees)


def _linear(train: pd.DataFrame, label: str, has_classes: bool, seed: int) -> Any:
    features = train.drop(columns=label)
    text = _text(features)
    numbers = [name for name in features if name not in text]
    columns = make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), numbers),
        (OneHotEncoder(handle_unknown="ignore", min_frequency=5), text),
    )
    return make_pipeline(columns, LogisticRegression(max_iter=1_000) if has_classes else Ridge())
