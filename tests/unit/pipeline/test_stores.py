"""Files in the place of a lineage store, and what their user is told."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import ml_metadata
import pytest
from ml_metadata.proto import metadata_store_pb2

from modules.base.errors import UserError
from pipeline import stores
from pipeline.commands import history
from pipeline.lineage import METADATA_FILE, Lineage

pytestmark = pytest.mark.unit

HOLD = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('BEGIN EXCLUSIVE'); print(flush=True); input()"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that ML Metadata made."""
    path = tmp_path_factory.mktemp("made") / METADATA_FILE
    config = metadata_store_pb2.ConnectionConfig()
    config.sqlite.filename_uri = str(path)
    config.sqlite.connection_mode = metadata_store_pb2.SqliteMetadataSourceConfig.READWRITE_OPENCREATE
    store = ml_metadata.MetadataStore(config)
    store.put_context_type(metadata_store_pb2.ContextType(name="pipeline"))
    return path


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made, tmp_path / METADATA_FILE))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def fill(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:8192] + os.urandom(len(content) - 8192))


def scribble(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 100)


def replace_by_another(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE orders (id INTEGER)")


def replace_by_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (cut, "is damaged"),
        (fill, "is damaged"),
        (scribble, "is damaged, or no lineage store of runs"),
        (replace_by_another, "is a database of another program (it has the table 'orders')"),
        (replace_by_a_folder, "is no file"),
    ],
)
def test_what_is_no_store_is_named_and_left_as_it_is(store: Path, act: Callable[[Path], None], said: str) -> None:
    act(store)
    before = store.read_bytes() if store.is_file() else b""
    with pytest.raises(UserError) as caught:
        stores.check_store(str(store))
    assert str(caught.value).startswith(f"{store}: {said}")
    assert "give another --output" in str(caught.value) or "Give another --output" in str(caught.value)
    assert (store.read_bytes() if store.is_file() else b"") == before


def test_a_store_and_the_empty_one_of_a_run_that_had_just_begun_are_stores(store: Path) -> None:
    stores.check_store(str(store))
    store.write_bytes(b"")
    stores.check_store(str(store))
    assert Lineage(str(store), "").numbers() == {}


def test_a_path_with_the_characters_of_an_address_is_found(store: Path, tmp_path: Path) -> None:
    odd = tmp_path / "a?b#c %41"
    odd.mkdir()
    stores.check_store(shutil.copy(str(store), str(odd / METADATA_FILE)))


def test_a_store_that_another_program_holds_is_said_to_be_locked(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "_PATIENCE", 0.1)
    command = [sys.executable, "-c", HOLD, str(store)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        holder.stdout.readline()
        with pytest.raises(UserError, match="is locked by another program. End the program that holds it"):
            stores.check_store(str(store))
        holder.communicate("\n")
    stores.check_store(str(store))


def test_a_store_of_a_newer_library_is_named(store: Path) -> None:
    with sqlite3.connect(store) as opened:
        opened.execute("UPDATE MLMDEnv SET schema_version = 99")
    with pytest.raises(UserError, match=r"metadata.sqlite: cannot be opened by ML Metadata \(MLMD database version 99"):
        Lineage(str(store), "")


def test_one_bad_store_keeps_nobody_from_the_runs_of_the_others(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("good", "bad"):
        (tmp_path / name).mkdir()
        shutil.copy(made, tmp_path / name / METADATA_FILE)
    cut(tmp_path / "bad" / METADATA_FILE)
    assert history.stores(str(tmp_path)) == [str(tmp_path / "good" / METADATA_FILE)]
    assert f"{tmp_path}/bad/{METADATA_FILE}: is damaged" in capsys.readouterr().err
    with pytest.raises(UserError, match="bad/metadata.sqlite: is damaged"):
        history.past_runs(str(tmp_path / "bad"))
