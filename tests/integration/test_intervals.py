"""Intervals on real artifacts: the shipped model, 1,000 raw test rows of UCI Adult."""

import csv
import json
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, roc_auc_score

from components import raw_rows, training_inputs
from components.artifacts import Intervals
from components.intervals.executor import Executor
from modules.tflite import inference

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def measured(road: Any, selected: Any, scored: Any, tmp_path_factory: pytest.TempPathFactory, new_output: Any) -> Any:
    output = new_output(tmp_path_factory.mktemp("intervals"), intervals=Intervals)
    inputs = {"model": [selected["model"]], "predictions": [scored["predictions"]]} | road.judged()
    Executor().Do(inputs, output.artifacts, road.config("Intervals"))
    return output


@pytest.fixture(scope="module")
def predicted(road: Any, selected: Any) -> tuple[np.ndarray, np.ndarray]:
    """Labels and probabilities of the file that would ship."""
    run = training_inputs.start(road.inputs(), road.config("Intervals"))
    examples = road.output("TableExampleGen", "examples")
    rows = raw_rows.read(run, training_inputs.split_files({"examples": [examples]}, "test"))
    content = (selected.path("model") / "Format-Serving" / "tflite").read_bytes()
    return rows.labels, inference.Predictor(content).predict(rows.inputs)[:, 1].astype(np.float64)


def read(measured: Any, name: str) -> Any:
    return json.loads((measured.path("intervals") / name).read_text())


def test_the_metrics_are_those_of_the_shipped_file_with_an_interval_around_each(
    measured: Any, predicted: tuple
) -> None:
    overall = read(measured, "intervals.json")["slices"][0]
    assert (overall["slice"], overall["rows"]) == ("overall", 1_000)
    assert overall["metrics"]["auc"]["value"] == pytest.approx(roc_auc_score(*predicted))
    for entry in (*overall["metrics"].values(), *overall["rates"].values()):
        assert entry["low"] < entry["value"] < entry["high"]
    assert measured["intervals"].get_int_custom_property("metrics") == len(overall["metrics"]) == 5


def test_slices_are_those_of_the_table(measured: Any, road: Any) -> None:
    with (road.folder / "test.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    found = {entry["slice"]: entry["rows"] for entry in read(measured, "intervals.json")["slices"]}
    assert found["sex=Female"] == sum(row["sex"] == "Female" for row in rows)
    assert found["race=Black, sex=Male"] == sum((row["race"], row["sex"]) == ("Black", "Male") for row in rows)
    assert measured["intervals"].get_int_custom_property("slices") == len(found)


def test_the_counts_behind_the_threshold_slider_are_those_of_the_raw_predictions(
    measured: Any, predicted: tuple
) -> None:
    labels, scores = predicted
    counts = read(measured, "curves.json")["confusion"]
    for place in (0, 7, 50, 93, 100):
        tn, fp, fn, tp = confusion_matrix(labels, scores > place / 100, labels=[0, 1]).ravel()
        found = [
            counts[f"{name}s"][place] for name in ("true_negative", "false_positive", "false_negative", "true_positive")
        ]
        assert found == [tn, fp, fn, tp]
