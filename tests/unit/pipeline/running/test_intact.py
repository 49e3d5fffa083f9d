"""Damaged results of a step: it runs again and says why, and no cache gives them away."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ml_metadata
import pytest
from ml_metadata.proto import metadata_store_pb2
from tfx.orchestration.portable import cache_utils

from pipeline import intact
from pipeline.lineage import Lineage
from pipeline.running.following import FollowedRunner
from tests.unit.pipeline.running.test_following import Followed

pytestmark = pytest.mark.unit


class Again(Followed):
    """The same run, with what it says of damaged results."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.again: list[tuple[str, str]] = []
        self.runner = FollowedRunner(
            self._start, lambda *_: None, lambda name, why: self.again.append((name, why.rpartition("/")[2]))
        )

    @property
    def why(self) -> str:
        return " ".join(why for _, why in self.again)

    @property
    def cached(self) -> list[bool]:
        return [step["cached"] for step in self.run().runner.steps]

    def file(self, step: str) -> Path:
        found = Lineage(self.store, "three").latest(step)
        assert found is not None
        return Path(found.outputs["schema"].uri, "file")


@pytest.fixture
def again(tmp_path: Path) -> Callable[[], Again]:
    """Returns a function that repeats a run which has been made once."""
    assert Again(tmp_path).cached == [False, True, False]
    return lambda: Again(tmp_path)


def cut(path: Path) -> None:
    path.write_text("don")


def change(path: Path) -> None:
    """Keeps the size and the time."""
    stat = path.stat()
    path.write_text("DONE")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def add(path: Path) -> None:
    path.with_name("another").touch()


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (cut, "file has 3 bytes and had 4"),
        (change, "file was changed"),
        (Path.unlink, "file is missing"),
        (add, "another was added"),
    ],
)
def test_a_step_whose_result_was_damaged_runs_again_and_says_why(again: Any, harm: Any, said: str) -> None:
    harm(again().file("First"))
    repeated = again()
    # What came of the damaged one is made again, too: it was made from another artifact.
    assert repeated.cached == [False, True, False]
    assert repeated.again == [("First", said)]
    repeated = again()
    assert (repeated.cached, repeated.again) == ([True, True, True], [])
    assert repeated.file("First").read_text() == "done"


def test_only_the_step_whose_result_was_damaged_runs_again(again: Any) -> None:
    cut(again().file("Last"))
    repeated = again()
    assert (repeated.cached, len(repeated.again)) == ([True, True, False], 1)


def test_a_file_that_was_only_touched_and_a_hidden_one_are_no_damage(again: Any) -> None:
    path = again().file("First")
    os.utime(path)
    path.with_name(".DS_Store").touch()
    repeated = again()
    assert (repeated.cached, repeated.again) == ([True, True, True], [])


def test_a_step_that_was_killed_before_its_files_were_recorded_runs_again(again: Any) -> None:
    store = opened(again().store)
    for execution in store.get_executions():
        if "files" in execution.custom_properties:
            del execution.custom_properties["files"]
            store.put_executions([execution])
    repeated = again()
    assert repeated.cached == [False, True, False]
    assert "killed before it had a record" in repeated.why
    assert again().cached == [True, True, True]


def test_a_large_file_is_read_again_only_when_its_time_is_another_one(
    again: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intact, "_ALWAYS_READ", 3)
    read: list[str] = []
    digest = intact._digest

    def watched(path: str) -> str:
        read.append(path)
        return digest(path)

    monkeypatch.setattr(intact, "_digest", watched)
    assert again().cached == [True, True, True]
    assert read == []
    path = again().file("First")
    change(path)
    os.utime(path)
    assert again().cached == [False, True, False]


def test_the_cache_of_tfx_is_its_own_again_after_a_run(again: Any) -> None:
    stock = cache_utils.get_cached_outputs
    assert again().cached == [True, True, True]
    assert cache_utils.get_cached_outputs is stock


def opened(path: str) -> Any:
    config = metadata_store_pb2.ConnectionConfig()
    config.sqlite.filename_uri = path
    config.sqlite.connection_mode = metadata_store_pb2.SqliteMetadataSourceConfig.READWRITE
    return ml_metadata.MetadataStore(config)
