"""A pushed folder with its papers: digests of all, and which file is the damaged one."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from tensorflow.lite.python import schema_py_generated as schema
from tensorflow.lite.tools import flatbuffer_utils

from modules.contracts import pushed_folder, sums, tflite
from modules.contracts.files import IncompleteArtifact
from modules.contracts.tflite import ModelCard, TfliteModel
from modules.tflite import metadata
from modules.tflite.metadata import FileMetadata

pytestmark = pytest.mark.unit

CARD = ModelCard("int8_qat", [], [{"name": "probability", "classes": ["no", "yes"]}], "binary", "y")
PAPERS = {"MODEL_CARD.md": b"# card\n", "examples/predict.py": b"print()\n"}
FILES = ["MODEL_CARD.md", "SHA256SUMS", "examples/predict.py", "model.json", "model.tflite"]
SAID = FileMetadata("y", "What y is.", "7", "", "", "")


def judged() -> bytes:
    empty = schema.ModelT()
    empty.version, empty.buffers = 3, [schema.BufferT()]
    return bytes(flatbuffer_utils.convert_object_to_bytearray(empty))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pushed_folder.write(str(tmp_path / "7"), TfliteModel(judged(), CARD), PAPERS, SAID)
    return tmp_path / "7"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def problem(folder: Path) -> str | None:
    return pushed_folder.problem_of_all(str(folder), contents(folder))


def rewrite_sums(folder: Path) -> None:
    files = {name: content for name, content in contents(folder).items() if name != "SHA256SUMS"}
    (folder / "SHA256SUMS").write_bytes(sums.render(files))


def test_every_digest_leads_to_the_next(folder: Path) -> None:
    assert sorted(contents(folder)) == FILES
    said = json.loads((folder / "model.json").read_text())
    content = (folder / "model.tflite").read_bytes()
    assert content[-said["judged_bytes"] :] == judged()
    assert said["sha256"] == hashlib.sha256(judged()).hexdigest()
    assert said["files"] == {name: hashlib.sha256(paper).hexdigest() for name, paper in PAPERS.items()}
    found = metadata.read(content)
    assert found is not None and found.card_sha256 == hashlib.sha256((folder / "model.json").read_bytes()).hexdigest()
    assert pushed_folder.read(str(folder)).content == content
    assert problem(folder) is None


@pytest.mark.parametrize("name", FILES)
def test_any_changed_bit_is_found_and_its_file_named(folder: Path, name: str) -> None:
    content = (folder / name).read_bytes()
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 1 << place % 8
        (folder / name).write_bytes(changed)
        said = problem(folder)
        assert said is not None and name in said.split(" by ")[0], (place, said)


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_missing_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert (problem(folder) or "").startswith(f"has no file {name}")
    with pytest.raises(IncompleteArtifact, match=f"has no file {name}"):
        pushed_folder.read(str(folder))


def test_a_file_that_was_not_pushed_is_named(folder: Path) -> None:
    (folder / "examples" / "notes.txt").write_text("mine")
    assert problem(folder) == "holds examples/notes.txt, which was not pushed"
    rewrite_sums(folder)
    assert (problem(folder) or "").startswith("holds a SHA256SUMS that is not the one that was pushed")


def test_a_paper_that_is_no_longer_listed_is_found(folder: Path) -> None:
    lines = (folder / "SHA256SUMS").read_text().splitlines(keepends=True)
    (folder / "SHA256SUMS").write_text("".join(line for line in lines if "MODEL_CARD" not in line))
    assert (problem(folder) or "").startswith("holds a SHA256SUMS that is not the one that was pushed")


def change_header(folder: Path) -> None:
    found = metadata.read((folder / "model.tflite").read_bytes())
    assert found is not None
    said = FileMetadata("another", found.description, "8", "", "", "00" * 32)
    (folder / "model.tflite").write_bytes(metadata.attach(judged(), said))


def drop_header(folder: Path) -> None:
    (folder / "model.tflite").write_bytes(b"TFL3" + (folder / "model.tflite").read_bytes()[-len(judged()) :])


def change_model(folder: Path) -> None:
    content = bytearray((folder / "model.tflite").read_bytes())
    content[-1] ^= 1
    (folder / "model.tflite").write_bytes(content)


@pytest.mark.parametrize("act", [change_header, drop_header, change_model])
def test_digests_that_were_made_anew_do_not_make_another_file_that_of_the_card(folder: Path, act: Any) -> None:
    act(folder)
    rewrite_sums(folder)
    with pytest.raises(IncompleteArtifact, match="that is not the one that model.json describes"):
        pushed_folder.read(str(folder))


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "examples/../../secret", ""])
def test_a_list_of_digests_leads_nowhere_else(folder: Path, name: str) -> None:
    with (folder / "SHA256SUMS").open("a") as file:
        file.write(f"{'0' * 64}  {name}\n")
    with pytest.raises(IncompleteArtifact, match="which is no file of the folder"):
        pushed_folder.read(str(folder))


def test_a_folder_in_the_place_of_a_file_is_named(folder: Path) -> None:
    (folder / "MODEL_CARD.md").unlink()
    (folder / "MODEL_CARD.md").mkdir()
    with pytest.raises(IncompleteArtifact, match=r"has a folder MODEL_CARD\.md in the place of a file"):
        pushed_folder.read(str(folder))


def test_a_damaged_version_can_be_read_unchecked(folder: Path) -> None:
    change_model(folder)
    assert pushed_folder.read_unchecked(str(folder)).card.label == "y"


def test_a_version_of_an_older_release_is_whole_by_its_two_digests(tmp_path: Path) -> None:
    pushed_folder.write(str(tmp_path), TfliteModel(b"model", CARD))
    assert problem(tmp_path) is None
    (tmp_path / "model.tflite").write_bytes(b"modem")
    assert "holds a model.tflite" in (problem(tmp_path) or "")


def test_a_version_without_digests_cannot_be_known_to_be_whole(tmp_path: Path) -> None:
    (tmp_path / "model.tflite").write_bytes(b"model")
    (tmp_path / "model.json").write_text(json.dumps(CARD.to_json()))
    assert problem(tmp_path) == "has no file SHA256SUMS: whether the others are whole cannot be known"


def test_the_files_of_a_version_come_papers_first_and_the_card_last(folder: Path) -> None:
    found = pushed_folder.read_files(str(folder), pushed_folder.digest(str(folder)))
    assert list(found) == ["MODEL_CARD.md", "examples/predict.py", "model.tflite", "SHA256SUMS", "model.json"]
    shutil.rmtree(folder / "examples")
    with pytest.raises(IncompleteArtifact, match="has no file examples/predict.py"):
        pushed_folder.read_files(str(folder), "0" * 64)


def test_what_was_judged_of_a_file_without_a_header_is_all_of_it() -> None:
    assert tflite.judged_part(b"abc", {}) == b"abc"
    assert tflite.judged_part(b"abc", {"judged_bytes": 2}) == b"bc"
