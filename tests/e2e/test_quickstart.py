"""The quickstart notebook: executed, looked at in a real browser without a network, and run again in the shell."""

import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.browser import browser, needs_chromium
from tests.e2e.jupyter import Server, fresh_home, jupyter
from tests.e2e.runs import ROOT

pytestmark = pytest.mark.e2e

NOTEBOOK = ROOT / "notebooks" / "quickstart.ipynb"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a user who never started Jupyter before, and who can import the package."""
    return fresh_home(tmp_path_factory.mktemp("home")) | {"PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the run."""
    return tmp_path_factory.mktemp("out") / "penguins"


@pytest.fixture(scope="module")
def executed(home: dict[str, str], output: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The notebook with its outputs."""
    folder = tmp_path_factory.mktemp("executed")
    command = ["nbconvert", "--to", "notebook", "--execute", str(NOTEBOOK), "--output-dir", str(folder)]
    jupyter(home, *command, cwd=folder, OUTPUT=str(output))
    return folder / NOTEBOOK.name


def outputs(path: Path, of_kind: str) -> list[dict[str, Any]]:
    cells = json.loads(path.read_text())["cells"]
    return [found for cell in cells for found in cell.get("outputs", []) if found["output_type"] == of_kind]


def texts(path: Path) -> str:
    """Returns all text that the cells have put out."""
    streams = ["".join(found["text"]) for found in outputs(path, "stream")]
    kinds = ("execute_result", "display_data")
    return "\n".join(
        streams + ["".join(found["data"]["text/plain"]) for kind in kinds for found in outputs(path, kind)]
    )


def test_it_is_committed_without_outputs_and_has_fewer_than_20_cells() -> None:
    cells = json.loads(NOTEBOOK.read_text())["cells"]
    assert len(cells) < 20
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells if "outputs" in cell)


def test_it_goes_from_a_frame_to_a_pushed_model_its_page_and_a_prediction(executed: Path, output: Path) -> None:
    told = texts(executed)
    assert {found["name"] for found in outputs(executed, "stream")} == {"stdout"}
    assert "penguins/1: Blessed and pushed: " in told
    for step in ("TableExampleGen", "Teacher", "Quantizer", "Pusher", "Reporter"):
        assert re.search(rf"^  {step} +[0-9.]+ s ", told, re.MULTILINE), step
    assert "running" not in told
    assert "task: multiclass" in told  # of the drafted config
    assert "row 1, column 'flipper_length_mm': 'long' is not" in told
    (pushed,) = (output / "pushed").iterdir()
    assert (pushed / "model.tflite").exists()
    predicted = re.findall(r"^[0-9]+ +[0-9.]+.* (Adelie|Chinstrap|Gentoo)$", told, re.MULTILINE)
    assert len(predicted) == 5
    assert '<iframe title="Report" sandbox=' in executed.read_text().replace('\\"', '"')


def test_the_same_run_in_the_shell_takes_every_step_from_the_cache(executed: Path, output: Path) -> None:
    before = {path: path.read_bytes() for path in (output / "pushed").rglob("*") if path.is_file()}
    first = json.loads((output / "summary.json").read_text())
    command = shlex.split(first["command"])
    assert f"python {' '.join(command[1:])}".split()[1].endswith("local_runner.py")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    again = json.loads((output / "summary.json").read_text())
    assert [step["name"] for step in again["steps"]] == [step["name"] for step in first["steps"]]
    assert [step["name"] for step in again["steps"] if not step["cached"]] == []
    assert {path: path.read_bytes() for path in (output / "pushed").rglob("*") if path.is_file()} == before


@needs_chromium
def test_lab_shows_the_steps_and_the_page_whose_links_stay_within(executed: Path, home: dict[str, str]) -> None:
    jupyter(home, "trust", str(executed))
    server = Server(home, executed.parent)
    try:
        with browser() as visit:
            seen = visit(server.address(f"lab/tree/{executed.name}"), height=4_200)
            place = seen.page.locator('iframe[title="Report"]')
            place.wait_for(state="attached", timeout=60_000)
            place.scroll_into_view_if_needed()
            page = place.content_frame
            page.get_by_text("May ship").first.wait_for(timeout=60_000)
            page.locator("canvas, svg").first.wait_for(state="attached", timeout=60_000)
            page.locator("nav a").last.click()
            place_of = page.locator("body").evaluate("() => [document.scrollingElement.scrollTop, location.href]")
            assert place_of[0] > 0
            assert place_of[1].startswith("about:srcdoc#")
            assert seen.page.get_by_text("TableExampleGen").first.is_visible()
            assert seen.left == []
    finally:
        server.process.terminate()
        server.process.wait(timeout=60)
