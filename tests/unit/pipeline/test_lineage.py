import sqlite3
import time
from pathlib import Path

import pytest
from ml_metadata import MetadataStore
from ml_metadata.proto import metadata_store_pb2 as pb

from pipeline.lineage import Lineage

pytestmark = pytest.mark.unit

COMPLETE, CACHED, RUNNING = pb.Execution.COMPLETE, pb.Execution.CACHED, pb.Execution.RUNNING


class Store:
    """A lineage store with executions of one step."""

    def __init__(self, path: Path):
        config = pb.ConnectionConfig()
        config.sqlite.filename_uri = str(path)
        config.sqlite.connection_mode = pb.SqliteMetadataSourceConfig.READWRITE_OPENCREATE
        self._store = MetadataStore(config)
        kind = self._store.put_context_type(pb.ContextType(name="node"))
        (self._context,) = self._store.put_contexts([pb.Context(type_id=kind, name="churn.Tuner")])
        self._run = self._store.put_context_type(pb.ContextType(name="pipeline_run"))
        self._kind = self._store.put_execution_type(pb.ExecutionType(name="Tuner"))

    def run(self, state: int, seconds: float = 0.0) -> None:
        """Adds an execution that takes so long."""
        execution = pb.Execution(type_id=self._kind, last_known_state=RUNNING)
        (execution.id,) = self._store.put_executions([execution])
        link = pb.Association(context_id=self._context, execution_id=execution.id)
        self._store.put_attributions_and_associations([], [link])
        time.sleep(seconds)
        if state != RUNNING:
            execution.last_known_state = state
            self._store.put_executions([execution])

    def begin(self, name: str) -> None:
        """Adds a run."""
        self._store.put_contexts([pb.Context(type_id=self._run, name=name)])


def test_a_step_takes_what_it_took_when_it_last_did_its_work(tmp_path: Path) -> None:
    store = Store(tmp_path / "metadata.sqlite")
    store.run(COMPLETE)
    store.run(COMPLETE, seconds=0.3)
    store.run(CACHED)
    store.run(RUNNING)  # a run that was stopped
    found = Lineage(str(tmp_path / "metadata.sqlite"), "churn").seconds("Tuner")
    assert found is not None
    assert found >= 0.29


def test_of_a_step_that_never_ran_nothing_is_known(tmp_path: Path) -> None:
    store = Store(tmp_path / "metadata.sqlite")
    lineage = Lineage(str(tmp_path / "metadata.sqlite"), "churn")
    assert (lineage.seconds("Tuner"), lineage.seconds("Pusher")) == (None, None)
    store.run(CACHED)
    assert lineage.seconds("Tuner") is None


def test_the_latest_execution_is_the_last_one_whatever_the_clock_said(tmp_path: Path) -> None:
    path = tmp_path / "metadata.sqlite"
    store = Store(path)
    for _ in range(101):
        store.run(CACHED)
    with sqlite3.connect(path) as opened:
        opened.execute("UPDATE Execution SET create_time_since_epoch = create_time_since_epoch + 86400000")
    store.run(COMPLETE)
    latest = Lineage(str(path), "churn").latest("Tuner")
    assert latest is not None
    assert (latest.execution, latest.cached) == (102, False)


def test_a_run_keeps_its_number_when_a_later_one_begins_at_an_earlier_time(tmp_path: Path) -> None:
    path = tmp_path / "metadata.sqlite"
    store = Store(path)
    store.begin("2026-11-25T10:01:00")
    store.begin("2026-11-24T10:01:00")
    assert Lineage(str(path), "churn").numbers() == {"2026-11-25T10:01:00": 1, "2026-11-24T10:01:00": 2}
