import json
from pathlib import Path
from typing import Any

import pytest

from pipeline import reports

pytestmark = pytest.mark.unit

STOPPED = {"step": "Tuner", "message": "no"}


def found(**changes: Any) -> dict[str, Any]:
    return {
        "name": "houses",
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


def files(output: Path) -> list[str]:
    return sorted(str(path.relative_to(output)) for path in output.rglob("*") if path.is_file())


def test_a_verdict_is_kept_with_its_run_and_is_what_the_folder_shows(tmp_path: Path) -> None:
    own = reports.write(found(), str(tmp_path), 3)
    assert own == reports.ReportFiles(
        str(tmp_path / "reports" / "3" / "summary.json"), str(tmp_path / "reports" / "3" / "index.html")
    )
    kept = ["reports/3/index.html", "reports/3/summary.json"]
    assert files(tmp_path) == ["report/index.html", *kept, "summary.json"]
    for own_file, shown in zip(kept, ("report/index.html", "summary.json"), strict=True):
        # Links lead from where the page lies.
        assert (tmp_path / own_file).read_text() == (tmp_path / shown).read_text().replace('"../summary', '"summary')


def test_a_run_without_a_verdict_leaves_the_report_of_the_one_before_alone(tmp_path: Path) -> None:
    reports.write(found(), str(tmp_path), 1)
    shown = [(tmp_path / name).read_text() for name in ("report/index.html", "summary.json")]
    reports.write(found(blessed=False, stopped=STOPPED), str(tmp_path), 2)
    assert [(tmp_path / name).read_text() for name in ("report/index.html", "summary.json")] == shown
    assert json.loads((tmp_path / "reports" / "2" / "summary.json").read_text())["stopped"] == STOPPED
    assert "the run stopped at Tuner" in (tmp_path / "reports" / "2" / "index.html").read_text()


def test_without_any_verdict_the_folder_shows_none(tmp_path: Path) -> None:
    reports.write(found(stopped=STOPPED), str(tmp_path), 1)
    assert files(tmp_path) == ["reports/1/index.html", "reports/1/summary.json"]


def test_a_run_is_called_by_its_folder_and_its_number() -> None:
    assert reports.reference("out/houses/", 12) == "houses/12"
