import json

import pytest

from components.quantizer.card import model_card
from modules.features import feature_table
from modules.settings import Features

pytestmark = pytest.mark.unit


def test_the_card_says_what_goes_in_and_what_comes_out() -> None:
    table = feature_table({"age": "int64", "wage €": "float32", "job": "string", "y": "string"}, Features(), "y")
    assert model_card(table, ["no", "yes"], "int8_qat") == {
        "form": "int8_qat",
        "inputs": [
            {"name": "wage €", "tensor": "wage", "dtype": "float32", "shape": [None, 1], "missing": None},
            {"name": "age", "tensor": "age", "dtype": "int64", "shape": [None, 1], "missing": -9223372036854775808},
            {"name": "job", "tensor": "job", "dtype": "string", "shape": [None, 1], "missing": ""},
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
        "label": "y",
    }


def test_the_card_is_strict_json() -> None:
    table = feature_table({"wage": "float32", "y": "string"}, Features(), "y")
    json.dumps(model_card(table, ["no", "yes"], "float32"), allow_nan=False)
