"""The pages of past runs: three of them, of which the second was stopped and the last was killed."""

import datetime
import json
import os
from pathlib import Path
from typing import Any

import pytest

from modules.base.errors import UserError
from pipeline import reports
from pipeline.commands import history, rendering

pytestmark = pytest.mark.unit

STARTED = datetime.datetime(2026, 11, 25, 10)


def summary(**changes: Any) -> dict[str, Any]:
    return {
        "name": "shop",
        "task": "binary",
        "classes": ["no", "yes"],
        "blessed": True,
        "pushed": None,
        "shipped_form": "float32",
        "gates": [],
        "data_gate": [],
        "slices": [],
        "ladder": [],
        "sections": [],
    } | changes


@pytest.fixture
def output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = str(tmp_path / "shop")
    runs = [
        history.PastRun(folder, 1, STARTED, summary()),
        history.PastRun(folder, 2, STARTED, None),
        history.PastRun(folder, 3, STARTED, None),
    ]
    monkeypatch.setattr(history, "past_runs", lambda _: runs)
    reports.write(summary(), folder, 1)
    reports.write(summary(blessed=False, stopped={"step": "Tuner", "message": "no"}), folder, 2)
    return tmp_path


def test_without_a_name_it_is_the_report_of_the_latest_verdict(output: Path) -> None:
    page = output / "shop" / "report" / "index.html"
    page.unlink()
    (output / "another").mkdir()
    (output / "another" / "summary.json").write_text("of an earlier run")
    os.utime(output / "another" / "summary.json", (1, 1))
    assert rendering.report(str(output), None, None) == str(page)
    assert "Yes: the float32 model" in page.read_text()


def test_a_run_by_its_name_has_its_own_page_one_that_was_stopped_too(output: Path) -> None:
    for number, said in ((1, "Yes: the float32 model"), (2, "the run stopped at Tuner")):
        page = output / "shop" / "reports" / str(number) / "index.html"
        page.unlink()
        assert rendering.report(str(output), f"shop/{number}", None) == str(page)
        assert said in page.read_text()


def test_a_run_of_a_version_that_kept_no_report_of_it_is_rendered_from_what_its_reporter_left(output: Path) -> None:
    own = output / "shop" / "reports" / "1"
    for path in own.iterdir():
        path.unlink()
    assert rendering.report(str(output), "shop/1", None) == str(own / "index.html")
    assert "Yes: the float32 model" in (own / "index.html").read_text()


def test_a_run_that_left_nothing_has_no_report_and_an_unknown_one_is_refused(output: Path) -> None:
    with pytest.raises(UserError, match="run shop/3: has no report: it was killed"):
        rendering.report(str(output), "shop/3", None)
    with pytest.raises(UserError, match="run shop/4: is not below"):
        rendering.report(str(output), "shop/4", None)


def test_a_folder_without_a_verdict_says_so(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no run in it came to a verdict"):
        rendering.report(str(tmp_path), None, None)


@pytest.mark.parametrize(
    ("named", "compared", "said"),
    [
        (None, ["shop/1", "shop/1"], "names one run twice"),
        ("shop/1", ["shop/1", "shop/2"], "cannot be had together"),
        (None, ["shop/1", "shop/2"], "run shop/2: was stopped, and has nothing to compare"),
    ],
)
def test_what_cannot_be_compared_is_refused(output: Path, named: str | None, compared: list[str], said: str) -> None:
    with pytest.raises(UserError, match=said):
        rendering.report(str(output), named, compared)


def test_a_summary_of_another_place_is_compared_by_its_path(output: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text(json.dumps(summary(name="kiosk")))
    page = Path(rendering.report(str(output), None, ["shop/1", str(other)]))
    assert page == output / "compare" / "index.html"
    assert "shop and kiosk" in page.read_text()
