"""Fewer rows than columns, analyzed by TFT's Beam implementation."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from modules.graph.preprocessing import load_profile

pytestmark = pytest.mark.unit

ROWS, COLUMNS = 5, 12


@pytest.mark.parametrize("reduction", [{"components": 12}, {"explained_variance": 1.0}])
def test_with_fewer_rows_than_components_the_rest_of_them_are_nothing_and_all_is_finite(
    analyze: Callable, tmp_path: Path, reduction: dict
) -> None:
    values = np.random.default_rng(8).normal(size=(ROWS, COLUMNS)).astype(np.float32)
    columns = {f"x{number:02}": ("float32", values[:, number].tolist()) for number in range(COLUMNS)}
    columns["y"] = ("string", ["yes", "no", "yes", "no", "yes"])
    config = {
        "features": {},
        "reduction": {"method": "pca"} | reduction,
        "label": {"column": "y", "positive_class": "yes"},
    }
    output = analyze(tmp_path, columns, config)
    profile = load_profile(output)
    # Five centred rows span four dimensions.
    assert profile.reduction.explained_variance[4:] == pytest.approx([0] * 8, abs=1e-6)
    assert sum(profile.reduction.explained_variance) == pytest.approx(COLUMNS)
    raw = {name: tf.constant([[value] for value in cells], dtype) for name, (dtype, cells) in columns.items()}
    rows = {name: tensor.numpy() for name, tensor in output.transform_features_layer()(raw).items()}
    assert all(np.isfinite(tensor).all() for tensor in rows.values())
    assert np.var(rows["components"], axis=0)[:4] == pytest.approx(profile.reduction.explained_variance[:4], rel=1e-3)
    assert rows["components"][:, 4:] == pytest.approx(0, abs=1e-4)
