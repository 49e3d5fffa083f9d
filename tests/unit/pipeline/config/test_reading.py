"""YAML as the config reads it: version 1.2, and nothing that fills the memory."""

import time
import tracemalloc
from pathlib import Path

import pytest

from pipeline.config import ConfigError, reading

pytestmark = pytest.mark.unit


def values(folder: Path, text: str) -> dict:
    path = folder / "pipeline.yaml"
    path.write_text(text)
    return reading.read(str(path))[0]


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        values(folder, text)
    message = str(caught.value)
    assert "\n" not in message
    return message.replace(f"{folder}/", "")


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "Yes", "NO", "y", "n"])
def test_what_yaml_1_1_took_for_a_truth_value_is_text(tmp_path: Path, word: str) -> None:
    assert values(tmp_path, f"key: {word}") == {"key": word}


def test_truth_values_numbers_null_and_texts_are_what_yaml_1_2_says(tmp_path: Path) -> None:
    text = "[true, False, null, ~, 1, 0o10, 1.5, 1e-3, 2024-01-01, 1:30, .inf]"
    assert values(tmp_path, f"key: {text}") == {
        "key": [True, False, None, None, 1, 8, 1.5, 0.001, "2024-01-01", "1:30", float("inf")]
    }


def test_every_key_and_entry_has_its_line(tmp_path: Path) -> None:
    path = tmp_path / "pipeline.yaml"
    path.write_text("a:\n  b: 1\n  # a comment\n  c:\n    - x\n    - y: 2\n")
    lines = reading.read(str(path))[1]
    assert lines == {("a",): 1, ("a", "b"): 2, ("a", "c"): 4, ("a", "c", "0"): 5, ("a", "c", "1"): 6} | {
        ("a", "c", "1", "y"): 6
    }


def test_an_alias_stands_for_its_value(tmp_path: Path) -> None:
    assert values(tmp_path, "a: &x [1, 2]\nb: *x\nc: {<<: {d: 3}}") == {"a": [1, 2], "b": [1, 2], "c": {"d": 3}}


def test_aliases_that_stand_for_billions_of_values_are_refused_at_once(tmp_path: Path) -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    tracemalloc.start()
    started = time.monotonic()
    message = refusal(tmp_path, "\n".join(levels))
    assert "holds more than 100,000 values once each alias (*) is written out. Write the values out" in message
    assert time.monotonic() - started < 10
    assert tracemalloc.get_traced_memory()[1] < 200e6
    tracemalloc.stop()


@pytest.mark.parametrize("text", ["a: " + "[" * 5_000, "a: " + "{b: " * 5_000, "a: " + "[" * 40 + "]" * 40])
def test_deep_nesting_is_refused(tmp_path: Path, text: str) -> None:
    assert refusal(tmp_path, text).startswith("pipeline.yaml:1: nests values more than 30 levels deep")


def test_nesting_by_aliases_is_refused(tmp_path: Path) -> None:
    levels = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 50)]
    assert "nests values more than 30 levels deep" in refusal(tmp_path, "\n".join(levels))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3", "pipeline.yaml:3: a is given twice, first in line 1. Keep one of them."),
        ("? [a, b]\n: 1", "pipeline.yaml:1: a key is a list or a mapping. Write the name of a setting."),
        ("a: !!python/object:os.system x", "pipeline.yaml:1: not valid YAML: could not determine a constructor"),
        ("a: *x", "pipeline.yaml:1: not valid YAML: found undefined alias"),
        ("a: !!int many", "pipeline.yaml: not valid YAML"),
        ("a: 1\n---\nb: 2", "pipeline.yaml:2: not valid YAML: but found another document"),
        ("a: 'x", "pipeline.yaml:1: not valid YAML"),
    ],
)
def test_what_is_not_a_config_is_refused_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    assert refusal(tmp_path, text).startswith(said)


def test_two_anchors_of_one_name_are_no_trouble(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    assert values(tmp_path, "a: &x 1\nb: &x 2\nc: *x") == {"a": 1, "b": 2, "c": 2}
    assert not recwarn
