"""The Verdict on real artifacts: the shipped file, 1,000 raw test rows of UCI Adult."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tfx.components.evaluator import constants
from tfx.types import standard_artifacts
from tfx.utils import path_utils

from benchmarks import evaluator
from components import artifacts, raw_rows, training_inputs
from components.debugger.methods import benchmark_models
from components.scorer import scoring
from components.verdict.executor import Executor
from modules import tasks
from modules.base import questions
from modules.contracts import debugging, ladder, predictions, tflite, verdict
from modules.contracts.ladder import Rung
from modules.contracts.method_results import MethodResult
from modules.contracts.verdict import Verdict
from modules.graph.encoding import encoded_names
from modules.graph.preprocessing import load_profile
from modules.training import grafted, serving
from modules.training.model import Architecture, build_network
from pipeline.wiring import evaluation

pytestmark = pytest.mark.integration

COMPRESSION = {"measure": "auc", "max_loss": 0.05, "slices": [["sex"]]}


def inputs_of(
    road: Any, model: Any, predicted: Any, folder: Path, gates: dict[str, dict[str, float]]
) -> dict[str, list[Any]]:
    """Returns the Verdict's inputs, with what the Evaluator measured of a model and its thresholds."""
    judged = {
        "examples": [road.output("TableExampleGen", "examples")],
        "schema": [road.output("SchemaCurator", "curated_schema")],
        "model": [model],
    }
    outputs = evaluator.new_outputs(str(folder))
    settings = road.settings.evaluation.model_copy(
        update={"gates": type(road.settings.evaluation.gates).model_validate(gates), "slices": []}
    )
    evaluator.ours(judged, outputs, evaluation.eval_config(settings, road.settings.label), str(folder))
    rungs = artifacts.Ladder()
    rungs.uri = str(folder / "ladder")
    form = tflite.read_judged_card(model.uri).form
    ladder.write(rungs.uri, [Rung(tasks.rung_name(form), {"auc": 0.9}, [], 5_000, 2_000, 0.5, 1.0, 2.0)])
    return road.judged() | {
        "evaluation": outputs["evaluation"],
        "model": [model],
        "predictions": [predicted],
        "ladder": [rungs],
    }


