"""Boosted trees are explained exactly."""

import numpy as np
import pytest

from modules.explaining.plain_columns import PlainColumns
from modules.explaining.raw_function import RawColumn
from modules.explaining.shapley import trees

pytestmark = pytest.mark.unit

COLUMNS = [
    RawColumn("x", "numeric", "float32"),
    RawColumn("c", "categorical", "string"),
    RawColumn("u", "numeric", "int64"),
]


@pytest.mark.parametrize(("loss", "outputs"), [("Logloss", 1), ("RMSE", 1), ("MultiClass", 3)])
def test_the_values_add_up_to_the_sum_of_leaves_and_an_unused_column_has_none(loss: str, outputs: int) -> None:
    random = np.random.default_rng(1)
    rows = {
        "x": random.normal(size=300).astype(np.float32),
        "c": random.choice(np.array([b"a", b"b", b""], object), 300),
        "u": np.full(300, 3, np.int64),
    }
    rows["x"][:20] = np.nan
    told = 1.0 * (np.nan_to_num(rows["x"]) > 0) + (rows["c"] == b"a")
    labels = np.minimum(told, 1 if loss == "Logloss" else 2)
    grown = trees.grow(PlainColumns.learn(COLUMNS, rows), rows, labels, np.ones(300), loss, 1)
    found = grown.explain(rows)
    assert found.values.shape == (300, 3, outputs)
    assert found.additivity_error < 1e-6
    assert found.mean_absolute["u"] == 0.0
    assert found.mean_absolute["x"] > 0.1 and found.mean_absolute["c"] > 0.1
