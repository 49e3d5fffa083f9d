import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tfx.components.tuner import executor as tfx_executor
from tfx.dsl.components.base.base_executor import BaseExecutor
from tfx.types import standard_artifacts

from components.tuner.component import Tuner
from components.tuner.executor import Executor
from modules.contracts import training_curves
from modules.contracts.training_curves import LearningCurve
from modules.training.tuning.journal import Journal
from modules.training.tuning.trial import TrialResult, TrialTask

pytestmark = pytest.mark.unit

CURVE = LearningCurve("0003", "val_auc", "max", [1, 2], {"val_auc": [0.5, 0.75]}, 2)
TASK, RESULT = TrialTask("0", {"units": 8}, 0, 1), TrialResult(0.5, {"val_auc": [0.5]}, 1.0)
CONFIG: dict[str, Any] = {"tuner": {"strategy": "random", "workers": None}, "seed": 1, "code": "abc"}


class Step:
    """A Tuner in an output folder; its search does what a test gives it to do.

    Attributes:
        root: The folder of its results and of what else it leaves.
        found: The journal that its search was told of last.
    """

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self._inputs = folder / "Tuner", folder / "inputs"
        self.found: Journal | None = None
        self.search: Callable[[str, Journal], None] = lambda working_dir, journal: None
        monkeypatch.setattr(tfx_executor, "search", self._search)
        monkeypatch.setattr(tfx_executor, "write_best_hyperparameters", lambda tuner, output_dict: None)
        self.write("examples/Split-train/rows.gz", b"rows")
        self.write("graph/saved_model.pb", b"graph")

    def write(self, name: str, content: bytes) -> None:
        path = self._inputs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def _search(self, input_dict: Any, exec_properties: Any, working_dir: str) -> None:
        config = json.loads(exec_properties["custom_config"])
        assert exec_properties["tuner_fn"] == "a.function"
        self.found = Journal.of(config)
        assert self.found is not None
        training_curves.write_trials(working_dir, [CURVE])
        self.search(working_dir, self.found)

    def run(self, number: int = 1, tuner: dict[str, Any] | None = None, **config: Any) -> Path:
        """Runs it; returns the folder of its results."""
        inputs: dict[str, list[Any]] = {}
        for key, kind, folder in (
            ("examples", standard_artifacts.Examples, "examples"),
            ("transform_graph", standard_artifacts.TransformGraph, "graph"),
        ):
            inputs[key] = [kind()]
            inputs[key][0].uri = str(self._inputs / folder)
        results = standard_artifacts.TunerResults()
        results.uri = str(self.root / "tuner_results" / str(number))
        context = BaseExecutor.Context(tmp_dir=str(self.root / ".system" / "executor_execution"), unique_id=str(number))
        merged = CONFIG | {"tuner": CONFIG["tuner"] | (tuner or {})} | config
        properties = {"tuner_fn": "a.function", "custom_config": json.dumps(merged), "train_args": "{}"}
        Executor(context).Do(inputs, {"tuner_results": [results]}, properties)
        return Path(results.uri)


@pytest.fixture
def step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Step:
    return Step(tmp_path, monkeypatch)


def test_the_curves_and_logs_of_all_trials_outlive_the_working_directory(step: Step) -> None:
    def search(working_dir: str, journal: Journal) -> None:
        folder = Path(working_dir) / "trials" / "0003" / "train"
        folder.mkdir(parents=True)
        (folder / "events").write_text("curve")
        (Path(working_dir) / "oracle.json").write_text("{}")

    step.search = search
    results = step.run()
    copied = {str(path.relative_to(results)) for path in results.rglob("*") if path.is_file()}
    assert len(copied) == 2 and "trials/0003/train/events" in copied
    assert training_curves.read_trials(str(results)) == [CURVE]
    assert (results / "trials" / "0003" / "train" / "events").read_text() == "curve"


def killed(working_dir: str, journal: Journal) -> None:
    journal.add(TASK, RESULT, 1.0)
    raise KeyboardInterrupt


def test_the_journal_outlives_a_search_that_is_killed_and_is_gone_after_one_that_is_not(step: Step) -> None:
    step.search = killed
    with pytest.raises(KeyboardInterrupt):
        step.run(1)
    first = step.found
    assert first is not None and Path(first.folder).parent == step.root / ".system" / "search"
    found: list[Any] = []
    step.search = lambda working_dir, journal: found.append(journal.find(TASK))
    step.run(2)
    assert step.found == first
    assert [entry.result for entry in found] == [RESULT]
    assert not Path(first.folder).exists()


def test_a_journal_of_other_settings_stays_where_it_is(step: Step) -> None:
    step.search = killed
    with pytest.raises(KeyboardInterrupt):
        step.run(1)
    other = step.found
    step.search = lambda working_dir, journal: None
    step.run(2, tuner={"strategy": "grid"})
    assert other is not None and other.find(TASK) is not None


def test_the_same_search_has_the_same_fingerprint_however_many_processes_train_it(step: Step) -> None:
    step.run()
    first = step.found
    step.run(2)
    assert step.found == first
    step.run(3, tuner={"workers": 4})
    assert step.found == first


def test_whatever_a_trial_depends_on_changes_the_fingerprint(step: Step) -> None:
    found: list[str] = []

    def run(**config: Any) -> None:
        step.run(len(found) + 1, **config)
        assert step.found is not None
        found.append(step.found.fingerprint)

    run()
    run(tuner={"strategy": "grid"})
    run(tuner={"max_epochs": 3})
    run(seed=2)
    run(code="abd")
    run(label={"column": "class"})
    step.write("examples/Split-train/rows.gz", b"rowz")
    run()
    step.write("examples/Split-train/rows.gz", b"rows")
    step.write("examples/Split-train/more.gz", b"")
    run()
    step.write("graph/saved_model.pb", b"grap")
    run()
    assert len(set(found)) == len(found) == 9


def test_the_journal_lies_below_the_pipelines_root_where_the_engine_says_so(step: Step, tmp_path: Path) -> None:
    step.run()
    first = step.found
    step.run(2, journals=str(tmp_path / "bucket"))
    assert first is not None and step.found is not None
    assert Path(step.found.folder).parent == tmp_path / "bucket"
    assert step.found.fingerprint == first.fingerprint


def test_the_component_is_tfxs_with_this_executor() -> None:
    assert Tuner.EXECUTOR_SPEC.executor_class is Executor
    assert Tuner.SPEC_CLASS.__name__ == "TunerSpec"
