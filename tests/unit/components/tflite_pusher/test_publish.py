import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from components.tflite_pusher.publish import publish
from tests.unit.components.tflite_pusher.conftest import FILES

pytestmark = pytest.mark.unit


@pytest.fixture
def destination(tmp_path: Path) -> Path:
    return tmp_path / "some" / "where" / "pushed"


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_version_is_a_copy_of_the_source(source: Path, destination: Path) -> None:
    assert publish(str(source), str(destination), "7") == str(destination / "7")
    assert files(destination / "7") == FILES
    assert files(source) == FILES


def test_nothing_but_the_version_is_left(source: Path, destination: Path) -> None:
    publish(str(source), str(destination), "7")
    publish(str(source), str(destination), "8")
    assert sorted(os.listdir(destination)) == ["7", "8"]


def test_a_version_that_is_there_is_left_as_it_is(source: Path, destination: Path) -> None:
    publish(str(source), str(destination), "7")
    (source / "model.tflite").write_bytes(b"another")
    assert publish(str(source), str(destination), "7") == str(destination / "7")
    assert files(destination / "7") == FILES
    assert os.listdir(destination) == ["7"]


def test_a_copy_that_fails_midway_leaves_no_version_and_no_remains(
    source: Path, destination: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []

    def copy_half(_: str, target: str) -> None:
        os.mkdir(target)
        (Path(target) / "model.tflite").write_bytes(b"mod")
        seen.append([name for name in os.listdir(destination) if not name.startswith(".")])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copytree", copy_half)
    with pytest.raises(OSError, match="No space left"):
        publish(str(source), str(destination), "7")
    assert seen == [[]]
    assert os.listdir(destination) == []


def test_a_reader_sees_no_version_before_it_is_complete(
    source: Path, destination: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = os.rename
    moved: list[dict[str, bytes]] = []

    def watched(staged: Any, target: Any) -> None:
        assert not Path(target).exists()
        assert Path(staged).parent == destination  # on one filesystem, where a rename is atomic
        assert Path(staged).name.startswith(".")
        moved.append(files(Path(staged)))
        rename(staged, target)

    monkeypatch.setattr(os, "rename", watched)
    publish(str(source), str(destination), "7")
    assert moved == [FILES]


def test_of_two_who_publish_a_version_at_once_the_first_wins(
    source: Path, destination: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_late(_: Any, target: Any) -> None:
        os.mkdir(target)
        (Path(target) / "model.tflite").write_bytes(b"theirs")
        raise OSError(39, "Directory not empty")

    monkeypatch.setattr(os, "rename", too_late)
    assert publish(str(source), str(destination), "7") == str(destination / "7")
    assert files(destination / "7") == {"model.tflite": b"theirs"}
    assert os.listdir(destination) == ["7"]


def test_a_rename_that_fails_for_another_reason_is_an_error(
    source: Path, destination: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(PermissionError):
        publish(str(source), str(destination), "7")
    assert os.listdir(destination) == []
