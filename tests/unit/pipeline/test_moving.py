"""Where artifacts lie once their output folder was moved."""

from pathlib import Path

import pytest

from pipeline import moving

pytestmark = pytest.mark.unit


@pytest.fixture
def output(tmp_path: Path) -> str:
    (tmp_path / "new" / "artifacts" / "Trainer" / "model" / "7").mkdir(parents=True)
    return str(tmp_path / "new")


@pytest.mark.parametrize("before", ["/old/out", "/old/artifacts/out", "/artifacts"])
def test_an_artifact_is_where_its_output_folder_is(output: str, before: str) -> None:
    now = f"{output}/artifacts/Trainer/model/7"
    assert moving.placed(f"{before}/artifacts/Trainer/model/7", output) == now
    assert moving.placed(now, output) == now


@pytest.mark.parametrize(
    "uri", ["gs://bucket/artifacts/Trainer/model/7", "/old/Trainer/model/7", "/old/artifacts/Trainer/model/8", "", "x"]
)
def test_what_is_not_in_the_folder_stays_where_it_was_said_to_be(output: str, uri: str) -> None:
    assert moving.placed(uri, output) == uri


def test_a_path_that_a_step_recorded_moves_along(output: str) -> None:
    recorded = {"current_model": "/old/artifacts/Trainer/model/7", "rows": 5, "form": "int8"}
    placed = moving.placed_in_properties(recorded, output)
    assert placed == recorded | {"current_model": f"{output}/artifacts/Trainer/model/7"}
