import datetime
import os
import shutil
import threading
import uuid
from pathlib import Path
from typing import Any

import pytest

from components.tflite_pusher import staging, versions
from components.tflite_pusher.publish import VersionTaken, publish, publish_next, restore
from modules.contracts import pushed_folder
from modules.contracts.pushed_versions import name_version
from tests.unit.components.tflite_pusher.conftest import FILES, files

pytestmark = pytest.mark.unit

MOMENT = datetime.datetime(2026, 11, 25, 10, 1, 0, 500_000, datetime.UTC)


@pytest.fixture
def destination(tmp_path: Path) -> Path:
    return tmp_path / "some" / "where" / "pushed"


def test_a_version_is_a_copy_of_the_source(source: Path, destination: Path) -> None:
    assert publish(str(source), str(destination), "7") == str(destination / "7")
    assert files(destination / "7") == FILES
    assert files(source) == FILES


def test_nothing_but_the_version_is_left(source: Path, destination: Path) -> None:
    publish(str(source), str(destination), "7")
    publish(str(source), str(destination), "8")
    assert sorted(os.listdir(destination)) == ["7", "8"]


def test_a_version_that_is_there_is_left_as_it_is_and_the_push_refused(source: Path, destination: Path) -> None:
    publish(str(source), str(destination), "7")
    (source / "model.tflite").write_bytes(b"another")
    with pytest.raises(VersionTaken, match=r"version 7 in .*pushed: is there already"):
        publish(str(source), str(destination), "7")
    assert files(destination / "7") == FILES
    assert os.listdir(destination) == ["7"]


def test_a_copy_that_fails_midway_leaves_no_version_and_no_remains(
    source: Path, destination: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []

    def copy_half(_: str, target: str, **__: Any) -> None:
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


def test_a_staging_folder_that_another_push_sweeps_at_once_is_made_again(
    source: Path, destination: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept: list[str] = []
    make = os.mkdir

    def swept_once(path: str) -> None:
        make(path)
        if not swept:
            swept.append(path)
            os.rmdir(path)

    destination.mkdir(parents=True)
    monkeypatch.setattr(os, "mkdir", swept_once)
    with staging.staging_folder(str(destination), "7") as folder:
        assert os.listdir(destination) == [os.path.basename(folder)]
    assert len(swept) == 1


def test_pushes_in_one_millisecond_are_as_many_versions(
    source: Path, destination: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "name_version", lambda _, names: name_version(MOMENT, names))
    begin = threading.Barrier(3)
    found: list[tuple[str, str]] = []

    def push(content: bytes) -> None:
        mine = source.parent / content.decode()

        def write(version: str) -> str:
            shutil.rmtree(mine, ignore_errors=True)
            shutil.copytree(source, mine)
            (mine / "model.json").write_bytes(content)
            return str(mine)

        begin.wait()
        found.append(publish_next(write, str(destination)))

    threads = [threading.Thread(target=push, args=(content,)) for content in (b"a", b"b", b"c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(version for version, _ in found) == ["20261125100100500", "20261125100100501", "20261125100100502"]
    assert sorted(files(Path(path))["model.json"] for _, path in found) == [b"a", b"b", b"c"]
    assert sorted(os.listdir(destination)) == sorted(version for version, _ in found)


def test_a_folder_in_which_every_name_is_taken_is_refused(
    source: Path, destination: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "next_name", lambda _: "7")
    publish(str(source), str(destination), "7")
    with pytest.raises(VersionTaken):
        publish_next(lambda _: str(source), str(destination))


def test_a_push_removes_what_killed_ones_left_and_not_what_others_are_making(
    source: Path, destination: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = destination / f".6-{'0' * 32}"
    left.mkdir(parents=True)
    (left / "model.tflite").write_bytes(b"half")
    (destination / ".kept-by-its-owner").mkdir()
    with staging.staging_folder(str(destination), "8") as theirs:
        assert staging.leftovers(str(destination)) == [str(left)]
        publish(str(source), str(destination), "7")
        assert sorted(os.listdir(destination)) == sorted([".kept-by-its-owner", "7", os.path.basename(theirs)])
    assert sorted(os.listdir(destination)) == [".kept-by-its-owner", "7"]


def test_a_rename_that_fails_for_another_reason_is_an_error(
    source: Path, destination: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(PermissionError):
        publish(str(source), str(destination), "7")
    assert os.listdir(destination) == []


def in_memory(source: Path) -> str:
    """Copies a folder to where TensorFlow reads it, and no path of this machine leads; returns its URI."""
    import tensorflow as tf

    folder = f"ram://{uuid.uuid4().hex}/version"
    for name, content in files(source).items():
        tf.io.gfile.makedirs(os.path.dirname(f"{folder}/{name}"))
        with tf.io.gfile.GFile(f"{folder}/{name}", "wb") as file:
            file.write(content)
    return folder


def test_remote_artifacts_are_published_to_a_folder_of_this_machine(source: Path, destination: Path) -> None:
    assert publish(in_memory(source), str(destination), "7") == str(destination / "7")
    assert files(destination / "7") == FILES
    assert os.listdir(destination) == ["7"]


def test_a_version_of_this_machine_is_made_whole_again_from_remote_artifacts(source: Path, destination: Path) -> None:
    remote = in_memory(source)
    path = publish(remote, str(destination), "7")
    shutil.rmtree(path)
    assert sorted(restore(remote, path, pushed_folder.digest(str(source)))) == sorted(FILES)
    assert files(destination / "7") == FILES
