"""The names under which the steps find the user's files."""

from pathlib import Path

import pytest

from modules.base.errors import UserError
from modules.base.settings import Data
from pipeline.wiring import staging

pytestmark = [pytest.mark.unit, pytest.mark.kubeflow]

ROOT = Path(__file__).parents[4]


def placed(**data: str | list[str] | None) -> Data:
    return staging.in_image(Data.model_validate(data), "/app")


def test_a_file_of_the_project_lies_in_the_image() -> None:
    data = placed(train=f"{ROOT}/data/x/train.csv", test=f"{ROOT}/t.csv")
    assert (data.train, data.test, data.schema_file) == ("/app/data/x/train.csv", "/app/t.csv", None)


def test_the_name_of_a_schema_holds_its_content_and_not_its_place(tmp_path: Path) -> None:
    names: list[str] = []
    for folder, text in (("a", "feature {}"), ("b", "feature {}"), ("c", "feature { }")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "schema.pbtxt").write_text(text)
        names.append(str(placed(train="gs://b/t.csv", schema_file=str(tmp_path / folder / "schema.pbtxt")).schema_file))
    assert names[0] == names[1] != names[2]
    assert names[0].startswith("embedded://") and names[0].endswith("/schema.pbtxt")


def test_a_copy_that_a_killed_run_left_half_written_is_written_again(tmp_path: Path) -> None:
    schema = tmp_path / "schema.pbtxt"
    schema.write_text("feature {}")
    copy = Path(staging.stage(str(schema), str(tmp_path / "artifacts")))
    copy.write_text("feat")
    assert staging.stage(str(schema), str(tmp_path / "artifacts")) == str(copy)
    assert copy.read_text() == "feature {}"
    assert [path.name for path in copy.parent.iterdir()] == ["schema.pbtxt"]


def test_each_part_of_a_list_and_a_pattern_has_its_place() -> None:
    assert placed(train=[f"{ROOT}/a/*.csv", "gs://b/c.csv"]).train == ["/app/a/*.csv", "gs://b/c.csv"]


@pytest.mark.parametrize("path", ["gs://b/t.csv", "s3://b/t.csv?region=eu", "package://tfx/t.csv"])
def test_what_is_found_from_anywhere_stays(path: str) -> None:
    assert placed(train=path).train == path


@pytest.mark.parametrize("path", ["/somewhere/t.csv", f"{ROOT.parent}/t.csv", f"{ROOT}-2/t.csv", "file:///t.csv"])
def test_what_no_container_can_open_is_refused_in_one_line(path: str) -> None:
    with pytest.raises(UserError) as caught:
        placed(train=path)
    assert str(caught.value).startswith(f"data.train: is {path}, which no container can open")
    assert "\n" not in str(caught.value)


def test_the_local_engine_copies_the_schema_and_leaves_the_tables_where_they_are(tmp_path: Path) -> None:
    (tmp_path / "schema.pbtxt").write_text("feature {}")
    data = Data(train="/a.csv", schema_file=str(tmp_path / "schema.pbtxt"))
    found = staging.staged(data, str(tmp_path / "root"))
    assert found.train == "/a.csv"
    assert found.schema_file is not None
    assert Path(found.schema_file).read_text() == "feature {}"
    assert found.schema_file.startswith(str(tmp_path / "root" / "staged"))
    assert staging.staged(Data(train="/a.csv"), "/none") == Data(train="/a.csv")
