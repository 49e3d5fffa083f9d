"""Bins that the training rows decide, in the graph that ships."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modules.tflite import inference
from tests.unit.modules.conftest import Shipped

pytestmark = pytest.mark.unit

ROWS = {"amount": np.random.default_rng(1).normal(size=512).astype(np.float32)[:, np.newaxis]}


def test_chosen_bins_ship_as_the_same_number_given_would(analyze: Callable, tmp_path: Path) -> None:
    columns = {"amount": ("float32", ROWS["amount"].ravel().tolist())}

    def shipped(name: str, **features: Any) -> Shipped:
        folder = tmp_path / name
        folder.mkdir()
        return Shipped(analyze, folder, columns, features, {"explained_variance": 1.0})

    chosen, given = shipped("chosen"), shipped("given", quantile_bins=16)  # 2 · ∛512
    assert chosen.profile == given.profile
    assert len(chosen.profile.numeric[0].edges) == 17
    np.testing.assert_array_equal(chosen.answers(**ROWS), given.answers(**ROWS))
    assert abs(len(chosen.lite) - len(given.lite)) < 300


def test_more_columns_than_the_rows_can_tell_apart_ship_their_z_scores_alone(ship: Callable) -> None:
    generator = np.random.default_rng(2)
    columns = {f"c{number}": ("float32", generator.normal(size=40).tolist()) for number in range(20)}
    shipped = ship(columns)
    rows = {name: np.array(cells, np.float32) for name, (_, cells) in columns.items()}
    codes = {code for by_code in shipped.encode(**rows).values() for code in by_code}
    assert codes == {"z_score", "missing"}
    shipped.answers(**rows)
    assert len(inference.Predictor(shipped.lite).predict({n: v[:, np.newaxis] for n, v in rows.items()})) == 40
