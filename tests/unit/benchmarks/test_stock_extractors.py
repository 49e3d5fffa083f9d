from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow_model_analysis as tfma
from tensorflow_model_analysis.proto import config_pb2

from benchmarks import stock_extractors
from benchmarks.stock_extractors import encode_labels
from modules.base.settings import Evaluation, Label
from modules.contracts import pushed_folder
from modules.contracts.tflite import ModelCard, TfliteModel
from modules.tasks import TASKS
from pipeline.wiring import evaluation

pytestmark = pytest.mark.unit


def encode(labels: object, task: str, classes: list[str]) -> Any:
    return encode_labels({tfma.LABELS_KEY: labels}, task, classes)[tfma.LABELS_KEY]


@pytest.mark.parametrize(
    ("labels", "task", "classes", "expected"),
    [
        (np.array([[b">50K"], [b"<=50K"], [b">50K"]], object), "binary", ["<=50K", ">50K"], [[1], [0], [1]]),
        (np.array([[0], [1], [2]], np.int64), "binary", ["not 1", "1"], [[0], [1], [0]]),
        (np.array([[b"c"], [b"a"]], object), "multiclass", ["a", "b", "c"], [[2], [0]]),
        (np.array([[10], [9]], np.int64), "multiclass", ["9", "10"], [[1], [0]]),
        (np.array([[10], [9]], np.int64), "regression", [], [[10], [9]]),
    ],
)
def test_labels_become_numbers_of_classes_or_values(labels: Any, task: str, classes: list, expected: list) -> None:
    found = encode(labels, task, classes)
    assert found.dtype == np.float32
    assert found.tolist() == expected


def test_the_labels_of_several_models_are_encoded_each() -> None:
    text = np.array([[b"a"], [b"b"]], object)
    found = encode({"candidate": text, "baseline": text[::-1]}, "binary", ["b", "a"])
    assert isinstance(found, dict)
    assert found["candidate"].tolist() == [[1], [0]]
    assert found["baseline"].tolist() == [[0], [1]]


def test_other_extracts_stay_and_the_batch_itself_is_not_changed() -> None:
    batch: dict[str, Any] = {tfma.LABELS_KEY: np.array([b"a"], object), tfma.FEATURES_KEY: {"x": 1}}
    found = encode_labels(batch, "multiclass", ["a", "b"])
    assert found[tfma.FEATURES_KEY] == {"x": 1}
    assert batch[tfma.LABELS_KEY].tolist() == [b"a"]


def stages(folder: Path, config: config_pb2.EvalConfig, task: str, output: dict[str, Any]) -> list[Any]:
    """Returns the extractors of a model with a card, and changes the config as the stock Evaluator's callback does."""
    card = ModelCard(
        "int8_qat",
        [{"tensor": "x", "name": "x (%)", "dtype": "float32", "missing": None}],
        [{"name": TASKS[task].tensor, **output}],
        task,
        "y",
    )
    pushed_folder.write(str(folder), TfliteModel(b"", card))
    model = tfma.types.EvalSharedModel(model_path=str(folder), model_name="candidate", model_type="tf_lite")
    return stock_extractors.custom_extractors([model], config, None)


def config_of(task: str) -> config_pb2.EvalConfig:
    gate, positive = ("r2", None) if task == "regression" else ("accuracy", "yes" if task == "binary" else None)
    settings = Evaluation.model_validate({"gates": {gate: {"minimum": 0.5}}})
    label = {"column": "y", "task": task, "positive_class": positive}
    return evaluation.eval_config(settings, Label.model_validate(label))


def test_the_numbers_of_the_classes_are_put_into_what_is_measured_of_each(tmp_path: Path) -> None:
    config = config_of("multiclass")
    stages(tmp_path, config, "multiclass", {"classes": ["a", "b", "c"]})
    binarized = [spec for spec in config.metrics_specs if spec.HasField("binarize")]
    assert len(binarized) == 2
    for spec in binarized:
        assert list(spec.binarize.class_ids.values) == [0, 1, 2]
    (mean,) = [spec.aggregate for spec in config.metrics_specs if spec.HasField("aggregate")]
    assert mean.macro_average
    assert dict(mean.class_weights) == {0: 1.0, 1: 1.0, 2: 1.0}


@pytest.mark.parametrize("task", ["binary", "regression"])
def test_the_config_of_any_other_task_stays_as_it_is(tmp_path: Path, task: str) -> None:
    config = config_of(task)
    before = config.SerializeToString(deterministic=True)
    stages(tmp_path, config, task, {"classes": ["no", "yes"]} if task == "binary" else {})
    assert config.SerializeToString(deterministic=True) == before


def test_labels_are_encoded_after_they_are_extracted_and_before_anything_reads_them(tmp_path: Path) -> None:
    names = [stage.stage_name for stage in stages(tmp_path, config_of("regression"), "regression", {})]
    assert names.index("EncodeLabels") == names.index("ExtractLabels") + 1
    assert names.index("EncodeLabels") < names.index("ExtractTFLitePredictions")
