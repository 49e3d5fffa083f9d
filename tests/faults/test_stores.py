"""A lineage store that a run cannot use: it says so before anything runs, and touches nothing."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.faults.runs import run, versions
from tests.faults.test_damages import cut

pytestmark = pytest.mark.faults

HOLD = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('BEGIN EXCLUSIVE'); print(flush=True); input()"


def fill(path: Path) -> None:
    """Leaves the first pages."""
    content = path.read_bytes()
    path.write_bytes(content[:8192] + bytes(len(content) - 8192))


def scribble(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 100)


def drop_a_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as store:
        store.execute("DROP TABLE Event")
        store.commit()


def make_newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as store:
        store.execute("UPDATE MLMDEnv SET schema_version = 99")
        store.commit()


def replace_by_another(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE orders (id INTEGER)")
        other.commit()


def replace_by_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Keeps it locked, as another program would."""
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        other.stdout.readline()
        yield
        other.kill()


@pytest.fixture
def output(undisturbed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(undisturbed, tmp_path / "out"))


ACTS = {
    "cut in half": (cut, "is damaged"),
    "zeros after its first pages": (fill, "is damaged"),
    "text": (scribble, "is damaged, or no lineage store of runs"),
    "a table is gone": (drop_a_table, "cannot be opened by ML Metadata"),
    "of a newer library": (make_newer, "cannot be opened by ML Metadata"),
    "another program's database": (replace_by_another, "is a database of another program"),
    "a folder": (replace_by_a_folder, "is no file"),
}


@pytest.mark.parametrize("act", ACTS)
def test_a_store_that_is_none_is_refused_and_kept(output: Path, act: str) -> None:
    harm, said = ACTS[act]
    store = output / "metadata.sqlite"
    harm(store)
    _refused(output, store, said)


def test_a_locked_store_is_refused(output: Path) -> None:
    store = output / "metadata.sqlite"
    with held(store):
        _refused(output, store, "is locked by another program")


def test_a_store_that_was_moved_away_is_made_anew_and_what_was_pushed_stays(output: Path) -> None:
    store, pushed = output / "metadata.sqlite", versions(output)
    store.rename(output / "aside.sqlite")
    ended = run(output)
    assert ended.status == 0, ended
    assert not ended.cached
    assert versions(output)[:-1] == pushed


def _refused(output: Path, store: Path, said: str) -> None:
    before = store.read_bytes() if store.is_file() else b""
    files = {
        path: os.stat(path).st_mtime_ns for path in output.rglob("*") if path.is_file() and path.name != ".running"
    }
    ended = run(output)
    assert ended.status == 2, ended
    assert ended.err.count("\n") == 1
    assert said in ended.err
    assert (store.read_bytes() if store.is_file() else b"") == before
    assert {path: os.stat(path).st_mtime_ns for path in files} == files
