"""A hand-made table behind a network with random weights, exported as SavedModel and as TFLite."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest


class Shipped:
    """What became of the table.

    Attributes:
        profile: What Transform learnt of it.
        encoder: The encoder.
        directory: The SavedModel.
        lite: The float32 .tflite.
    """

    def __init__(
        self,
        analyze: Callable,
        folder: Path,
        columns: Mapping[str, tuple[str, list]],
        features: dict,
        reduction: dict,
    ):
        import tensorflow as tf

        from modules.base import compat
        from modules.graph.preprocessing import load_profile
        from modules.tflite import conversion
        from modules.training import model, serving, training_run

        compat.skip_autograph()
        config = {
            "features": {"min_count": 1} | features,
            "label": {"column": "answer", "positive_class": "yes"},
            "reduction": reduction,
            "seed": 3,
        }
        count = len(next(iter(columns.values()))[1])
        answers = ("string", ["yes" if i % 2 else "no" for i in range(count)])
        analyze(folder, dict(columns) | {"answer": answers}, config)
        run = training_run.start(config, str(folder / "graph"))
        self.profile, self.encoder = load_profile(run.output), model.build_encoder(run.output, run.encoding)
        self.network = model.build_network(self.encoder.width, model.Architecture.stack([8], "relu", 0.0), seed=1)
        self.directory, self.run = str(folder / "saved"), run
        serving.export(self.directory, run, self.encoder, self.network)
        self._saved = tf.saved_model.load(self.directory).signatures["serving_default"]
        self.lite = conversion.to_tflite(self.directory)

    def encode(self, **raw: np.ndarray) -> dict[str, dict[str, np.ndarray]]:
        """Encodes rows; returns every element by column and code, [n]."""
        import tensorflow as tf

        from modules.graph.encoding import encoded_names

        transform = self.run.output.transform_features_layer()
        tensors = {name: tf.constant(np.reshape(array, (-1, 1))) for name, array in raw.items()}
        rows = self.encoder(transform(tensors)).numpy()
        found: dict[str, dict[str, np.ndarray]] = {}
        for place, (column, code) in enumerate(encoded_names(self.profile, self.run.encoding)):
            found.setdefault(column, {})[code] = rows[:, place]
        return found

    def active(self, column: str, **raw: np.ndarray) -> list[list[str]]:
        """Returns by row which slots of a categorical column are on."""
        codes = self.encode(**raw)[column]
        count = len(next(iter(codes.values())))
        assert all(set(np.unique(values)) <= {0, 1} for values in codes.values())
        return [[code for code, values in codes.items() if values[row]] for row in range(count)]

    def answers(self, **raw: np.ndarray) -> np.ndarray:
        """Returns the probabilities of rows, having seen that SavedModel and .tflite give the same, alone and batched.

        Rows go in by tensor name.
        """
        import tensorflow as tf

        from modules.tflite import inference

        tensors = {name: np.reshape(array, (-1, 1)) for name, array in raw.items()}
        expected = self._saved(**{n: tf.constant(array) for n, array in tensors.items()})["probability"].numpy()[:, 0]
        predictor = inference.Predictor(self.lite)
        np.testing.assert_allclose(predictor.predict(tensors)[:, 1], expected, atol=1e-6)
        for row in range(min(len(expected), 3)):
            alone = predictor.predict({name: array[row : row + 1] for name, array in tensors.items()})
            np.testing.assert_allclose(alone[0, 1], expected[row], atol=1e-6)
        assert np.isfinite(expected).all()
        return expected


@pytest.fixture
def ship(analyze: Callable, tmp_path: Path) -> Callable[..., Any]:
    """Returns a function that ships a table: columns as (dtype, cells) by name, and settings of `features`."""

    def shipped(columns: Mapping[str, tuple[str, list]], reduction: dict | None = None, **features: Any) -> Shipped:
        return Shipped(analyze, tmp_path, columns, features, reduction or {"method": "none"})

    return shipped
