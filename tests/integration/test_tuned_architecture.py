"""A student with the architecture that the Tuner found, from its training to every numeric form."""

from pathlib import Path
from typing import Any

import pytest
from tfx.types import standard_artifacts

from components.artifacts import ModelForms
from components.pruner import executor as pruner
from components.quantizer import executor as quantizer
from modules.contracts import architecture, model_forms, student_search
from modules.contracts.architecture import DENSE
from modules.training.model import architecture_of

pytestmark = pytest.mark.integration

CELL = {"kind": "micro", "nodes": 2, "cells": 1, "units": 16, "activation": "swish", "dropout": 0.1}
CELL |= {"operation_1": "gated", "operation_2": "cross", "input_2": 1, "second_2": 0, "normalization": "batch"}


def test_a_cell_that_the_tuner_found_is_distilled_pruned_and_quantized(
    road: Any, teacher: Any, tmp_path: Path, new_output: Any
) -> None:
    tuned = {"distillation": {"architecture": "tuned"}}
    student = road.train("Student", tmp_path, teacher, changes=tuned, best=CELL | {"learning_rate": 0.002})
    built = architecture.read(str(tmp_path / "run"))
    assert built is not None and built.architecture == architecture_of(CELL)
    assert student_search.read(str(tmp_path / "run")) == []

    runs = {"model_run": standard_artifacts.ModelRun}
    pruned = new_output(tmp_path / "pruned", pruned_model=standard_artifacts.Model, **runs)
    config = road.config("Pruner", **tuned)
    pruner.Executor().Do(road.inputs(model=student, teacher=teacher), pruned.artifacts, config)
    assert pruned["pruned_model"].get_float_custom_property("sparsity") == pytest.approx(0.5, abs=0.01)

    made = new_output(tmp_path / "quantized", forms=ModelForms, **runs)
    inputs = road.inputs(model=pruned["pruned_model"], teacher=teacher)
    quantizer.Executor().Do(inputs, made.artifacts, road.config("Quantizer", **tuned))
    forms = model_forms.read(made["forms"].uri)
    sizes = {name: len(form.content) for name, form in forms.items()}
    assert sizes["int8_qat"] < sizes["float32"]
    assert len([node for node in built.architecture.nodes if node.operation == DENSE]) == 4
