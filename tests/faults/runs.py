"""Runs of the penguins in one output folder, in which something goes wrong, and what they leave."""

import dataclasses
import hashlib
import json
import re
import subprocess
from pathlib import Path

from tests import forked
from tests.e2e.runs import FEW_ROWS, ONE_BRACKET, ROOT
from tests.faults.matrix import Fault

_INJECT = str(Path(__file__).with_name("inject.py"))
_STEP = re.compile(r"^  (\w+) +(cached|[\d.]+ s) ", re.MULTILINE)
_LOOKED_UP = {"Baseline", "DataBaseline"}  # nothing is computed, and so nothing is cached


@dataclasses.dataclass(frozen=True)
class Ended:
    """A run that has ended.

    Attributes:
        status: Its exit status; minus the signal that killed it.
        out: What it wrote to standard output.
        err: To standard error, without what Python's own libraries say.
    """

    status: int
    out: str
    err: str

    @property
    def done(self) -> set[str]:
        """The steps that it completed, or had from the cache."""
        return {name for name, _ in _STEP.findall(self.out)} - _LOOKED_UP

    @property
    def cached(self) -> set[str]:
        return {name for name, how in _STEP.findall(self.out) if how == "cached"} - _LOOKED_UP


def run(output: Path, fault: Fault | None = None, *arguments: str) -> Ended:
    """Runs the penguins to the end, or to a fault.

    Args:
        output: The output folder.
        fault: What goes wrong, if anything.
        arguments: More of the command line.
    """
    command = ["local_runner.py", "run", "--config", "data/penguins/pipeline.yaml", "--output", str(output)]
    for override in (*FEW_ROWS, ONE_BRACKET):
        command += ["--set", override]
    command += arguments
    if fault is not None:
        command = [_INJECT, json.dumps(dataclasses.asdict(fault)), *command]
    return ended(forked.run(command, ROOT, timeout=300))


def ended(process: subprocess.CompletedProcess[str]) -> Ended:
    return Ended(process.returncode, process.stdout, process.stderr)


def torn(output: Path) -> list[str]:
    """Returns what a reader of an output folder would find half done: versions, summaries and pages."""
    faults = [str(version) for version in versions(output) if not _is_whole(version)]
    for summary in output.rglob("summary.json"):
        if "artifacts" not in summary.parts:
            try:
                json.loads(summary.read_text())
            except ValueError:
                faults.append(str(summary))
    pages = (*output.glob("report/index.html"), *output.glob("reports/*/index.html"))
    return faults + [str(page) for page in pages if not page.read_text().rstrip().endswith("</html>")]


def versions(output: Path) -> list[Path]:
    """Returns the folders of what was pushed, as a reader finds them: those that are called by a number."""
    pushed = output / "pushed"
    return sorted(path for path in pushed.iterdir() if path.name.isdigit()) if pushed.exists() else []


def model(output: Path) -> str:
    """Returns the SHA-256 of the model that was pushed last, as it was judged."""
    found: str = json.loads((versions(output)[-1] / "model.json").read_text())["sha256"]
    return found


def _is_whole(version: Path) -> bool:
    sums = [line.split("  ") for line in (version / "SHA256SUMS").read_text().splitlines()]
    is_complete = {"model.tflite", "model.json"} <= {name for _, name in sums}
    return is_complete and all(_digest(version / name) == known for known, name in sums)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
