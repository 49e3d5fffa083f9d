"""The notebook, executed on a whole run, as each Jupyter front end shows it: in a real browser, without a network."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from tests.browser import Visit, browser, ink, needs_chromium
from tests.e2e.jupyter import Server, fresh_home, jupyter
from tests.e2e.runs import ROOT, Run

pytestmark = [pytest.mark.e2e, needs_chromium]

NOTEBOOK = ROOT / "notebooks" / "inspect.ipynb"
UNTRUSTED = "this notebook was executed elsewhere and is not trusted yet"
# What each view must say, by the beginning of its title.
SAID = {
    "Metrics by slice": ["Visualization", "auc", "binary_accuracy", "Overall", "sex:Female", "race:White"],
    "Plots of all test rows": ["Plot for Overall", "Calibration Plot", "ROC Curve", "Average Prediction"],
    "Fairness Indicators": [
        "false_positive_rate",
        "Baseline",
        "Thresholds",
        "positive_rate@0.50",
        "true_positive_rate@0.50",
        "example count",
    ],
    "Metrics of 1 run": ["Add metric series", "auc", "binary_accuracy", "calibration"],
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a user who never started Jupyter before."""
    return fresh_home(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def executed(first: Run, home: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The notebook with its outputs, executed from its own folder."""
    assert first.status == 0, first.explain()
    folder = tmp_path_factory.mktemp("executed")
    command = ["nbconvert", "--to", "notebook", "--execute", str(NOTEBOOK), "--output-dir", str(folder)]
    jupyter(home, *command, cwd=NOTEBOOK.parent, OUTPUT=str(first.clone.output))
    return folder / NOTEBOOK.name


@pytest.fixture(scope="module")
def server(executed: Path, home: dict[str, str]) -> Iterator[Server]:
    started = Server(home, executed.parent)
    yield started
    started.process.terminate()
    started.process.wait(timeout=60)


@pytest.fixture(scope="module")
def visit() -> Iterator[Callable[..., Visit]]:
    """Opens pages that know nothing of each other."""
    with browser() as opened:
        yield opened


def check_views(seen: Visit) -> None:
    """Looks at each of the four views: its text, its pixels, and that it asked for nothing."""
    for title, words in SAID.items():
        place = seen.page.locator(f'iframe[title^="{title}"]')
        place.wait_for(state="attached", timeout=60_000)
        place.scroll_into_view_if_needed()
        view = place.content_frame
        for word in words:
            view.get_by_text(word, exact=word == "auc").filter(visible=True).first.wait_for(timeout=60_000)
        view.locator("svg path").first.wait_for(state="attached")
        assert ink(place.screenshot()) > 0.02, title
    assert seen.complaints == []


def test_the_notebook_is_committed_without_outputs() -> None:
    cells = json.loads(NOTEBOOK.read_text())["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert len(code) >= 6
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


def outputs(path: Path) -> list[dict[str, Any]]:
    return [output for cell in json.loads(path.read_text())["cells"] for output in cell.get("outputs", [])]


def test_an_executed_notebook_has_one_result_a_cell_no_noise_and_is_small(executed: Path) -> None:
    assert {output["output_type"] for output in outputs(executed)} == {"execute_result"}
    assert executed.stat().st_size < 4_000_000


def test_the_notebook_shows_the_ladder_of_the_run(executed: Path, first: Run) -> None:
    (table,) = (
        text for output in outputs(executed) if "latency_p50" in (text := "".join(output["data"]["text/plain"]))
    )
    for rung in first.summary["ladder"]:
        assert rung["form"] in table


@pytest.mark.parametrize("front_end", ["lab/tree", "notebooks"], ids=["JupyterLab 4", "Notebook 7"])
def test_a_front_end_draws_all_four_views_once_it_trusts_the_notebook(
    front_end: str, executed: Path, server: Server, home: dict[str, str], visit: Callable[..., Visit]
) -> None:
    strange = executed.with_name("strange.ipynb")
    strange.write_text(executed.read_text().replace("Look at a run", f"Seen by {front_end}"))
    seen = visit(server.address(f"{front_end}/{strange.name}"))
    seen.page.get_by_text(UNTRUSTED).first.wait_for(timeout=60_000)
    assert seen.page.locator("iframe[srcdoc]").count() == 0
    seen.page.close()
    jupyter(home, "trust", str(strange))
    seen = visit(server.address(f"{front_end}/{strange.name}"), height=4_200)
    check_views(seen)
    assert seen.left == []
    seen.page.close()


def test_exported_html_draws_all_four_views_and_asks_for_nothing(
    executed: Path, home: dict[str, str], visit: Callable[..., Visit]
) -> None:
    nothing = ["--HTMLExporter.require_js_url=", "--HTMLExporter.mathjax_url="]
    jupyter(home, "nbconvert", "--to", "html", str(executed), *nothing)
    seen = visit(executed.with_suffix(".html").as_uri())
    check_views(seen)
    assert seen.left == []


def test_a_wrong_folder_is_one_line_in_the_notebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first_cell = next(cell for cell in json.loads(NOTEBOOK.read_text())["cells"] if cell["cell_type"] == "code")
    monkeypatch.chdir(NOTEBOOK.parent)
    monkeypatch.setenv("OUTPUT", "out/nowhere")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))  # and not the user's
    monkeypatch.setattr(sys, "path", [*sys.path])
    done = InteractiveShell().run_cell("".join(first_cell["source"]))
    assert not done.success
    (line,) = capsys.readouterr().out.splitlines()
    assert "out/nowhere: is not the output of a run" in line
    assert "Run `make demo`" in line
