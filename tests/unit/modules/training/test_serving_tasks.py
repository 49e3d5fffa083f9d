"""Exported models of every task: the answer is that of the network, alike as SavedModel and as TFLite."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from components.quantizer import forms
from modules import tasks
from modules.tflite import conversion, inference
from modules.tflite.card import model_card
from modules.training import model, serving, training_run

pytestmark = pytest.mark.unit

ROWS = 60
GENERATOR = np.random.default_rng(41)
X = GENERATOR.normal(0, 2, ROWS).astype("float32")
TEXT = [["red", "green", "blue", ""][i % 4] for i in range(ROWS)]
# By test: the section `label` of the config, the label's dtype and cells, and what the model must know of its answer.
CASES: dict[str, tuple[dict[str, Any], str, list, dict[str, Any]]] = {
    "text classes": (
        {"task": "multiclass"},
        "string",
        [["b", "a", "é"][i % 3] for i in range(ROWS)],
        {"classes": ("a", "b", "é"), "counts": (20, 20, 20)},
    ),
    "numeric classes": (
        {"task": "multiclass"},
        "int64",
        [[10, 9, 2, 9][i % 4] for i in range(ROWS)],
        {"classes": ("2", "9", "10"), "counts": (15, 30, 15)},
    ),
    "numbers": (
        {"task": "regression"},
        "int64",
        [100 + i for i in range(ROWS)],
        {"mean": 129.5, "deviation": pytest.approx((3599 / 12) ** 0.5), "lowest": 100, "highest": 159},
    ),
    "numbers of all sizes": (
        {"task": "regression", "log_scale": True},
        "float32",
        [(-1) ** i * 10.0 ** (i % 6) for i in range(ROWS)],
        {"log": True, "lowest": -1e5, "highest": 1e4},
    ),
}


class Exported:
    """A network with random weights behind the preprocessing of a small table.

    Args:
        analyze: Runs the preprocessing.
        folder: Where it goes.
        case: A key of `CASES`.
    """

    def __init__(self, analyze: Callable, folder: Path, case: str):
        label, dtype, cells, self.known = CASES[case]
        config = {
            "features": {"min_count": 1, "quantile_bins": 8},
            "label": {"column": "y"} | label,
            "reduction": {"method": "none"},
            "seed": 3,
        }
        columns = {"x": ("float32", X.tolist()), "t": ("string", TEXT), "y": (dtype, cells)}
        analyze(folder, columns, config)
        self.run = training_run.start(config, str(folder / "graph"))
        self.labels = np.array([cell.encode() if dtype == "string" else cell for cell in cells])
        self.encoder = model.build_encoder(self.run.output, self.run.encoding)
        shape = model.Architecture.stack([16], "relu", 0.0)
        self.network = model.build_network(self.encoder.width, shape, 2, self.run.target.outputs)
        # Large weights: logits that differ from row to row, and with a log reach beyond all labels.
        self.network.set_weights([3 * weight for weight in self.network.get_weights()])
        self.folder = folder
        self.raw = {"x": X.reshape(-1, 1).copy(), "t": np.array([t.encode() for t in TEXT], object).reshape(-1, 1)}
        self.raw["x"][::7] = np.nan
        self.raw["t"][::5] = b"unseen"

    def logits(self, network: Any) -> np.ndarray:
        tensors = {name: tf.constant(array) for name, array in self.raw.items()}
        return network(
            self.encoder(self.encoder.lookup(self.run.output.transform_features_layer()(tensors))), training=False
        ).numpy()

    def export(self, network: Any, name: str) -> str:
        directory = str(self.folder / name)
        serving.export(directory, self.run, self.encoder, network)
        return directory

    def by_tflite(self, content: bytes) -> np.ndarray:
        return inference.Predictor(content).predict(self.raw)


@pytest.fixture(scope="module", params=CASES)
def exported(request: pytest.FixtureRequest, analyze: Callable, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    return Exported(analyze, tmp_path_factory.mktemp("exported"), request.param)


@pytest.fixture(scope="module")
def saved(exported: Exported) -> str:
    return exported.export(exported.network, "saved")


def scale(exported: Exported) -> float:
    """Returns the unit in which answers may differ: 1 for probabilities, else the deviation of the predicted values."""
    target = exported.run.target
    return 1.0 if target.classes else float(np.std(tasks.from_logits(target, exported.logits(exported.network))))


def test_the_target_is_what_the_training_rows_give(exported: Exported) -> None:
    target = exported.run.target
    for name, value in exported.known.items():
        assert getattr(target, name) == value, name


def test_the_transformed_label_is_the_target_that_the_network_learns(exported: Exported) -> None:
    raw = {"x": tf.constant(X.reshape(-1, 1)), "t": tf.constant(np.array(TEXT).reshape(-1, 1))}
    label = tf.constant(exported.labels.reshape(-1, 1), exported.run.output.raw_feature_spec()["y"].dtype)
    learnt = exported.run.output.transform_features_layer()(raw | {"y": label})["label"].numpy()
    target = exported.run.target
    expected = tasks.encode_labels(exported.labels, target.task, list(target.classes))
    if target.task == "regression":
        assert learnt.mean() == pytest.approx(0, abs=1e-5)
        assert learnt.std() == pytest.approx(1, rel=1e-5)
        np.testing.assert_allclose(tasks.from_logits(target, learnt)[:, 0], expected, rtol=1e-4)
    else:
        np.testing.assert_array_equal(learnt[:, 0], expected)


def test_saved_model_and_tflite_answer_what_the_networks_outputs_mean(exported: Exported, saved: str) -> None:
    target = exported.run.target
    expected = tasks.from_logits(target, exported.logits(exported.network))
    serve = tf.saved_model.load(saved).signatures["serving_default"]
    by_saved_model = serve(**{name: tf.constant(array) for name, array in exported.raw.items()})
    assert list(by_saved_model) == [target.tensor]
    by_tflite = exported.by_tflite(conversion.to_tflite(saved))
    assert by_tflite.shape == expected.shape == (ROWS, target.outputs)
    unit = scale(exported)
    assert np.std(expected) > 0.1 * unit  # else agreeing were no art
    assert np.abs(by_tflite - by_saved_model[target.tensor]).max() <= 1e-5 * unit
    assert np.abs(by_tflite - expected).max() <= 1e-5 * unit
    if target.log:  # some answers lie beyond the labels, and are held there
        assert {by_tflite.min(), by_tflite.max()} == {target.lowest, target.highest}


def test_the_card_of_the_model_names_its_output_and_its_classes(exported: Exported, saved: str) -> None:
    card = model_card(exported.run.table, exported.run.target, "float32")
    predictor = inference.Predictor(conversion.to_tflite(saved), card)
    assert predictor.classes == list(exported.known.get("classes", ()))
    columns: dict[str, list] = {"x": [None, 0.5], "t": ["red", None]}
    assert predictor.predict(predictor.to_inputs(columns)).shape == (2, exported.run.target.outputs)


def test_the_int8_form_answers_much_like_the_network_that_it_was_made_of(exported: Exported) -> None:
    quantized = forms.quantize_network(exported.network)
    tensors = {name: tf.constant(array) for name, array in exported.raw.items()}
    encoded = exported.encoder(exported.encoder.lookup(exported.run.output.transform_features_layer()(tensors)))
    ranges = forms.calibrate(quantized, exported.network, tf.data.Dataset.from_tensors((encoded,)))
    with forms.calibrated(quantized, ranges):
        content = conversion.to_tflite(exported.export(quantized, "int8"), conversion.dynamic_range)
    target = exported.run.target
    found, expected = exported.by_tflite(content), tasks.from_logits(target, exported.logits(exported.network))
    assert found.shape == expected.shape
    if target.classes:
        np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)
    assert 0 < np.abs(found - expected).max() < 0.2 * np.ptp(expected)
