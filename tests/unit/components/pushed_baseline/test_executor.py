"""What a new model is compared with where no engine looks it up."""

import json
from pathlib import Path
from typing import Any

import pytest
from tfx.types import standard_artifacts

from components.pushed_baseline.executor import ABSENT, Executor
from components.tflite_pusher.publish import publish

pytestmark = [pytest.mark.unit, pytest.mark.kubeflow]


def found(tmp_path: Path) -> Any:
    model = standard_artifacts.Model()
    model.uri = str(tmp_path / "model")
    Executor().Do({}, {"model": [model]}, {"destination": str(tmp_path / "pushed"), "code": ""})
    return model


def push(tmp_path: Path, version: str) -> None:
    source = tmp_path / version
    source.mkdir()
    (source / "model.tflite").write_bytes(f"model {version}".encode())
    (source / "model.json").write_text(json.dumps({"version": version}))
    publish(str(source), str(tmp_path / "pushed"), version)


def test_before_the_first_push_the_output_stands_for_no_model(tmp_path: Path) -> None:
    model = found(tmp_path)
    assert model.get_int_custom_property(ABSENT) == 1
    assert not (tmp_path / "model").exists()


def test_the_version_pushed_last_lies_where_tfma_reads_a_tflite(tmp_path: Path) -> None:
    push(tmp_path, "20240101")
    push(tmp_path, "20240202")
    model = found(tmp_path)
    assert model.get_int_custom_property(ABSENT) == 0
    assert model.get_string_custom_property("pushed_version") == "20240202"
    assert (tmp_path / "model" / "Format-Serving" / "tflite").read_bytes() == b"model 20240202"
    assert json.loads((tmp_path / "model" / "Format-Serving" / "model.json").read_text()) == {"version": "20240202"}
