"""Columns that tell what is missing, joined from several places: TFLite's converter must leave them out of int8."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from components.quantizer import forms
from modules.tflite import conversion, inference
from modules.training import model, serving, training_run

pytestmark = pytest.mark.unit

ROWS = 60
NO_INTEGER = -(2**63)


def test_an_int8_form_runs_where_marks_of_times_and_of_a_category_are_joined(analyze: Callable, tmp_path: Path) -> None:
    config = {
        "features": {"min_count": 1, "quantile_bins": 8, "timestamps": ["when"], "categorical": ["code"]},
        "label": {"column": "y", "task": "regression"},
        "reduction": {"method": "none"},
        "seed": 3,
    }
    gaps = [None if row % 7 == 0 else row for row in range(ROWS)]
    columns = {
        "x": ("float32", [np.nan if gap is None else 0.1 * gap for gap in gaps]),
        "when": ("int64", [NO_INTEGER if gap is None else 1_400_000_000 + 50_000 * gap for gap in gaps]),
        "z": ("float32", [np.nan if gap is None else gap % 5 for gap in gaps]),
        "code": ("int64", [NO_INTEGER if gap is None else gap % 3 for gap in gaps]),
        "n": ("int64", [NO_INTEGER if gap is None else gap**2 for gap in gaps]),
        "t": ("string", ["" if gap is None else "abcd"[gap % 4] for gap in gaps]),
        "u": ("string", ["" if gap is None else "pq"[gap % 2] for gap in gaps]),
        "y": ("float32", [float(row) for row in range(ROWS)]),
    }
    analyze(tmp_path, columns, config)
    run = training_run.start(config, str(tmp_path / "graph"))
    encoder = model.build_encoder(run.output, run.encoding)
    network = model.build_network(encoder.width, model.Architecture.stack([16], "relu", 0.0), 2, 1)
    quantized = forms.quantize_network(network)
    raw: dict[str, np.ndarray] = {
        "x": np.array([[np.nan], [1.5]], np.float32),
        "when": np.array([[NO_INTEGER], [1_401_000_000]], np.int64),
        "z": np.array([[2.0], [np.nan]], np.float32),
        "code": np.array([[NO_INTEGER], [2]], np.int64),
        "n": np.array([[4], [NO_INTEGER]], np.int64),
        "t": np.array([[b"a"], [b""]], object),
        "u": np.array([[b"p"], [b"unseen"]], object),
    }
    tensors = {name: tf.constant(array) for name, array in raw.items()}
    encoded = encoder(encoder.lookup(run.output.transform_features_layer()(tensors)))
    forms.calibrate(quantized, network, tf.data.Dataset.from_tensors((encoded,)))
    serving.export(str(tmp_path / "int8"), run, encoder, quantized)
    content = conversion.to_tflite(str(tmp_path / "int8"), conversion.dynamic_range)
    found = inference.Predictor(content).predict(raw)
    assert found.shape == (2, 1)
    assert np.isfinite(found).all()
