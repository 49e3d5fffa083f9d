import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from modules import run
from modules.settings import Trainer

pytestmark = pytest.mark.unit

CONFIG = {
    "features": {"exclude": ["secret"], "encoding": ["z_score"]},
    "label": {"column": "answer", "positive_class": "yes"},
    "reduction": {"method": "none"},
    "trainer": {"epochs": 7},
    "seed": 23,
}


@pytest.fixture(scope="module")
def graph(analyze: Callable, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("run")
    columns = {
        "n": ("int64", [1, 2]),
        "secret": ("int64", [1, 2]),
        "t": ("string", ["a", "b"]),
        "answer": ("string", ["yes", "no"]),
    }
    analyze(folder, columns, CONFIG)
    return str(folder / "graph")


def test_a_run_knows_its_settings_and_its_features(graph: str) -> None:
    this = run.start(CONFIG, graph)
    assert this.seed == 23
    assert this.encoding == ["z_score"]
    assert this.section("trainer", Trainer) == Trainer(epochs=7)
    assert [(f.name, f.kind, f.dtype) for f in this.table.features] == [
        ("n", "numeric", "int64"),
        ("t", "categorical", "string"),
    ]


def test_a_run_seeds_python_numpy_and_tensorflow(graph: str) -> None:
    drawn = []
    for _ in range(2):
        run.start(CONFIG, graph)
        drawn.append((random.random(), np.random.random(), float(tf.random.uniform([]))))
    assert drawn[0] == drawn[1]
    run.start(CONFIG | {"seed": 24}, graph)
    for first, other in zip(drawn[0], (random.random(), np.random.random(), float(tf.random.uniform([]))), strict=True):
        assert first != other
