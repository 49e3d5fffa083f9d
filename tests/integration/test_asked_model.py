"""What the methods of Explainer and Debugger are given, on real artifacts."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from components import asked_model
from components.artifacts import Debugging, Explanation
from modules.base import questions
from modules.contracts import debugging, explanation
from modules.explaining import raw_function
from modules.explaining.clock import Clock

pytestmark = pytest.mark.integration


def test_the_file_answers_as_the_predictions_that_were_judged(asked: Any) -> None:
    for rows, answers, many in (
        (asked.test, asked.test_answers, 1_000),
        (asked.validation, asked.validation_answers, 100),
    ):
        assert len(rows) >= many
        np.testing.assert_array_equal(asked.function(rows.rows)[:, 0], answers[:, 1])
    assert asked.test.labels.shape == (len(asked.test),)
    assert len(asked.training) > len(asked.validation)


def test_columns_that_the_model_does_not_read_are_beside_those_that_it_reads(asked: Any) -> None:
    assert set(asked.other_columns) == {"fnlwgt", "income"}
    read = {column.name for column in asked.function.columns}
    assert read == set(asked.test.rows)
    assert not read & set(asked.other_columns)
    assert {len(values) for values in asked.other_columns.values()} == {len(asked.test)}


def test_the_network_takes_the_road_of_the_file_and_has_gradients_by_column(asked: Any) -> None:
    rows = raw_function.taken(asked.test.rows, np.arange(40))
    network = asked.network
    encoded = network.encode(rows)
    assert encoded.shape == (40, len(network.names))
    logits = network.logits(encoded)[:, 0]
    probabilities = 1 / (1 + np.exp(-logits))
    assert np.abs(probabilities - asked.function(rows)[:, 0]).max() < 0.2  # pruned and quantized since
    gradients = network.gradients(encoded)
    step = np.random.default_rng(1).normal(size=encoded.shape).astype(np.float32)
    step *= 1e-3 / np.linalg.norm(step, axis=1, keepdims=True)
    expected = (network.logits(encoded + step)[:, 0] - network.logits(encoded - step)[:, 0]) / 2
    np.testing.assert_allclose((gradients * step).sum(axis=1), expected, atol=2e-6)
    by_column = network.by_column(gradients * encoded)
    assert set(by_column) <= {column.name for column in asked.function.columns} | {"components"}
    np.testing.assert_allclose(sum(by_column.values()), (gradients * encoded).sum(axis=1), rtol=1e-4, atol=1e-4)


def test_a_method_that_would_begin_after_the_seconds_is_left_out_and_says_so(asked: Any) -> None:
    late = asked_model.AskedModel(asked.run, asked.inputs, Clock(-1.0), asked.rows)
    methods = {"one": lambda asked, settings: ({"x": 1}, "")}
    (result,) = asked_model.ask(methods, late, questions.Explainer())
    assert (result.content, result.note) == (None, "Left out: the -1 seconds of this step were over.")
    (result,) = asked_model.ask(methods, asked, questions.Explainer())
    assert (result.content, result.note) == ({"x": 1}, "")


@pytest.mark.parametrize("step", ["Explainer", "Debugger"])
def test_each_method_leaves_a_result_and_the_same_for_the_same_seed(
    step: str, asked: Any, road: Any, tmp_path: Path, new_output: Any
) -> None:
    from components.debugger.executor import Executor as Debug
    from components.debugger.methods import METHODS as DEBUGGING
    from components.explainer.executor import Executor as Explain
    from components.explainer.methods import METHODS as EXPLAINING

    choices: dict[str, tuple[Any, ...]] = {
        "Explainer": (Explain, "explanation", Explanation, explanation.read, EXPLAINING),
        "Debugger": (Debug, "debugging", Debugging, debugging.read, DEBUGGING),
    }
    executor, key, kind, reader, methods = choices[step]
    found = []
    for run in ("first", "second"):
        output = new_output(tmp_path / run, **{key: kind})
        config = road.config(step, **{step.lower(): {"rows": 60, "seconds": 600}})
        executor().Do(asked.inputs, output.artifacts, config)
        found.append(reader(str(output.path(key))))
        assert output[key].get_int_custom_property("methods") == len(methods)
    assert [result.method for result in found[0]] == list(methods)
    assert found[0] == found[1]
