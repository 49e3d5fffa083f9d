import os
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from modules.base.errors import UserError
from modules.base.records import ArtifactRecord
from modules.contracts import training_curves
from pipeline.commands import tensorboard
from pipeline.lineage import StepRun

pytestmark = pytest.mark.unit


class Store:
    """Stands in for the lineage store: a run of each step whose folder exists."""

    def __init__(self, folder: Path):
        self._folder = folder

    def latest(self, step: str) -> StepRun | None:
        key = "tuner_results" if step == "Tuner" else "model_run"
        uri = self._folder / step
        return StepRun(1, False, {key: ArtifactRecord(1, str(uri), {})}) if uri.exists() else None


def made(folder: Path, *names: str) -> Any:
    for name in names:
        (folder / name).mkdir(parents=True)
    return Store(folder)


def test_every_training_of_the_latest_run_has_a_name(tmp_path: Path) -> None:
    store = made(tmp_path, "Teacher", "Student", "Pruner", "Quantizer", "Tuner/trials/0000000", "Tuner/trials/0000012")
    training_curves.write_trials(str(tmp_path / "Tuner"), [])
    assert tensorboard.log_folders(store) == {
        "teacher": str(tmp_path / "Teacher"),
        "student": str(tmp_path / "Student"),
        "pruner": str(tmp_path / "Pruner"),
        "quantizer": str(tmp_path / "Quantizer"),
        "trial 0000": str(tmp_path / "Tuner" / "trials" / "0000000"),
        "trial 0012": str(tmp_path / "Tuner" / "trials" / "0000012"),
    }


def test_a_run_that_was_stopped_early_shows_what_it_has(tmp_path: Path) -> None:
    assert set(tensorboard.log_folders(made(tmp_path, "Tuner/trials/0000000"))) == {"trial 0000"}
    assert tensorboard.log_folders(made(tmp_path / "none")) == {}


def test_where_there_is_no_run_one_line_says_so(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        tensorboard.show(str(tmp_path / "nowhere"), "churn")
    (line,) = str(caught.value).splitlines()
    assert "holds no run of 'churn'" in line
    assert not (tmp_path / "nowhere").exists()


SERVE = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # tests in the background ignore it
import tensorflow as tf
from pipeline.commands import tensorboard
folder = sys.argv[1]
open(folder + "/metadata.sqlite", "w").close()
with tf.summary.create_file_writer(folder + "/logs/train").as_default():
    tf.summary.scalar("epoch_loss", 0.5, step=1)
tensorboard.Lineage = lambda *_: None
tensorboard.log_folders = lambda _: {"trial 0003": folder + "/logs"}
tensorboard.show(folder, "churn", 0)
"""


def test_tensorboard_serves_the_runs_by_name_on_this_machine_alone_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    root = Path(tensorboard.__file__).parents[2]
    command = [sys.executable, "-c", SERVE, str(tmp_path)]
    process = subprocess.Popen(
        command,
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    watchdog = threading.Timer(120, process.kill)
    watchdog.start()
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.fullmatch(r"TensorBoard of churn, 1 training: (http://127\.0\.0\.1:\d+/) \(Ctrl-C ends it\)\n", line)
        assert found, line or process.communicate(timeout=60)
        with urllib.request.urlopen(found[1] + "data/runs", timeout=60) as answer:
            runs = answer.read().decode()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        watchdog.cancel()
        process.kill()
    assert (process.returncode, out) == (0, ""), err
    assert "Traceback" not in err
    assert "trial 0003/train" in runs
    assert [path.name for path in tmp_path.glob("tensorboard-*")] == []
