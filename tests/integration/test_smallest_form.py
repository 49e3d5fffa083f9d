"""Which form of a very small network ships: all five made, run and held against each other by the real steps."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tfx.types import standard_artifacts
from tfx.utils import path_utils

from components import artifacts, training_inputs
from components.quantizer.executor import Executor as Quantizer
from components.scorer.executor import Executor as Scorer
from components.selector.executor import Executor as Selector
from modules.base.records import ArtifactRecord
from modules.contracts import pruned, selection, tflite
from modules.contracts.pruned import PrunedNetwork
from modules.graph.encoding import Encoder
from modules.graph.preprocessing import load_profile
from modules.tflite import conversion, device
from modules.training import network as networks
from modules.training import serving
from modules.training.model import Architecture, build_network
from pipeline.lineage import StepRun
from pipeline.running import steps
from tests.integration.conftest import new_model

pytestmark = pytest.mark.integration


def export(road: Any, folder: Path, units: list[int]) -> Any:
    """Exports a network of one input, the first component alone, behind the road's preprocessing."""
    run = training_inputs.start(road.inputs(), road.config("Quantizer"))
    profile = load_profile(run.output)
    encoder = Encoder(
        dataclasses.replace(
            profile,
            numeric=tuple(dataclasses.replace(column, left_out="not asked for") for column in profile.numeric),
            categorical=tuple(dataclasses.replace(column, left_out="not asked for") for column in profile.categorical),
            reduction=dataclasses.replace(
                profile.reduction, component_deviations=profile.reduction.component_deviations[:1]
            ),
        ).to_json(),
        [],
    )
    assert encoder.width == 1
    network = build_network(encoder.width, Architecture.stack(units, "relu", 0.0), seed=1)
    # Without a negative weight the logit rises with the component, as a trained one would; and no bias is as another.
    network.set_weights(
        [
            np.abs(weight) if weight.ndim == 2 else np.linspace(-0.1, 0.1, len(weight))
            for weight in network.get_weights()
        ]
    )
    model = new_model(folder)
    serving.export(path_utils.serving_model_dir(model.uri), run, encoder, network)
    pruned.write(model.uri, [PrunedNetwork(0.0, 0.0, networks.weight_count(network), (1, 1), (1, 1), 0, 0)])
    return model


class Lineage:
    """Stands in for the lineage store: knows the Selector alone."""

    def __init__(self, uri: str):
        self._run = StepRun(1, False, {"selection": ArtifactRecord(1, uri, {})})

    def latest(self, _: str) -> StepRun:
        return self._run


@pytest.fixture
def try_all(road: Any, tmp_path: Path, new_output: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Returns a function that makes all forms of a network, and returns what the Selector wrote of them."""
    monkeypatch.setattr(device, "_CALLS", 20)

    def run(units: list[int]) -> str:
        model = export(road, tmp_path, units)
        made = new_output(tmp_path / "quantized", forms=artifacts.ModelForms, model_run=standard_artifacts.ModelRun)
        Quantizer().Do(road.inputs(model=model, teacher=model), made.artifacts, road.config("Quantizer"))
        kinds = {"predictions": artifacts.Predictions, "validation_predictions": artifacts.Predictions}
        scored = new_output(tmp_path / "scored", uncompressed=artifacts.ModelForms, **kinds)
        models = {"teacher": [model], "student": [model], "forms": [made["forms"]]}
        Scorer().Do(road.judged() | models, scored.artifacts, road.config("Scorer"))
        found = new_output(tmp_path / "selected", model=standard_artifacts.Model, selection=artifacts.Selection)
        inputs = road.judged() | {"forms": [made["forms"]]}
        inputs |= {key: [scored[key]] for key in ("uncompressed", "validation_predictions")}
        # Here size alone is asked for: the network is not trained, and int8_qat, which goes on training, is better.
        easy = {"quantizer": {"max_loss": 0.1}, "evaluation": {"gates": {"auc": {"minimum": 0.5}}}}
        Selector().Do(inputs, found.artifacts, road.config("Selector", **easy))
        uri: str = found["selection"].uri
        sizes = {form: len(tflite.read_form(made["forms"].uri, form).content) for form in conversion.FORMS}
        assert {one.form: one.bytes for one in selection.read(uri).forms} == sizes
        return uri

    return run


def test_a_network_that_grows_by_int8_ships_as_float32_and_the_reason_is_told(try_all: Any) -> None:
    """1-8-8-1: the scales of int8 take more than its few weights save."""
    uri = try_all([8, 8])
    tried = {one.form: one for one in selection.read(uri).forms}
    float32 = tried["float32"]
    assert float32.chosen
    for name in ("int8_ptq", "int8_qat"):
        assert tried[name].bytes > float32.bytes
        assert tried[name].why == f"keeps everything, and is {tried[name].bytes - float32.bytes:,} bytes larger"
    lineage: Any = Lineage(uri)
    said = f"float32, {float32.bytes:,} bytes: the smallest of 5 that keep everything; threshold 0.50"
    assert steps.describe("Selector", lineage, "auc") == said


def test_a_network_that_shrinks_by_int8_ships_as_int8(try_all: Any) -> None:
    """1-16-16-1: 256 weights between the hidden layers save a little more than all scales take."""
    made = selection.read(try_all([16, 16]))
    assert made.chosen.form in ("int8_ptq", "int8_qat")
    assert made.chosen.bytes < next(one.bytes for one in made.forms if one.form == "float32")
