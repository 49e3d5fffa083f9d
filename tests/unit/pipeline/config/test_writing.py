from typing import Any

import pytest
import yaml
from ruamel.yaml import YAML

from pipeline.config.writing import flow

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "value",
    [
        "plain",
        "two words",
        "yes",
        "null",
        "1",
        "1.5",
        "2024-01-01",
        "a: b",
        "#3",
        "-",
        "",
        "é",
        "a\nb",
        "\x07",
        "\x1b",
        "\x85",
        "\ufeff",
        "\U00018d09",
        '"',
        "'",
        1,
    ]
    + [
        ["", "N/A"],
        "*x",
        "&x",
        "~",
        "0x1F",
        "1e3",
        "=",
        "{a}",
        "[a]",
        "%",
        "@a",
        "\\n",
        "a #b",
        "\u2028",
        "\x7f",
        "\x85",
        "Infinity",
        ".inf",
    ],
)
def test_values_survive_yaml_1_1_and_1_2(value: Any) -> None:
    text = f"key: {flow(value)}  # comment"
    assert yaml.safe_load(text) == {"key": value}
    assert YAML(typ="safe", pure=True).load(text) == {"key": value}


def test_values_stand_on_one_line_as_a_user_would_write_them() -> None:
    assert flow({"auc": {"minimum": 0.5}, "a b": [True, None]}) == '{auc: {minimum: 0.5}, "a b": [true, null]}'