@pytest.fixture(scope="module")
def inputs(road: Any, selected: Any, scored: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """The Verdict's inputs: the thresholds of the Evaluator hold."""
    model = selected["model"]
    model.id = 7
    return inputs_of(road, model, scored["predictions"], tmp_path_factory.mktemp("verdict"), {"auc": {"minimum": 0.5}})


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


# Far beyond what a unit sums up: with it taken off, a unit is off.
FAR = 1_000.0


def with_units_of_a_group(student: Any, element: int, harm: float) -> Any:
    """Returns the student with its last hidden units twice: those that are added answer to one group's rows alone.

    Args:
        student: Two hidden layers of relu.
        element: That of the encoded vector which is 1 in the group's rows, and 0 in all others.
        harm: What the last layer gives the added units, as a share of the weights of those that were there: 0 leaves
            every answer as it is, -2 turns those of the group around.
    """
    (first, first_bias), (second, second_bias), (last, last_bias) = [
        layer.get_weights() for layer in student.layers if layer.weights
    ]
    width, units = second.shape
    passed_on = np.zeros((len(first), 1))
    passed_on[element] = 1.0
    widened = build_network(len(first), Architecture.stack([width + 1, 2 * units], "relu", 0.0), seed=1)
    of_all = np.concatenate([second, np.zeros((1, units))])
    of_group = np.concatenate([second, np.full((1, units), FAR)])
    widened.set_weights(
        [
            np.concatenate([first, passed_on], axis=1),
            np.append(first_bias, 0.0),
            np.concatenate([of_all, of_group], axis=1),
            np.concatenate([second_bias, second_bias - FAR]),
            np.concatenate([last, harm * last]),
            last_bias,
        ]
    )
    return widened


@pytest.mark.parametrize(("harm", "refused"), [(0.0, []), (-2.0, ["race=Asian-Pac-Islander"])])
def test_a_last_layer_damaged_for_one_group_is_refused_by_the_compression_promise_alone(
    harm: float, refused: list[str], judge: Any, road: Any, student: Any, quantized: Any, scored: Any, tmp_path: Path
) -> None:
    """The group is small: the metrics of all rows, and so the thresholds, hardly move."""
    run = training_inputs.start(road.judged(), road.config("Scorer"))
    encoder, network = serving.load_parts(path_utils.serving_model_path(student.uri))
    names = encoded_names(load_profile(run.output), encoder.get_config()["encoding"])
    damaged = with_units_of_a_group(network, names.index(("race", "category[Asian-Pac-Islander]")), harm)
    stock = tflite.read_form(quantized["forms"].uri, "float32")
    content = grafted.convert(stock.content, run, encoder, damaged)
    model = standard_artifacts.Model()
    model.uri = str(tmp_path / "model")
    tflite.write_judged(model.uri, tflite.TfliteModel(content, stock.card))

    rows = predictions.read(scored["predictions"].uri)
    raw = raw_rows.read(run, training_inputs.split_files(road.judged(), "test")).inputs
    predicted = artifacts.Predictions()
    predicted.uri = str(tmp_path / "predictions")
    by_rung = {"student": rows.by_rung["student"], **scoring.score({"pruned": content}, raw)}
    predictions.write(predicted.uri, dataclasses.replace(rows, by_rung=by_rung))
    gates = {"auc": {"minimum": 0.8}, "accuracy": {"minimum": 0.75}, "recall": {"minimum": 0.4}}
    found = judge(
        "judged",
        inputs_of(road, model, predicted, tmp_path, gates),
        quality=[{"metric": name, **gate} for name, gate in gates.items()],
        compression=[
            {"measure": "accuracy", "max_loss": 0.05},
            {"measure": "accuracy", "max_loss": 0.05, "slices": [["race"]]},
        ],
    )
    assert found.verdict.thresholds_hold
    broken = [of for of in found.verdict.decisions if of.state == "broken"]
    assert [(of.kind, of.slice) for of in broken] == [("compression", name) for name in refused]
    assert found.verdict.may_ship == (not refused)


def test_decisions_are_made_at_the_threshold_that_the_card_names(judge: Any, inputs: Any, tmp_path: Path) -> None:
    rates = [{"rate": "positive_rate", "maximum": 1.0}]
    before = judge("before", rates=rates).verdict.decisions[0].value
    model = standard_artifacts.Model()
    model.uri, made = str(tmp_path / "lower"), tflite.read_judged(inputs["model"][0].uri)
    card = dataclasses.replace(made.card, threshold=0.2)
    tflite.write_judged(model.uri, tflite.TfliteModel(made.content, card))
    after = judge("after", {"model": [model]}, rates=rates).verdict.decisions[0].value
    assert 0 < before < after < 1


def test_a_plain_model_is_to_be_beaten_by_what_the_debugger_measured(judge: Any, asked: Any, tmp_path: Path) -> None:
    found, note = benchmark_models.benchmark(asked, questions.Debugger())
    assert found is not None
    results = artifacts.Debugging()
    results.uri = str(tmp_path / "debugging")
    debugging.write(results.uri, [MethodResult("benchmark_models", found, note)])
    beats = [
        {"benchmark": "constant"},
        {"benchmark": "linear", "margin": -0.2},
        {"benchmark": "boosted_trees", "margin": 0.2},
    ]
    decisions = judge("beaten", {"debugging": [results]}, beats=beats).verdict.decisions
    assert [(of.measure, of.state, of.method) for of in decisions] == [
        ("auc/constant", "kept", "delong"),
        ("auc/linear", "kept", "delong"),
        ("auc/boosted_trees", "broken", "delong"),
    ]
    gains = [one["gain"] for one in found["models"]]
    assert [of.value for of in decisions] == [gain["value"] for gain in gains]
    metrics = [one["metrics"]["auc"] for one in found["models"]]
    assert [found["shipped"]["auc"] - value for value in metrics] == pytest.approx([of.value for of in decisions])
    assert 0.8 < found["shipped"]["auc"] < 0.95


def baseline_of(quantized: Any, folder: Path, threshold: float = 0.5) -> Any:
    model = standard_artifacts.Model()
    model.uri, model.id = str(folder / f"baseline-{threshold}"), 8
    made = tflite.read_form(quantized["forms"].uri, "float32")
    card = dataclasses.replace(made.card, threshold=threshold)
    tflite.write_judged(model.uri, tflite.TfliteModel(made.content, card))
    return model


def test_a_drop_is_measured_against_the_baseline_on_the_same_rows(judge: Any, quantized: Any, tmp_path: Path) -> None:
    model = baseline_of(quantized, tmp_path)
    quality = [{"metric": "accuracy", "max_drop": 0.1, "slices": [["sex"]]}]
    assert list(judge("alone", quality=quality).verdict.decisions) == []
    found = judge("compared", {"baseline_model": [model]}, quality=quality)
    assert [(of.slice, of.method, of.state) for of in found.verdict.decisions] == [
        ("sex=Female", "tango", "kept"),
        ("sex=Male", "tango", "kept"),
    ]
    assert found.blessing.get_int_custom_property(constants.ARTIFACT_PROPERTY_BASELINE_MODEL_ID_KEY) == 8


def test_the_baseline_is_compared_at_the_threshold_of_its_own_card(judge: Any, quantized: Any, tmp_path: Path) -> None:
    quality = [{"metric": "recall", "max_drop": 0.1}]
    drops = {}
    for threshold in (0.5, 1.0):
        baseline = baseline_of(quantized, tmp_path, threshold)
        (drops[threshold],) = judge(
            f"at-{threshold}", {"baseline_model": [baseline]}, quality=quality
        ).verdict.decisions
    # Nothing is above 1: the baseline's recall is 0 there, and any other one is a gain.
    assert abs(drops[0.5].value) < 0.1
    assert drops[1.0].value < -0.3
