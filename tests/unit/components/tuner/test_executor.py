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

pytestmark = pytest.mark.unit

CURVE = LearningCurve("0003", "val_auc", "max", [1, 2], {"val_auc": [0.5, 0.75]}, 2)


def test_the_curves_and_logs_of_all_trials_outlive_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def search(input_dict: Any, exec_properties: Any, working_dir: str) -> None:
        folder = Path(working_dir) / "trials" / "0003" / "train"
        folder.mkdir(parents=True)
        (folder / "events").write_text("curve")
        training_curves.write_trials(working_dir, [CURVE])
        (Path(working_dir) / "oracle.json").write_text("{}")

    monkeypatch.setattr(tfx_executor, "search", search)
    monkeypatch.setattr(tfx_executor, "write_best_hyperparameters", lambda tuner, output_dict: None)
    results = standard_artifacts.TunerResults()
    results.uri = str(tmp_path / "results")
    context = BaseExecutor.Context(tmp_dir=str(tmp_path / "working"), unique_id="7")
    Executor(context).Do({}, {"tuner_results": [results]}, {})
    copied = {str(path.relative_to(results.uri)) for path in Path(results.uri).rglob("*") if path.is_file()}
    assert len(copied) == 2 and "trials/0003/train/events" in copied
    assert training_curves.read_trials(results.uri) == [CURVE]
    assert (Path(results.uri) / "trials" / "0003" / "train" / "events").read_text() == "curve"


def test_the_component_is_tfxs_with_this_executor() -> None:
    assert Tuner.EXECUTOR_SPEC.executor_class is Executor
    assert Tuner.SPEC_CLASS.__name__ == "TunerSpec"
