"""How a run ends: exit status, and what a person reads. The run itself is a stand-in."""

import gc
import os
from pathlib import Path
from typing import Any

import pytest

from modules.base.errors import DataError, TargetMissed, UserError
from modules.base.settings import PipelineSettings
from pipeline import reports
from pipeline.running import attempt, local, occupancy

pytestmark = pytest.mark.unit

SETTINGS = PipelineSettings.model_validate(
    {
        "name": "houses",
        "data": {"train": "a.csv", "test": "b.csv"},
        "label": {"column": "sold", "positive_class": "yes"},
        "evaluation": {"gates": {"auc": {"minimum": 0.5}}},
    }
)
COMMAND = "python local_runner.py run --config x.yaml"
GATE = {"name": "auc", "slice": "overall", "value": 0.4, "rule": "at least", "limit": 0.5, "passed": False}
GATE |= {"sure": True, "low": 0.35, "high": 0.45}
SUMMARY = {
    "task": "binary",
    "classes": ["no", "yes"],
    "blessed": True,
    "pushed": {"path": "/models/7"},
    "ladder": [],
    "shipped_form": "float32",
    "gates": [],
    "data_gate": [],
    "slices": [],
}


def test_python_looks_for_garbage_as_often_as_before_when_a_run_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    before = gc.get_threshold()
    monkeypatch.setattr(local, "_THRESHOLDS", (30_000, 10, 70))
    with pytest.raises(DataError), local._collecting_rarely():
        assert gc.get_threshold() == (30_000, 10, 70)
        raise DataError("a", "b", "c")
    assert gc.get_threshold() == before


