import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from modules.base.settings import Trainer
from modules.tasks import Target
from modules.training import model, training_run

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
    run = training_run.start(CONFIG, graph)
    assert run.seed == 23
    assert run.encoding == ["z_score"]
    assert run.section("trainer", Trainer) == Trainer(epochs=7)
    assert [(f.name, f.kind, f.dtype) for f in run.table.features] == [
        ("n", "numeric", "int64"),
        ("t", "categorical", "string"),
    ]


def test_all_steps_of_a_process_read_and_load_a_transform_graph_once(graph: str) -> None:
    first, second = (training_run.start(CONFIG, graph).output for _ in range(2))
    assert first.raw_metadata is second.raw_metadata
    assert first.transform_features_layer() is second.transform_features_layer()


def test_a_run_seeds_python_numpy_and_tensorflow(graph: str) -> None:
    drawn = []
    for _ in range(2):
        training_run.start(CONFIG, graph)
        drawn.append((random.random(), np.random.random(), float(tf.random.uniform([]))))
    assert drawn[0] == drawn[1]
    training_run.start(CONFIG | {"seed": 24}, graph)
    for first, other in zip(drawn[0], (random.random(), np.random.random(), float(tf.random.uniform([]))), strict=True):
        assert first != other


COUNTED = {
    "features": {"exclude": [], "encoding": ["z_score"]},
    "label": {"column": "answer", "task": "multiclass", "class_weights": "balanced", "weight_column": "w"},
    "reduction": {"method": "none"},
    "seed": 23,
}


@pytest.fixture(scope="module")
def counted(analyze: Callable, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A transform graph of four rows of three classes, with weights, and the rows as Transform writes them."""
    folder: Path = tmp_path_factory.mktemp("counted")
    columns: dict[str, tuple[str, list]] = {
        "n": ("int64", [1, 2, 3, 4]),
        "w": ("float32", [1.0, 2.0, 0.5, 4.0]),
        "answer": ("string", ["b", "a", "b", "c"]),
    }
    output = analyze(folder, columns, COUNTED)
    raw = {name: tf.constant([[cell] for cell in cells], dtype) for name, (dtype, cells) in columns.items()}
    rows = {name: value.numpy() for name, value in output.transform_features_layer()(raw).items()}
    with tf.io.TFRecordWriter(str(folder / "rows.gz"), "GZIP") as writer:
        for number in range(4):
            feature = {
                name: tf.train.Feature(float_list=tf.train.FloatList(value=values[number]))
                for name, values in rows.items()
            }
            writer.write(tf.train.Example(features=tf.train.Features(feature=feature)).SerializeToString())
    return folder


def test_a_run_knows_its_target_and_what_it_watches(counted: Path) -> None:
    run = training_run.start(COUNTED, str(counted / "graph"))
    assert run.target == Target("multiclass", ("a", "b", "c"), (1, 2, 1))
    assert [feature.name for feature in run.table.features] == ["n"]
    score = run.score(tf.data.Dataset.from_tensors((tf.zeros([1, 1]), tf.zeros([1, 1]))))
    assert (score.monitor, score.mode) == ("val_log_loss", "min")


def weights(batches: tf.data.Dataset) -> dict[float, float]:
    """Returns what each row counts, by its encoded number."""
    return {
        round(float(encoded[0]), 4): float(weight)
        for parts in batches.as_numpy_iterator()
        for encoded, weight in zip(parts[0], parts[2], strict=True)
    }


def test_classes_count_alike_in_training_and_as_often_as_they_occur_in_validation(counted: Path) -> None:
    # The weights of the classes a, b, c are 4 / (3 · 1), 4 / (3 · 2), 4 / (3 · 1); n is z-scored: (n - 2.5) / √1.25.
    run = training_run.start(COUNTED, str(counted / "graph"))
    encoder = model.build_encoder(run.output, run.encoding)
    train, validation = run.datasets([str(counted / "rows.gz")], [str(counted / "rows.gz")], encoder, 3)
    found, own = weights(train), weights(validation)
    assert [own[number] for number in sorted(own)] == [1, 2, 0.5, 4]
    expected = [1 * 2 / 3, 2 * 4 / 3, 0.5 * 2 / 3, 4 * 4 / 3]
    assert [found[number] for number in sorted(found)] == pytest.approx(expected)
