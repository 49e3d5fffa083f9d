"""Pages link to what their run left beside them."""

import datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline import logs, reports

pytestmark = pytest.mark.unit

FOUND: dict[str, Any] = {
    "name": "shop",
    "task": "binary",
    "blessed": True,
    "shipped_form": "float32",
    "finished": "2026-11-25T14:40:31+01:00",
    **{key: [] for key in ("classes", "gates", "data_gate", "slices", "ladder", "sections")},
}


def test_a_page_links_to_its_summary_its_log_and_the_pushed_files(tmp_path: Path) -> None:
    pushed = tmp_path / "pushed" / "20261125"
    pushed.mkdir(parents=True)
    (pushed / "model of a shop.tflite").write_text("")
    (tmp_path / "logs").mkdir()
    for name in ("20261124-090000.log", "20261125-143900.log", "20261125-150000.log"):
        (tmp_path / "logs" / name).write_text("")
    report = reports.write(FOUND | {"pushed": {"path": str(pushed), "version": "20261125"}}, str(tmp_path), 7)
    own, latest = Path(report.page).read_text(), (tmp_path / "report" / "index.html").read_text()
    assert '<a href="summary.json">' in own
    assert '<a href="../summary.json">' in latest
    assert '<a href="../../logs/20261125-143900.log">log</a>' in own
    assert '<a href="../pushed/20261125">pushed version 20261125</a>' in latest
    assert '<a href="../pushed/20261125/model%20of%20a%20shop.tflite">' in latest


def test_pushed_files_are_linked_where_they_lie_once_the_output_folder_was_moved(tmp_path: Path) -> None:
    (tmp_path / "pushed" / "20261125").mkdir(parents=True)
    pushed = {"path": "/elsewhere/out/pushed/20261125", "version": "20261125"}
    report = reports.write(FOUND | {"pushed": pushed}, str(tmp_path), 7)
    assert '<a href="../../pushed/20261125">pushed version 20261125</a>' in Path(report.page).read_text()


def test_what_is_gone_is_not_linked(tmp_path: Path) -> None:
    report = reports.write(FOUND | {"pushed": {"path": str(tmp_path / "gone"), "version": "1"}}, str(tmp_path), 1)
    text = Path(report.page).read_text()
    assert "pushed version" not in text
    assert ">log<" not in text


def test_the_log_of_a_run_began_before_it_ended(tmp_path: Path) -> None:
    times = [datetime.datetime(2026, 11, 25, hour) for hour in (9, 12)]
    for time in times:
        path = Path(logs.path(str(tmp_path), time))
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    assert logs.of_run(str(tmp_path), datetime.datetime(2026, 11, 25, 11)) == logs.path(str(tmp_path), times[0])
    assert logs.of_run(str(tmp_path), datetime.datetime(2026, 11, 25, 8)) is None