class Ended:
    """What a run left behind."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture, outcome: Any, report: Any
    ):
        class Attempt:
            step, number = "Tuner", 2

            def __init__(self, *_: object):
                self.found: dict[str, Any] = {}
                self.restored = ["model.tflite"]
                self.report = report

            def stop(self) -> None:
                """Writes nothing."""

            def run(self) -> None:
                os.write(1, b"library noise")
                if isinstance(outcome, BaseException):
                    raise outcome
                self.found = outcome

        monkeypatch.setattr(local, "Attempt", Attempt)
        self.output = folder / "out"
        self.status = local.run(SETTINGS, str(self.output), COMMAND)
        self.out, self.err = capfd.readouterr()
        (self.log,) = (self.output / "logs").iterdir()


@pytest.fixture
def end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture) -> Any:
    own = reports.of_run(str(tmp_path / "out"), 2)
    return lambda outcome, report=own: Ended(tmp_path, monkeypatch, capfd, outcome, report)


def test_the_path_of_the_log_is_printed_and_the_noise_goes_there(end: Any) -> None:
    ended = end(SUMMARY)
    assert str(ended.log) in ended.out.splitlines()[0]
    assert "library noise" in ended.log.read_text()
    assert "library noise" not in ended.out + ended.err


def test_a_pushed_model_ends_with_0_and_says_where_it_lies(end: Any) -> None:
    ended = end(SUMMARY)
    assert ended.status == 0
    assert ended.err == ""
    assert ended.out.splitlines()[-1] == "Blessed and pushed: /models/7"
    report = f"Report: {ended.output}/report/index.html (of this run, out/2; kept in {ended.output}/reports/2)"
    assert [f"Summary: {ended.output}/summary.json", report] == ended.out.splitlines()[-4:-2]
    restored = "Restored, as damaged or missing in the pushed version: model.tflite"
    assert ended.out.splitlines()[-2] == restored


def test_a_model_in_a_bucket_is_named_as_it_is_found_there(end: Any) -> None:
    place = "s3://bucket/models/7?region=eu-north-1"
    assert end(SUMMARY | {"pushed": {"path": place}}).out.splitlines()[-1] == f"Blessed and pushed: {place}"


def test_a_model_that_is_not_blessed_ends_with_3_and_the_reason(end: Any) -> None:
    ended = end(SUMMARY | {"blessed": False, "pushed": None, "gates": [GATE]})
    assert ended.status == 3
    advice, verdict = ended.out.splitlines()[-2:]
    assert verdict == "Not blessed, and not pushed: auc (overall) is 0.4000, at least 0.5000 is needed."
    assert advice.startswith("What to try: no smaller or larger form reaches the limit of AUC. ")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (DataError("data gate, 1 finding", "train: age: too old", "Fix the rows"), 2),
        (UserError("x", "y", "z"), 2),
        (TargetMissed("Pruner", "sparsity 0.4 is below 0.5", "Give more steps"), 3),
    ],
)
def test_what_the_user_can_mend_is_said_in_one_line(end: Any, error: UserError, status: int) -> None:
    ended = end(error)
    assert ended.status == status
    assert ended.err.splitlines() == [str(error)]
    assert ended.out.splitlines()[-1] == f"Report: {ended.output}/reports/2/index.html (of this run, out/2)"


def test_a_run_without_a_verdict_says_that_the_other_page_is_of_an_earlier_run(end: Any, tmp_path: Path) -> None:
    page = tmp_path / "out" / "report" / "index.html"
    page.parent.mkdir(parents=True)
    page.touch()
    for error in (DataError("a.csv", "is empty", "Give another"), ValueError("no")):
        last = end(error).out.splitlines()[-1]
        assert last.endswith(f"/reports/2/index.html (of this run, out/2; {page} stays that of an earlier run)")
        (tmp_path / "out" / "logs").rename(tmp_path / f"logs of {type(error).__name__}")


def test_a_run_that_stopped_before_there_was_anything_to_show_points_to_no_report(end: Any) -> None:
    ended = end(DataError("a.csv", "is empty", "Give another"), report=None)
    assert "Report" not in ended.out


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ValueError("shapes differ\nand more"), "ValueError: shapes differ"),
        (RuntimeError(), "RuntimeError)"),
        (ValueError("x" * 5_000), "ValueError: xxx"),
    ],
    ids=["two lines", "no message", "a long message"],
)
def test_a_failed_step_ends_with_1_and_one_line_and_a_traceback_in_the_log(
    end: Any, error: Exception, reason: str
) -> None:
    ended = end(error)
    assert ended.status == 1
    (message,) = ended.err.splitlines()
    assert message.startswith(f"Step Tuner failed ({reason}")
    assert str(ended.log) in message
    assert message.endswith(f"To go on from there: {COMMAND}")
    assert len(message) < 700
    assert "Traceback" in ended.log.read_text()


def test_an_interrupted_run_says_how_to_go_on(end: Any) -> None:
    ended = end(KeyboardInterrupt())
    assert ended.status == 130
    stopped, report = ended.err.splitlines()
    assert stopped == f"Stopped in step Tuner. To go on from there: {COMMAND}"
    assert report == f"Report: {ended.output}/reports/2/index.html (of this run, out/2)"


def test_a_folder_in_which_a_run_is_going_on_is_refused(tmp_path: Path) -> None:
    with occupancy.occupy(str(tmp_path)), pytest.raises(UserError, match="another run is going on"):
        local.run(SETTINGS, str(tmp_path), COMMAND)


def test_a_run_may_use_the_gpus_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    seen: list[str | None] = []

    def see() -> None:
        seen.append(os.environ.get("CUDA_VISIBLE_DEVICES"))
        raise UserError("x", "has been seen", "Go")

    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(attempt, "fix_batch_sizes", see)  # TensorFlow is imported next
    assert local.run(SETTINGS, str(tmp_path), COMMAND) == 2
    assert seen == [None]


def test_a_damaged_store_is_named_before_anything_runs(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "metadata.sqlite").write_text("no database" * 100)
    with pytest.raises(UserError, match="out/metadata.sqlite: is damaged, or no lineage store of runs"):
        local.run(SETTINGS, str(tmp_path / "out"), COMMAND)
    with occupancy.occupy(str(tmp_path / "out")):  # nobody holds the folder any more
        pass
