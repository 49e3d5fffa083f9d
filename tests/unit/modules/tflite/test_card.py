import json
from typing import Any

import pytest

from modules.base.settings import Features
from modules.features.table import feature_table
from modules.tasks import Target
from modules.tflite.card import model_card

pytestmark = pytest.mark.unit

BINARY = Target("binary", ("no", "yes"))
NUMBER = {"kind": "numeric", "shape": [None, 1]}


def test_the_card_says_what_goes_in_and_what_comes_out() -> None:
    dtypes = {"age": "int64", "wage €": "float32", "job": "string", "since": "int64", "y": "string"}
    table = feature_table(dtypes, Features(timestamps=["since"]), "y")
    lowest = -9223372036854775808
    numeric, categorical = {"kind": "numeric", "shape": [None, 1]}, {"kind": "categorical", "shape": [None, 1]}
    timestamp = {"kind": "timestamp", "unit": "seconds since 1970-01-01T00:00:00Z", "shape": [None, 1]}
    assert model_card(table, BINARY, "int8_qat").to_json() == {
        "form": "int8_qat",
        "inputs": [
            {"name": "wage €", "tensor": "wage", "dtype": "float32", "missing": None} | numeric,
            {"name": "age", "tensor": "age", "dtype": "int64", "missing": lowest} | numeric,
            {"name": "since", "tensor": "since", "dtype": "int64", "missing": lowest} | timestamp,
            {"name": "job", "tensor": "job", "dtype": "string", "missing": ""} | categorical,
        ],
        "outputs": [
            {
                "name": "probability",
                "dtype": "float32",
                "shape": [None, 1],
                "meaning": "probability of 'yes'",
                "classes": ["no", "yes"],
            }
        ],
        "task": "binary",
        "label": "y",
        "threshold": 0.5,
    }


@pytest.mark.parametrize(
    ("target", "output"),
    [
        (
            Target("multiclass", ("a", "b", "c")),
            {
                "name": "probabilities",
                "shape": [None, 3],
                "meaning": "probability of each class",
                "classes": ["a", "b", "c"],
            },
        ),
        (
            Target("regression"),
            {"name": "prediction", "shape": [None, 1], "meaning": "y, in the table's own unit"},
        ),
    ],
    ids=lambda value: value.task if isinstance(value, Target) else "",
)
def test_the_card_describes_the_answer_of_every_task(target: Target, output: dict[str, Any]) -> None:
    card = model_card(feature_table({"wage": "float32", "y": "string"}, Features(), "y"), target, "float32")
    assert card.task == target.task
    assert card.outputs == [{"dtype": "float32"} | output]


def test_a_weight_is_no_input() -> None:
    dtypes = {"wage": "float32", "count": "int64", "y": "string"}
    card = model_card(feature_table(dtypes, Features(), "y", "count"), BINARY, "float32")
    assert [entry["name"] for entry in card.inputs] == ["wage"]


def test_the_card_is_strict_json() -> None:
    table = feature_table({"wage": "float32", "y": "string"}, Features(), "y")
    json.dumps(model_card(table, BINARY, "float32").to_json(), allow_nan=False)
