"""The folder of pushed versions, local and in a bucket that a server on this machine keeps."""

from pathlib import Path
from typing import cast

import pytest
import tensorflow as tf
from pyarrow import fs

from components.tflite_pusher import versions
from components.tflite_pusher.publish import VersionTaken, publish, restore
from modules.contracts import pushed_folder
from modules.contracts.files import IncompleteArtifact
from modules.contracts.tflite import ModelCard, TfliteModel
from modules.tables import sources
from modules.tables.sources import Location
from tests.object_store import Store
from tests.unit.components.tflite_pusher.conftest import DIGEST, FILES, files

pytestmark = pytest.mark.unit


@pytest.fixture(params=["gs", "s3"])
def pushed(request: pytest.FixtureRequest, store: Store) -> str:
    """Returns the URI of the folder of versions."""
    return store.uri(request.param, "pushed")


def test_a_bucket_gets_the_files_of_a_version_the_card_last(store: Store, pushed: str, source: Path) -> None:
    assert publish(str(source), pushed, "7") == pushed.replace("/pushed?", "/pushed/7?")
    written = {name: content for name, content in store.objects.items() if not name.endswith("/")}
    assert written == {f"pushed/7/{name}": content for name, content in FILES.items()}
    assert store.written[-1] == "pushed/7/model.json"


def test_a_version_that_a_bucket_has_is_left_as_it_is_and_the_push_refused(
    store: Store, pushed: str, source: Path
) -> None:
    store.objects = {"pushed/7/model.tflite": b"theirs", "pushed/7/model.json": b"{1}"}
    with pytest.raises(VersionTaken):
        publish(str(source), pushed, "7")
    assert store.objects == {"pushed/7/model.tflite": b"theirs", "pushed/7/model.json": b"{1}"}


def test_a_version_without_its_card_is_not_complete_and_is_written_again(
    store: Store, pushed: str, source: Path
) -> None:
    store.objects = {"pushed/7/model.tflite": b"half"}
    publish(str(source), pushed, "7")
    assert store.objects["pushed/7/model.tflite"] == b"model"
    assert store.objects["pushed/7/model.json"] == FILES["model.json"]


def test_the_latest_version_of_a_bucket_is_the_newest_that_is_complete(store: Store, pushed: str) -> None:
    destination = pushed
    assert versions.latest(destination) is None
    store.objects = {
        "pushed/20240101/model.tflite": b"old",
        "pushed/20240101/model.json": b"{}",
        "pushed/20240202/model.tflite": b"new",
        "pushed/20240202/model.json": b"{}",
        "pushed/20240303/model.tflite": b"half",
    }
    assert versions.latest(destination) == "20240202"
    assert versions.contents(destination, "20240202") == {"model.tflite": b"new", "model.json": b"{}"}


def test_a_folder_of_this_machine_is_listed_alike_and_another_name_is_no_version(source: Path, tmp_path: Path) -> None:
    destination = tmp_path / "pushed"
    assert versions.latest(str(destination)) is None
    for name in (".20240303-on-its-way", "backup", "latest", "20240303.old", "2024-03-03", "\u0663"):
        publish(str(source), str(destination), name)
    assert versions.latest(str(destination)) is None
    for version in ("20240101", "20240202"):
        publish(str(source), str(destination), version)
    (destination / "20240404").mkdir()
    (destination / "20240404" / "model.tflite").write_bytes(b"half")
    assert versions.latest(str(destination)) == "20240202"
    assert versions.contents(str(destination), "20240101") == FILES


def test_a_remote_source_is_published(store: Store, pushed: str, tmp_path: Path) -> None:
    source = f"ram://{tmp_path.name}"
    for name, content in FILES.items():
        with tf.io.gfile.GFile(f"{source}/{name}", "wb") as file:
            file.write(content)
    publish(source, pushed, "7")
    assert store.objects["pushed/7/model.tflite"] == b"model"


