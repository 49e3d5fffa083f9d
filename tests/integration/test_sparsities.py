"""Several sparsities: every network in every form, run and held against each other by the real steps."""

from typing import Any

import pytest
from tfx.types import standard_artifacts

from components import artifacts
from components.ladder.executor import Executor as Ladder
from components.pruner.executor import Executor as Pruner
from components.quantizer.executor import Executor as Quantizer
from components.scorer.executor import Executor as Scorer
from components.selector.executor import Executor as Selector
from modules.contracts import ladder, model_forms, pruned, selection, tflite, training_curves
from modules.tflite import conversion, device
from modules.training import network as networks
from modules.training import serving

pytestmark = pytest.mark.integration

SPARSITIES = (0.5, 0.9)


@pytest.fixture(scope="module")
def sparser(road: Any, teacher: Any, student: Any, new_output: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    output = new_output(
        tmp_path_factory.mktemp("sparser"), pruned_model=standard_artifacts.Model, model_run=standard_artifacts.ModelRun
    )
    config = road.config("Pruner", pruner={"sparsity": list(SPARSITIES), "epochs": 1})
    Pruner().Do(road.inputs(model=student, teacher=teacher), output.artifacts, config)
    return output


@pytest.fixture(scope="module")
def made(road: Any, teacher: Any, sparser: Any, new_output: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("made")
    output = new_output(folder, forms=artifacts.ModelForms, model_run=standard_artifacts.ModelRun)
    inputs = road.inputs(model=sparser["pruned_model"], teacher=teacher)
    Quantizer().Do(inputs, output.artifacts, road.config("Quantizer"))
    return output


def test_the_networks_are_pruned_one_from_the_other(sparser: Any) -> None:
    uri = sparser["pruned_model"].uri
    found = pruned.read(uri)
    assert [one.sparsity for one in found] == list(SPARSITIES)
    milder, stronger = (serving.load_parts(pruned.directory(uri, found, one))[1] for one in found)
    for one, network in zip(found, (milder, stronger), strict=True):
        assert one.measured == pytest.approx(one.sparsity, abs=0.01)
        assert one.measured <= networks.sparsity(network, one.weights) < 1
        assert (network.input_shape[1], networks.hidden_units(network)) == (one.inputs[1], one.units[1])
    assert found[1].inputs[1] < found[0].inputs[1] <= found[0].inputs[0] == found[1].inputs[0]
    assert found[1].gzip_bytes < found[0].gzip_bytes < found[0].gzip_bytes_before


def test_the_learning_curve_goes_through_both_prunings(sparser: Any) -> None:
    curve = training_curves.read(sparser["model_run"].uri)
    assert curve.epochs == [1, 2]
    assert all(len(values) == 2 for values in curve.values.values())


def test_every_network_is_made_in_every_form_under_a_name_of_its_own(made: Any) -> None:
    found = model_forms.read(made["forms"].uri)
    assert list(found) == [f"{form}@{sparsity}" for sparsity in SPARSITIES for form in conversion.FORMS]
    for name, model in found.items():
        asked = float(name.partition("@")[2])
        assert model.card.sparsity is not None
        assert asked - 0.01 < model.card.sparsity < 1  # what is left out counts as zeros
    assert training_curves.read(made["model_run"].uri).epochs == [1]


def test_the_selector_chooses_among_all_points_and_the_ladder_measures_all(
    road: Any,
    teacher: Any,
    student: Any,
    made: Any,
    new_output: Any,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(device, "_CALLS", 20)
    folder = tmp_path_factory.mktemp("chosen")
    kinds = {"predictions": artifacts.Predictions, "validation_predictions": artifacts.Predictions}
    scored = new_output(folder, uncompressed=artifacts.ModelForms, **kinds)
    models = {"teacher": [teacher], "student": [student], "forms": [made["forms"]]}
    Scorer().Do(road.judged() | models, scored.artifacts, road.config("Scorer"))
    inputs = road.judged() | {"forms": [made["forms"]], "uncompressed": [scored["uncompressed"]]}
    chosen = new_output(folder, model=standard_artifacts.Model, selection=artifacts.Selection)
    asked = {
        "quantizer": {"form": "dynamic_range", "max_loss": 1.0},
        "evaluation": {"gates": {"auc": {"minimum": 0.5}}},
    }
    Selector().Do(
        inputs | {"validation_predictions": [scored["validation_predictions"]]},
        chosen.artifacts,
        road.config("Selector", **asked),
    )
    found = selection.read(chosen["selection"].uri)
    assert len(found.forms) == 10
    assert found.chosen.form.startswith("dynamic_range@")
    assert found.chosen.why.startswith("named by quantizer.form; at its sparsities, the smallest of 2 that keep")
    assert tflite.read_judged_card(chosen["model"].uri).form == found.chosen.form
    assert all(one.gzip_bytes < one.bytes for one in found.forms)

    measured = new_output(folder, ladder=artifacts.Ladder)
    inputs |= {"model": [chosen["model"]], "selection": [chosen["selection"]], "predictions": [scored["predictions"]]}
    Ladder().Do(inputs, measured.artifacts, road.config("Ladder"))
    rungs = [rung.form for rung in ladder.read(measured["ladder"].uri)]
    assert rungs[:3] == ["teacher", "student", "pruned@0.5"]
    assert rungs[7] == "pruned@0.9"
    assert len(rungs) == 12
