"""Runs as a user makes them: from the command line, in a clone, on a few thousand rows of UCI Adult."""

import json
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.forked import Forked

ROOT = Path(__file__).parents[2]
SMALL = [
    "tuner={max_epochs: 2, factor: 2, batch_size: 64}",
    "trainer={epochs: 3, batch_size: 64}",
    "distillation={epochs: 3, batch_size: 64, units: [24, 16]}",
    "pruner={epochs: 2, batch_size: 64}",
    "quantizer={epochs: 1, batch_size: 64}",
    "evaluation.gates={auc: {minimum: 0.8, max_drop: 0.02}, accuracy: {minimum: 0.7}}",
]
# For tables of a few hundred rows: few epochs of many small steps, a second an epoch at most.
FEW_ROWS = [
    "tuner={max_epochs: 2, factor: 2, batch_size: 32, search_space: {learning_rate: [0.005, 0.01]}}",
    "trainer={epochs: 12, batch_size: 32}",
    "distillation={epochs: 12, batch_size: 32, units: [24, 16], learning_rate: 0.01}",
    "pruner={epochs: 4, batch_size: 32}",
    "quantizer={epochs: 2, batch_size: 32}",
]
# Two trials in place of five: for runs of which nobody asks what the search did.
ONE_BRACKET = "tuner.factor=3"
# For runs of which nobody asks why the model answers so, and where it is wrong.
UNASKED = ["explainer.enabled=false", "debugger.enabled=false"]
ODD = "hours per week (h)"


class Clone:
    """A clone of the project whose data are fewer."""

    def __init__(self, folder: Path):
        self.root = folder
        for name in ("modules", "components", "pipeline"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "local_runner.py", folder)
        self.data = folder / "data" / "census_income"
        self.data.mkdir(parents=True)
        source = ROOT / "data" / "census_income"
        for name in ("pipeline.yaml", "schema.pbtxt"):
            shutil.copy(source / name, self.data)
        # A name that no tensor can have, as many tables hold one.
        schema = (self.data / "schema.pbtxt").read_text()
        (self.data / "schema.pbtxt").write_text(schema.replace("hours_per_week", ODD))
        config = (self.data / "pipeline.yaml").read_text()
        (self.data / "pipeline.yaml").write_text(config.replace("hours_per_week", f'"{ODD}"'))
        for name, count in (("adult_train.csv", 3_000), ("adult_test.csv", 2_000)):
            header, *rows = (source / name).read_text().splitlines()
            random.Random(2).shuffle(rows)
            self.write(name, [header.replace("hours_per_week", ODD), *rows[:count]])
        self.output = folder / "out" / "census_income"

    def read(self, name: str) -> list[str]:
        return (self.data / name).read_text().splitlines()

    def write(self, name: str, lines: list[str]) -> None:
        (self.data / name).write_text("\n".join(lines) + "\n")

    def start(self, *overrides: str) -> "Run":
        return Run(self, overrides)

    def run(self, *overrides: str) -> "Run":
        return self.start(*overrides).wait()

    def predict(self, model: str, table: Path, *options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "local_runner.py", "predict", "--model", model, "--input", str(table), *options]
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True, timeout=120, check=False)

    def executions(self) -> dict[int, tuple[str, str]]:
        """Returns step and state of every execution that ML Metadata holds."""
        from ml_metadata import MetadataStore
        from ml_metadata.proto import metadata_store_pb2

        path = self.output / "metadata.sqlite"
        if not path.exists():
            return {}
        config = metadata_store_pb2.ConnectionConfig()
        config.sqlite.filename_uri = str(path)
        store = MetadataStore(config)
        found = {}
        for context in store.get_contexts_by_type("node"):
            step = context.name.partition(".")[2]
            for execution in store.get_executions_by_context(context.id):
                state = metadata_store_pb2.Execution.State.Name(execution.last_known_state)
                found[execution.id] = (step, state)
        return found


class Run:
    """One call of `python local_runner.py run`, started at once."""

    def __init__(self, clone: Clone, overrides: tuple[str, ...]):
        self.clone = clone
        self._before = clone.executions()
        command = ["local_runner.py", "run"]
        for override in (*SMALL, *overrides):
            command += ["--set", override]
        self._process = Forked(command, clone.root)

    def stop(self) -> None:
        """Ends it, if nobody waited for its end."""
        self._process.kill()

    def wait(self) -> "Run":
        """Waits for the end, and keeps what the run left: the next run writes over some of it."""
        self.out, self.err = self._process.communicate(timeout=600)
        self.status = self._process.returncode
        summary = self.clone.output / "summary.json"
        self.text = summary.read_text() if summary.exists() else "null"
        self.summary: dict[str, Any] = json.loads(self.text)
        page = self.clone.output / "report" / "index.html"
        self.page = page.read_text() if page.exists() else ""
        after = self.clone.executions()
        self.executions = {after[number] for number in after if number not in self._before}
        log = re.search(r"log in (\S+)", self.out)
        assert log is not None, self.out + self.err
        self.log = (self.clone.root / log[1]).read_text(errors="replace")
        return self

    def worked(self) -> set[str]:
        """Returns the steps that did their work, and were not taken from the cache."""
        return {step["name"] for step in self.summary["steps"] if not step["cached"]}

    def gates(self) -> dict[str, dict[str, Any]]:
        return {gate["name"]: gate for gate in self.summary["gates"]}

    def explain(self) -> str:
        return f"{self.out}\n{self.err}\n{self.log[-3_000:]}"