def test_a_version_of_a_bucket_that_was_removed_or_damaged_is_made_whole(
    store: Store, pushed: str, source: Path
) -> None:
    path = publish(str(source), pushed, "7")
    whole, written = dict(store.objects), len(store.written)
    assert restore(str(source), path, DIGEST) == []
    assert len(store.written) == written
    store.objects = whole | {"pushed/7/model.tflite": b"mode"}
    assert restore(str(source), path, DIGEST) == ["model.tflite"]
    assert store.objects == whole
    store.objects = {}
    assert restore(str(source), path, DIGEST) == ["examples/predict.py", "model.tflite", "SHA256SUMS", "model.json"]
    assert store.objects == whole


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["cut", "changed", "removed"])
def test_a_version_of_this_machine_that_was_damaged_is_made_whole_and_nothing_else_is_left(
    source: Path, tmp_path: Path, name: str, damage: str
) -> None:
    path = Path(publish(str(source), str(tmp_path / "pushed"), "7"))
    (path / "notes.txt").write_text("mine")
    content = FILES[name]
    if damage == "removed":
        (path / name).unlink()
    else:
        (path / name).write_bytes(content[:-1] if damage == "cut" else b"X" + content[1:])
    assert restore(str(source), str(path), DIGEST) == [name]
    assert files(path) == {**FILES, "notes.txt": b"mine"}
    assert restore(str(source), str(path), DIGEST) == []


def test_a_version_that_was_removed_from_this_machine_is_published_again(source: Path, tmp_path: Path) -> None:
    path = Path(publish(str(source), str(tmp_path / "pushed"), "7"))
    path.rename(tmp_path / "elsewhere")
    assert sorted(restore(str(source), str(path), DIGEST)) == sorted(FILES)
    assert files(path) == FILES


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_restored_from_a_damaged_source(source: Path, tmp_path: Path, name: str) -> None:
    path = Path(publish(str(source), str(tmp_path / "pushed"), "7"))
    (source / name).write_bytes(FILES[name][:-1])
    assert restore(str(source), str(path), DIGEST) == []
    (path / "model.tflite").unlink()
    with pytest.raises(IncompleteArtifact, match=f"pushed model in {source}: "):
        restore(str(source), str(path), DIGEST)
    assert not (path / "model.tflite").exists()


def test_a_source_whose_digests_were_all_made_anew_is_not_what_was_pushed(source: Path, tmp_path: Path) -> None:
    path = Path(publish(str(source), str(tmp_path / "pushed"), "7"))
    another = ModelCard("int8_qat", [], [{"name": "probability", "classes": ["yes", "no"]}], "binary", "y")
    for folder in (source, path):
        pushed_folder.write(str(folder), TfliteModel(b"another", another))
    with pytest.raises(IncompleteArtifact, match="holds another SHA256SUMS than was pushed"):
        restore(str(source), str(path), DIGEST)


@pytest.mark.parametrize("remote", [False, True])
def test_a_new_version_has_a_name_behind_all_others_though_the_clock_went_back(
    store: Store, pushed: str, tmp_path: Path, remote: bool
) -> None:
    destination = pushed if remote else str(tmp_path / "pushed")
    first = versions.next_name(destination)
    assert len(first) == 17 and first.startswith("20")
    store.objects = {"pushed/99990101000000000/model.tflite": b"half", "pushed/notes/model.json": b"{}"}
    (tmp_path / "pushed" / "99990101000000000").mkdir(parents=True)
    assert versions.next_name(destination) == "99990101000000001"


def test_versions_stand_in_the_order_of_their_numbers(source: Path, tmp_path: Path) -> None:
    for version in ("9", "10"):
        publish(str(source), str(tmp_path), version)
    assert versions.latest(str(tmp_path)) == "10"


def test_a_folder_in_which_another_push_renames_is_listed_again(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(str(source), str(tmp_path / "pushed"), "7")
    troubled = Troubled(fs.LocalFileSystem(), times=3)
    monkeypatch.setattr(sources, "locate", lambda place: Location(cast(fs.FileSystem, troubled), place))
    assert versions.latest(str(tmp_path / "pushed")) == "7"
    troubled.times = 1_000
    with pytest.raises(FileNotFoundError, match="renamed"):
        versions.latest(str(tmp_path / "pushed"))


class Troubled:
    """A filesystem in which folders go while they are listed, so many times."""

    def __init__(self, real: fs.FileSystem, times: int) -> None:
        self.real, self.times = real, times

    def get_file_info(self, selector: fs.FileSelector) -> list[fs.FileInfo]:
        self.times -= 1
        if self.times >= 0:
            raise FileNotFoundError("renamed")
        return self.real.get_file_info(selector)
