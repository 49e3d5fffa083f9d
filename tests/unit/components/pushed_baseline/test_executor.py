"""What a new model is compared with where no engine looks it up."""

from pathlib import Path
from typing import Any

import pytest
from tfx.types import standard_artifacts

from components.pushed_baseline.executor import ABSENT, Executor
from components.tflite_pusher.publish import publish
from modules.contracts import pushed_folder
from modules.contracts.files import IncompleteArtifact
from modules.contracts.tflite import ModelCard, TfliteModel, read_judged

pytestmark = [pytest.mark.unit, pytest.mark.kubeflow]


def found(tmp_path: Path) -> Any:
    model = standard_artifacts.Model()
    model.uri = str(tmp_path / "model")
    Executor().Do({}, {"model": [model]}, {"destination": str(tmp_path / "pushed"), "code": ""})
    return model


def push(tmp_path: Path, version: str) -> None:
    source = tmp_path / version
    output = {"name": "probability", "classes": ["no", "yes"]}
    card = ModelCard("int8_qat", [], [output], "binary", "y", pushed={"version": version})
    pushed_folder.write(str(source), TfliteModel(f"model {version}".encode(), card))
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
    pushed = (tmp_path / "pushed" / "20240202" / "model.json").read_bytes()
    assert (tmp_path / "model" / "Format-Serving" / "model.json").read_bytes() == pushed
    assert read_judged(str(tmp_path / "model")).card.pushed == {"version": "20240202"}


@pytest.mark.parametrize("name", ["model.tflite", "model.json", "SHA256SUMS"])
def test_a_damaged_version_is_no_baseline(tmp_path: Path, name: str) -> None:
    push(tmp_path, "20240202")
    path = tmp_path / "pushed" / "20240202" / name
    path.write_bytes(path.read_bytes()[:-2])
    with pytest.raises(IncompleteArtifact, match=f"version 20240202: .*{name.split('.')[0]}"):
        found(tmp_path)
