"""Parts of an output folder that a run may not write to. Root may, so that the answer of the system is a stand-in."""

import os
from pathlib import Path

import pytest

from modules.base.errors import UserError
from pipeline.running import rights

pytestmark = pytest.mark.unit

FOLDERS = ("logs", "artifacts/Tuner/model", "pushed", "reports/1", "report")
FILES = ("metadata.sqlite", ".running")


@pytest.fixture
def output(tmp_path: Path) -> Path:
    for name in FOLDERS:
        (tmp_path / "out" / name).mkdir(parents=True)
    for name in FILES:
        (tmp_path / "out" / name).touch()
    return tmp_path / "out"


def test_a_folder_that_is_ones_own_or_not_there_yet_is_fine(output: Path) -> None:
    rights.check_rights(str(output))
    rights.check_rights(str(output / "new"))


@pytest.mark.parametrize("part", ["", "artifacts", "artifacts/Tuner", "reports", *FOLDERS, *FILES])
def test_a_part_that_cannot_be_written_to_is_named_before_anything_runs(
    output: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    closed = os.path.join(output, part) if part else str(output / "")
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: os.path.samefile(path, closed) is False and access(path, mode))
    with pytest.raises(
        UserError, match="cannot be written to, and a run needs to .Permission denied.. Change its perm"
    ):
        rights.check_rights(str(output))


def test_a_file_in_the_place_of_a_folder_is_named(output: Path) -> None:
    (output / "logs").rmdir()
    (output / "logs").touch()
    with pytest.raises(UserError, match="logs: is a file, and a run needs a folder there"):
        rights.check_rights(str(output))
