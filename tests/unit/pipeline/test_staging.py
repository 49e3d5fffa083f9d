from pathlib import Path

import pytest

from pipeline.staging import stage

pytestmark = pytest.mark.unit


def test_an_edited_file_has_another_name_and_its_old_one_when_it_is_put_back(tmp_path: Path) -> None:
    file = tmp_path / "schema.pbtxt"
    staged = []
    for text in ("one", "two", "one"):
        file.write_text(text)
        staged.append(stage(str(file), str(tmp_path / "root")))
        assert Path(staged[-1]).read_text() == text
    assert staged[0] == staged[2] != staged[1]


def test_the_copy_lies_below_the_root_and_keeps_its_name(tmp_path: Path) -> None:
    file = tmp_path / "schema.pbtxt"
    file.write_text("one")
    staged = Path(stage(str(file), str(tmp_path / "root")))
    assert staged.name == "schema.pbtxt"
    assert tmp_path / "root" in staged.parents
    assert file.read_text() == "one"
