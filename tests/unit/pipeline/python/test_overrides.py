"""Settings as arguments of a call, as `--set` has them."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.config import reading
from pipeline.python.overrides import texts

pytestmark = pytest.mark.unit


def applied(drafted: dict, settings: dict) -> dict:
    for text in texts(settings):
        reading.apply(drafted, text)
    return drafted


def test_a_section_changes_what_it_names_and_keeps_the_rest() -> None:
    drafted = {"tuner": {"factor": 4, "search_space": {"units": [64], "layers": [1]}}}
    settings = {"tuner": {"max_epochs": 3, "search_space": {"units": (8, 16)}}, "seed": 5}
    assert applied(drafted, settings) == {
        "tuner": {"factor": 4, "max_epochs": 3, "search_space": {"units": [8, 16], "layers": [1]}},
        "seed": 5,
    }


def test_a_dotted_key_sets_the_whole() -> None:
    drafted = {"evaluation": {"slices": [["sex"]], "gates": {"auc": {"minimum": 0.7, "max_drop": 0.02}}}}
    settings = {"evaluation.gates": {"accuracy": {"minimum": 0.8}}}
    assert applied(drafted, settings)["evaluation"] == {"slices": [["sex"]], "gates": {"accuracy": {"minimum": 0.8}}}


@pytest.mark.parametrize(
    "value",
    ["yes", "on", "1", "a: b", 'quo"te', "é\n", "", None, True, 1e-05, 0.0005, -3, ["a", None], [], {}, {"a b": 1}],
)
def test_a_value_stays_what_it_is(value: object) -> None:
    assert applied({}, {"section": {"key": value}}) == {"section": {"key": value}}


def test_values_of_numpy_and_paths_become_those_of_yaml(tmp_path: Path) -> None:
    settings = {"pruner": {"sparsity": np.float64(0.5), "epochs": np.int64(2)}, "a": {"b": np.array([1, 2])}}
    assert applied({}, settings) == {"pruner": {"sparsity": 0.5, "epochs": 2}, "a": {"b": [1, 2]}}
    assert applied({}, {"pusher": {"destination": tmp_path}}) == {"pusher": {"destination": str(tmp_path)}}
