"""What a run leaves, however it ends. The steps are stand-ins, the store of ML Metadata is not."""

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from ml_metadata import MetadataStore
from ml_metadata.proto import metadata_store_pb2

from components.reporter.blocks import Section
from modules.base.settings import PipelineSettings
from pipeline import lineage
from pipeline.running import attempt, reporting

pytestmark = pytest.mark.unit

SETTINGS = PipelineSettings.model_validate(
    {
        "name": "houses",
        "data": {"train": "a.csv"},
        "label": {"column": "sold", "positive_class": "yes"},
        "evaluation": {"gates": {"auc": {"minimum": 0.5}}},
    }
)
FOUND = {
    "name": "houses",
    "task": "binary",
    "classes": ["no", "yes"],
    "blessed": False,
    "pushed": None,
    "gates": [],
    "data_gate": [],
    "slices": [],
    "ladder": [],
    "sections": [],
}


VERDICT = Section(id="verdict", title="May it ship?", lead="So the Reporter said.", order=10, blocks=[])


class Shown:
    def start(self, name: str, expected: float | None = None) -> None:
        """Shows nothing."""

    def tell(self, progress: Any) -> None:
        """Shows nothing."""


class Runner:
    """A run that has begun, and whose second step is running."""

    run_name, current = "2026-11-25T10:01:00", "Tuner"
    steps = [{"name": "DataGate", "seconds": 1.0, "cached": False}]

    def __init__(self, outcome: BaseException | None):
        self._outcome = outcome

    def run(self, pipeline: Any) -> None:
        if self._outcome is not None:
            raise self._outcome


class Tried(attempt.Attempt):
    """An attempt whose pipeline is a stand-in."""

    def __init__(self, output: Path, outcome: BaseException | None = None, interrupted: bool = False):
        shown: Any = Shown()
        super().__init__(SETTINGS, str(output), "command", shown, lambda: interrupted)
        self._outcome = outcome

    def _prepare(self) -> None:
        self._runner = Runner(self._outcome)


@pytest.fixture
def output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a store that knows two runs, of which ours is the second."""

    def conclude(settings: Any, found: Any, reporter: Any, steps: list, command: str, stopped: Any) -> dict[str, Any]:
        time.sleep(0.2)
        return FOUND | {"steps": steps} | ({"stopped": stopped} if stopped else {})

    monkeypatch.setattr(reporting, "conclude", conclude)
    monkeypatch.setattr(reporting, "sections", lambda _: [VERDICT])
    config = metadata_store_pb2.ConnectionConfig()
    config.sqlite.filename_uri = str(tmp_path / lineage.METADATA_FILE)
    config.sqlite.connection_mode = metadata_store_pb2.SqliteMetadataSourceConfig.READWRITE_OPENCREATE
    store = MetadataStore(config)
    kind = store.put_context_type(metadata_store_pb2.ContextType(name="pipeline_run"))
    for name in ("2026-11-25T10:00:00", Runner.run_name):
        store.put_contexts([metadata_store_pb2.Context(type_id=kind, name=name)])
    return tmp_path


def summary(output: Path, number: int = 2) -> dict[str, Any]:
    return json.loads((output / "reports" / str(number) / "summary.json").read_text())


def test_a_run_with_a_verdict_leaves_it_for_the_folder_too(output: Path) -> None:
    run = Tried(output)
    run.run()
    assert run.number == 2
    assert "stopped" not in summary(output)
    assert json.loads((output / "summary.json").read_text()) == summary(output)
    assert "So the Reporter said." in (output / "report" / "index.html").read_text()


@pytest.mark.parametrize(
    ("outcome", "interrupted", "said"),
    [
        (ValueError("shapes differ"), False, "shapes differ"),
        (ValueError(), False, "ValueError"),
        (KeyboardInterrupt(), False, attempt.STOPPED),
        (RuntimeError("bundle failed"), True, attempt.STOPPED),  # what a library made of Ctrl-C
    ],
)
def test_a_run_that_stops_leaves_where_and_why_in_its_own_report_alone(
    output: Path, outcome: BaseException, interrupted: bool, said: str
) -> None:
    with pytest.raises(type(outcome)):
        Tried(output, outcome, interrupted).run()
    assert summary(output)["stopped"] == {"step": "Tuner", "message": said}
    assert "the run stopped at Tuner" in (output / "reports" / "2" / "index.html").read_text()
    assert summary(output)["steps"] == Runner.steps
    assert not (output / "summary.json").exists()
    assert not (output / "report").exists()


def test_a_run_of_which_the_store_knows_nothing_leaves_no_report(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Runner, "run_name", "2026-11-25T10:02:00")
    run = Tried(output, ValueError("no"))
    with pytest.raises(ValueError, match="no"):
        run.run()
    assert run.report is None
    assert not (output / "reports").exists()


def test_that_a_report_cannot_be_written_does_not_hide_why_the_run_failed(
    output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(reporting, "conclude", fail)
    with pytest.raises(ValueError, match="shapes differ"):
        Tried(output, ValueError("shapes differ")).run()


def test_of_two_threads_that_stop_a_run_one_writes_and_the_other_waits(output: Path) -> None:
    run = Tried(output, KeyboardInterrupt(), True)
    run._prepare()
    threads = [threading.Thread(target=run.stop) for _ in range(2)]
    for thread in threads:
        thread.start()
    threads[1].join()
    assert summary(output)["stopped"]["message"] == attempt.STOPPED
    threads[0].join()
    assert sorted(path.name for path in (output / "reports").iterdir()) == ["2"]
