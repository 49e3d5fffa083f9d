"""A pushed model with the conventions of scikit-learn, for its tools and for shap; TensorFlow is not imported.

It runs the file that was pushed, by LiteRT, as the command `predict` does, and reads rows by the same code.
"""

import os
import threading
import warnings
from typing import Any, NoReturn

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from modules.base.errors import UserError
from modules.contracts.tflite import TfliteModel
from modules.tables import cells
from modules.tasks import decisions
from modules.tflite import feeding, opening, strangers
from modules.tflite.inference import Predictor
from pipeline.python import rows
from pipeline.python.asking import AskedModel

_BATCH = 1_024


def load(folder: str | os.PathLike[str] | None, *, rounding: bool = False) -> "PushedClassifier | PushedRegressor":
    """Loads a pushed model.

    Args:
        folder: A pushed version, such as `run.pushed`, or the folder of all versions, of which the latest is taken.
        rounding: Whether a fraction in a column of whole numbers is rounded. Without it, 38.5 years are refused as the
            command refuses them; some tools, such as scikit-learn's partial_dependence, ask for them.

    Returns:
        The model: of a task with classes a `PushedClassifier`, of a regression a `PushedRegressor`.

    Raises:
        UserError: If the folder holds no model.
    """
    if folder is None:
        raise UserError("load(None)", "names no model: the run pushed none", "See run.verdict and run.report()")
    predictor = opening.open_pushed(os.fspath(folder), f"load({os.fspath(folder)!r})", _warn)
    kind = PushedClassifier if predictor.classes else PushedRegressor
    return kind(predictor.model, rounding)


def _warn(line: str) -> None:
    warnings.warn(line, UserWarning, stacklevel=4)


class _PushedModel(AskedModel):
    """What models of every task have in common.

    Args:
        model: The content of the file, and its card.
        rounding: As `load` takes it.

    Attributes:
        feature_names_in_: The columns that the model reads, in the order of those of an array, object [features].
        n_features_in_: How many these are.
    """

    def __init__(self, model: TfliteModel, rounding: bool = False) -> None:
        self._model, self._rounding = model, rounding
        self.feature_names_in_ = np.array([spec["name"] for spec in model.card.inputs], object)
        self.n_features_in_ = len(self.feature_names_in_)
        self._start()

    def _start(self) -> None:
        self._predictor, self._lock = Predictor(self._model.content, self._model.card), threading.Lock()

    def fit(self, X: Any, y: Any = None) -> NoReturn:
        """Refuses: scikit-learn knows an estimator by this method, but this one is trained already.

        Raises:
            UserError: Always.
        """
        raise UserError("fit", "cannot train a pushed model again", "Train another one with pipeline.fit")

    def _answers(self, X: Any) -> np.ndarray:
        """Returns what the model answers, float32 [n, classes], or [n, 1] for a regression."""
        table, batch = self._read(X)
        tensors = feeding.to_tensors(self.card, batch, table.kind)
        with self._lock:
            return self._predictor.predict_all(tensors, _BATCH)

    def notices(self, X: Any) -> str:
        """Returns what the command `predict` says at its end: missing values by column, and those never seen before.

        Args:
            X: Rows, as `predict` takes them.

        Returns:
            A line for each of the two; an empty text if there are none.

        Raises:
            DataError: If a column is missing.
        """
        tally = strangers.Tally(self.card)
        tally.add(self._read(X)[1])
        return tally.said()

    def _read(self, X: Any) -> tuple[rows.Rows, pa.RecordBatch]:
        """Returns the rows, and of them the columns that the model reads."""
        names = [spec["name"] for spec in self.card.inputs]  # shap's KernelExplainer sets feature_names_in_ to None
        table = rows.of(X, names)
        if table.kind != rows.DICTS or table.count:  # nobody knows the columns of []
            feeding.check_columns(self.card, table.names, table.kind)
        batch = feeding.selected(self.card, table.batch(names))
        return table, self._rounded(batch) if self._rounding else batch

    def _rounded(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        whole = {spec["name"] for spec in self.card.inputs if feeding.dtype_of(spec) == "int64"}
        columns = [
            pc.round(column) if name in whole and pa.types.is_floating(column.type) else column
            for name, column in zip(batch.schema.names, batch.columns, strict=True)
        ]
        return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __getstate__(self) -> dict[str, Any]:
        """Returns what a copy in another process is made from: an interpreter cannot travel."""
        return {name: value for name, value in vars(self).items() if name not in ("_predictor", "_lock")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._start()

    def __repr__(self) -> str:
        card = self.card
        version = card.pushed.get("version", "")
        return f"<{type(self).__name__} of {card.label}, {card.form}, {self.n_features_in_} columns, version {version}>"


class PushedClassifier(_PushedModel):
    """A pushed model that names a class.

    Attributes:
        classes_: The classes, in the order of the columns of `predict_proba`; of two, the positive one is the last.
            int64 where all are whole numbers, bool where they are true and false, else text, object: as pandas reads
            such a label.
    """

    _estimator_type = "classifier"

    def __init__(self, model: TfliteModel, rounding: bool = False) -> None:
        super().__init__(model, rounding)
        self.classes_ = _labels(model.card.classes)

    def predict_proba(self, X: Any) -> np.ndarray:
        """Returns the probability of each class.

        Args:
            X: Rows with the user's own columns: a DataFrame, an Arrow table, a list of dicts (None, NaN or "" is
                missing, more columns are ignored); or an array, with the columns of `feature_names_in_`.

        Returns:
            float32 [n, classes].

        Raises:
            DataError: If a column is missing, or a cell holds what the model does not take; in the words of `predict`.
        """
        return self._answers(X)

    def predict(self, X: Any) -> np.ndarray:
        """Returns the class of each row, [n]: of two, the positive one above the model's decision threshold.

        Of more it is the most probable one, and of equally probable ones the first. `X` as `predict_proba` takes it.
        """
        return self.classes_[decisions.classes(self.predict_proba(X), self.card.threshold)]

    def score(self, X: Any, y: Any) -> float:
        """Returns the accuracy: the share of rows whose class is `y`, [n]."""
        return float(np.mean(self.predict(X) == np.asarray(y)))


class PushedRegressor(_PushedModel):
    """A pushed model that gives a value."""

    _estimator_type = "regressor"

    def predict(self, X: Any) -> np.ndarray:
        """Returns the value of each row, float32 [n]; `X` as `PushedClassifier.predict_proba` takes it."""
        return self._answers(X)[:, 0]

    def score(self, X: Any, y: Any) -> float:
        """Returns R² against the values `y`, [n]."""
        given = np.asarray(y, np.float64)
        rest = np.square(given - self.predict(X)).sum()
        return float(1.0 - rest / np.square(given - given.mean()).sum())


def _labels(names: list[str]) -> np.ndarray:
    if all(cells.is_plain_integer(name) for name in names):
        return np.array([int(name) for name in names])
    if {name.lower() for name in names} == {"true", "false"}:
        return np.array([name.lower() == "true" for name in names])
    return np.array(names, object)
