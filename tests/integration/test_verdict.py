"""The Verdict on real artifacts: the shipped file, 1,000 raw test rows of UCI Adult."""

import csv
import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tfx.components.evaluator import constants
from tfx.types import standard_artifacts

from benchmarks import evaluator
from components import artifacts
from components.verdict.executor import Executor
from modules.contracts import ladder, predictions, tflite, verdict
from modules.contracts.ladder import Rung
from modules.contracts.verdict import Verdict
from pipeline.wiring import evaluation

pytestmark = pytest.mark.integration

COMPRESSION = {"measure": "auc", "max_loss": 0.05, "slices": [["sex"]]}


@pytest.fixture(scope="module")
def inputs(road: Any, selected: Any, scored: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """The Verdict's inputs: the thresholds of the Evaluator hold."""
    folder = tmp_path_factory.mktemp("verdict")
    model = selected["model"]
    model.id = 7
    judged = {
        "examples": [road.output("TableExampleGen", "examples")],
        "schema": [road.output("SchemaCurator", "curated_schema")],
        "model": [model],
    }
    outputs = evaluator.new_outputs(str(folder))
    settings = road.settings.evaluation.model_copy(
        update={"gates": type(road.settings.evaluation.gates).model_validate({"auc": {"minimum": 0.5}}), "slices": []}
    )
    evaluator.ours(judged, outputs, evaluation.eval_config(settings, road.settings.label), str(folder))
    rungs = artifacts.Ladder()
    rungs.uri = str(folder / "ladder")
    ladder.write(rungs.uri, [Rung("int8_qat", {"auc": 0.9}, [], 5_000, 2_000, 0.5, 1.0, 2.0)])
    return road.judged() | {
        "evaluation": outputs["evaluation"],
        "model": [model],
        "predictions": [scored["predictions"]],
        "ladder": [rungs],
    }


class Judged:
    """What the Verdict wrote."""

    def __init__(self, road: Any, inputs: dict[str, list[Any]], output: Any, **promises: Any):
        Executor().Do(inputs, output.artifacts, road.config("Verdict", promises=promises))
        self.blessing = output["blessing"]
        self.files = [path.name for path in Path(self.blessing.uri).iterdir()]
        self.content = (output.path("verdict") / "verdict.json").read_bytes()
        self.verdict: Verdict = verdict.read(output["verdict"].uri)
        self.counts = [output["verdict"].get_int_custom_property(state) for state in ("kept", "broken", "undecided")]


@pytest.fixture
def judge(road: Any, inputs: Any, tmp_path: Path, new_output: Any) -> Any:
    kinds = {"verdict": artifacts.Verdict, "blessing": standard_artifacts.ModelBlessing}

    def run(name: str, others: dict[str, list[Any]] | None = None, **promises: Any) -> Judged:
        folder = tmp_path / name
        folder.mkdir()
        return Judged(road, inputs | (others or {}), new_output(folder, **kinds), **promises)

    return run


def test_without_promises_the_thresholds_alone_bless(judge: Any, inputs: Any) -> None:
    found = judge("plain")
    assert (found.verdict.may_ship, found.verdict.thresholds_hold, list(found.verdict.decisions)) == (True, True, [])
    assert found.files == [constants.BLESSED_FILE_NAME]
    assert found.blessing.get_int_custom_property(constants.ARTIFACT_PROPERTY_BLESSED_KEY) == 1
    assert found.blessing.get_int_custom_property(constants.ARTIFACT_PROPERTY_CURRENT_MODEL_ID_KEY) == 7
    judged = tflite.judged_digest(inputs["model"][0].uri)
    assert found.blessing.get_string_custom_property(artifacts.JUDGED) == judged


def test_a_broken_promise_keeps_a_model_from_shipping_whose_thresholds_hold(judge: Any) -> None:
    gap = {"gap": "demographic_parity_ratio", "columns": ["sex"], "minimum": 0.95}
    found = judge("broken", gaps=[gap], compression=[COMPRESSION], device={"max_bytes": 5_000})
    assert (found.verdict.may_ship, found.verdict.thresholds_hold) == (False, True)
    parity, women, men, size = found.verdict.decisions
    assert (parity.slice, parity.state, parity.stops) == ("sex=Female / sex=Male", "broken", True)
    assert [of.slice for of in (women, men)] == ["sex=Female", "sex=Male"]
    assert (size.value, size.state) == (5_000, "kept")
    assert (found.files, found.counts) == ([constants.NOT_BLESSED_FILE_NAME], [3, 1, 0])


def test_the_file_is_the_same_each_time_and_names_no_place(judge: Any) -> None:
    rates = [{"rate": "calibration", "minimum": 0.1, "slices": [["race"], ["education"]]}]
    first, second = (judge(name, rates=rates, compression=[COMPRESSION]) for name in ("first", "second"))
    assert first.content == second.content
    assert b"/" not in first.content.replace(b" / ", b"")


def test_a_form_damaged_for_one_group_is_refused_by_the_compression_promise_alone(
    judge: Any, road: Any, scored: Any, tmp_path: Path
) -> None:
    """The group is small: the metrics of all rows, and so the thresholds, hardly move."""
    with (road.folder / "test.csv").open(newline="") as file:
        damaged = np.array([row["sex"] == "Female" for row in csv.DictReader(file)])
    rows = predictions.read(scored["predictions"].uri)
    shipped = rows.by_rung["int8_qat"].copy()
    shipped[damaged] = 1 - shipped[damaged]
    harmed = artifacts.Predictions()
    harmed.uri = str(tmp_path / "harmed")
    predictions.write(harmed.uri, dataclasses.replace(rows, by_rung={**rows.by_rung, "int8_qat": shipped}))
    before = judge("before", quality=[{"metric": "auc", "minimum": 0.5}], compression=[COMPRESSION])
    after = judge(
        "after", {"predictions": [harmed]}, quality=[{"metric": "auc", "minimum": 0.5}], compression=[COMPRESSION]
    )
    assert [of.state for of in before.verdict.decisions] == ["kept", "kept", "kept"]
    assert [(of.slice, of.state) for of in after.verdict.decisions] == [
        ("overall", "kept"),
        ("sex=Female", "broken"),
        ("sex=Male", "kept"),
    ]
    assert (before.verdict.may_ship, after.verdict.may_ship) == (True, False)


def test_decisions_are_made_at_the_threshold_that_the_card_names(judge: Any, inputs: Any, tmp_path: Path) -> None:
    rates = [{"rate": "positive_rate", "maximum": 1.0}]
    before = judge("before", rates=rates).verdict.decisions[0].value
    model = standard_artifacts.Model()
    model.uri, made = str(tmp_path / "lower"), tflite.read_judged(inputs["model"][0].uri)
    card = dataclasses.replace(made.card, threshold=0.2)
    tflite.write_judged(model.uri, tflite.TfliteModel(made.content, card))
    after = judge("after", {"model": [model]}, rates=rates).verdict.decisions[0].value
    assert 0 < before < after < 1


def test_a_drop_is_measured_against_the_baseline_on_the_same_rows(judge: Any, quantized: Any, tmp_path: Path) -> None:
    model = standard_artifacts.Model()
    model.uri, model.id = str(tmp_path / "baseline"), 8
    tflite.write_judged(model.uri, tflite.read_form(quantized["forms"].uri, "float32"))
    quality = [{"metric": "accuracy", "max_drop": 0.1, "slices": [["sex"]]}]
    assert list(judge("alone", quality=quality).verdict.decisions) == []
    found = judge("compared", {"baseline_model": [model]}, quality=quality)
    assert [(of.slice, of.method, of.state) for of in found.verdict.decisions] == [
        ("sex=Female", "tango", "kept"),
        ("sex=Male", "tango", "kept"),
    ]
    assert found.blessing.get_int_custom_property(constants.ARTIFACT_PROPERTY_BASELINE_MODEL_ID_KEY) == 8
