"""The Evaluator on real artifacts: the shipped file, 1,000 raw test rows of UCI Adult."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import tensorflow_model_analysis as tfma
from tfx.components.evaluator import constants
from tfx.types import standard_artifacts

from benchmarks import evaluator
from components import artifacts
from components.evaluator import executor
from components.verdict import blessings as blessing_files
from modules.contracts import predictions, tflite
from modules.judging import tfma_results
from modules.tflite.inference import Kernels
from pipeline.wiring import evaluation

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def inputs(road: Any, selected: Any) -> dict[str, list[Any]]:
    model = selected["model"]
    model.id = 7
    return {
        "examples": [road.output("TableExampleGen", "examples")],
        "schema": [road.output("SchemaCurator", "curated_schema")],
        "model": [model],
    }


@pytest.fixture(scope="module")
def baseline(quantized: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The float32 form, as a baseline."""
    model = standard_artifacts.Model()
    model.uri, model.id = str(tmp_path_factory.mktemp("baseline")), 8
    tflite.write_judged(model.uri, tflite.read_form(quantized["forms"].uri, "float32"))
    return model


def evaluate(road: Any, inputs: dict, folder: Path, run: Any, **gates: dict) -> dict[str, Any]:
    settings = road.settings.evaluation.model_copy(
        # Crosses, and more slices, are compared with TFMA's on fewer rows in test_evaluator_parity.py.
        update={"gates": type(road.settings.evaluation.gates).model_validate(gates), "slices": [["sex"]]}
    )
    outputs = evaluator.new_outputs(str(folder))
    run(inputs, outputs, evaluation.eval_config(settings, road.settings.label), str(folder))
    return {name: artifacts[0] for name, artifacts in outputs.items()}


def test_numbers_blessing_and_properties_are_those_of_the_stock_evaluator(
    road: Any, inputs: dict, baseline: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executor.Executor, "kernels", Kernels.REFERENCE)  # TFMA asks for no delegate
    with_baseline = inputs | {"baseline_model": [baseline]}
    gates = {"auc": {"minimum": 0.7, "max_drop": 0.5}, "accuracy": {"minimum": 0.6}}
    runs = {"ours": evaluator.ours, "stock": evaluator.stock}
    found = {name: evaluate(road, with_baseline, tmp_path / name, run, **gates) for name, run in runs.items()}
    for is_baseline in (False, True):
        results = [tfma_results.load(of["evaluation"].uri, is_baseline) for of in found.values()]
        slices = [dict(result.slicing_metrics) for result in results]
        assert slices[0].keys() == slices[1].keys()
        assert len(slices[0]) == 3
        for key, expected in slices[1].items():
            metrics, expected = slices[0][key][""][""], expected[""][""]
            assert metrics.keys() == expected.keys()
            for name, value in expected.items():
                # Float kernels of TensorFlow's own interpreter may round otherwise; no decision hangs on it here.
                tolerance = 1e-6 if name in ("mean_prediction", "calibration") else 1e-9
                if not name.startswith("auc"):
                    assert metrics[name]["doubleValue"] == pytest.approx(
                        value["doubleValue"], abs=tolerance, nan_ok=True
                    )
    judged = found["ours"]["evaluation"].get_string_custom_property(artifacts.JUDGED)
    assert judged == tflite.judged_digest(inputs["model"][0].uri)
    holds = tfma.load_validation_result(found["ours"]["evaluation"].uri).validation_ok
    blessing_files.write(found["ours"]["blessing"], with_baseline, judged, holds)  # as the Verdict does
    blessings = [of["blessing"] for of in found.values()]
    assert blessings[0].mlmd_artifact.custom_properties.pop(artifacts.JUDGED).string_value == judged
    # As a dict: a map of protobuf has no order of its own, and prints in another one from process to process.
    properties = [(dict(b.mlmd_artifact.custom_properties), [p.name for p in Path(b.uri).iterdir()]) for b in blessings]
    assert properties[0] == properties[1]
    assert blessings[0].get_int_custom_property(constants.ARTIFACT_PROPERTY_BLESSED_KEY) == 1
    assert blessings[0].get_int_custom_property(constants.ARTIFACT_PROPERTY_BASELINE_MODEL_ID_KEY) == 8


def test_what_is_judged_is_what_devices_answer(road: Any, inputs: dict, scored: Any, tmp_path: Path) -> None:
    found = evaluate(road, inputs, tmp_path, evaluator.ours, auc={"minimum": 0.5})
    predicted = predictions.read(scored["predictions"].uri, "int8_qat")
    means = [float(of["int8_qat"][:, 1].mean(dtype=float)) for of in (predicted.by_rung, predicted.reference)]
    measured = tfma_results.load(found["evaluation"].uri).slicing_metrics[0][1][""][""]["mean_prediction"][
        "doubleValue"
    ]
    assert abs(measured - means[0]) < 1e-9 < abs(measured - means[1])


def test_a_model_that_misses_a_threshold_does_not_pass(road: Any, inputs: dict, tmp_path: Path) -> None:
    found = evaluate(road, inputs, tmp_path, evaluator.ours, auc={"minimum": 0.999})
    assert not list(Path(found["blessing"].uri).iterdir())  # the Verdict alone blesses
    assert not tfma.load_validation_result(found["evaluation"].uri).validation_ok


def test_a_baseline_gets_missing_values_for_a_column_that_is_gone(
    road: Any, inputs: dict, baseline: Any, tmp_path: Path
) -> None:
    gone, model = standard_artifacts.Model(), tflite.read_judged(baseline.uri)
    gone.uri = str(tmp_path / "gone")
    inputs_of_old = [{**spec, "name": f"{spec['name']} of old"} for spec in model.card.inputs[:2]]
    card = dataclasses.replace(model.card, inputs=[*inputs_of_old, *model.card.inputs[2:]])
    tflite.write_judged(gone.uri, tflite.TfliteModel(model.content, card))
    kinds = {"baseline_model": [gone]}
    found = evaluate(road, inputs | kinds, tmp_path / "run", evaluator.ours, auc={"minimum": 0.5, "max_drop": 0.5})
    assert 0.5 < tfma_results.baseline_metrics(found["evaluation"].uri)["auc"] < 1
