"""The product as a user has it: `init` and `run` on a table, and `predict` with what was pushed."""

import dataclasses
import glob
import os
import subprocess
import sys
import time

import numpy as np
import pandas as pd

from modules import tasks
from modules.contracts import pushed_folder, report, tflite
from pipeline import config as configs

_RUNNER = os.path.abspath("local_runner.py")
_REFUSED = 3


@dataclasses.dataclass(frozen=True)
class Shipped:
    """What a run made.

    Attributes:
        task: The task that `init` drafted.
        classes: Names of the classes, the negative one first.
        left_out: The columns that `init` left out.
        form: The numeric form that ships.
        refused: Whether a gate refused the model.
        predictions: Of the test rows the probability of each class, float64 [n, classes], or the value, [n, 1].
        ladder: The metric of each model of the run on its test rows, by name.
        bytes: Its size.
        seconds: How long `run` took.
    """

    task: str
    classes: list[str]
    left_out: list[str]
    form: str
    refused: bool
    predictions: np.ndarray
    ladder: dict[str, float]
    bytes: int
    seconds: float


def run(folder: str, label: str, seed: int, metric: str) -> Shipped:
    """Drafts a config for `train.csv`, leaves it as it is, and runs it; `test.csv` are the test rows.

    Args:
        folder: Where both tables are, and where the config and the run go.
        label: The label's column.
        seed: The run's seed.
        metric: The metric that `ladder` has.
    """
    _call(folder, "init", "train.csv", "--label", label, "--name", "table")
    config = os.path.join(folder, "data", "table", "pipeline.yaml")
    output = os.path.join(folder, "run")
    test = os.path.join(folder, "test.csv")
    started = time.monotonic()
    settings = ["--set", f"seed={seed}", "--set", f"data.test={test}"]
    status = _call(folder, "run", "--config", config, "--output", output, *settings)
    seconds = time.monotonic() - started
    drafted = configs.load(config)
    summary = report.read_summary(output)
    form = tasks.rung_name(summary["shipped_form"])
    rung = next(rung for rung in summary["ladder"] if rung["form"] == form)
    classes = [str(name) for name in summary["classes"]]
    # What was judged is what is pushed; a model that a gate refused is measured all the same.
    forms = _latest(os.path.join(output, "artifacts", "Quantizer", "forms"))
    shipped = tflite.read_form(forms, summary["shipped_form"])
    card = dataclasses.replace(shipped.card, pushed={"text": drafted.data.model_dump(mode="json")})
    pushed_folder.write(os.path.join(folder, "model"), tflite.TfliteModel(shipped.content, card))
    _call(folder, "predict", "--model", "model", "--input", test, "--output", "predictions.csv", "--no-verify")
    answers = pd.read_csv(os.path.join(folder, "predictions.csv"))
    columns = [f"probability_{name}" for name in classes] or ["prediction"]
    return Shipped(
        drafted.label.task,
        classes,
        drafted.features.exclude,
        summary["shipped_form"],
        status == _REFUSED,
        answers[columns].to_numpy(np.float64),
        {rung["form"]: rung[metric] for rung in summary["ladder"]},
        rung["bytes"],
        seconds,
    )


def _latest(folder: str) -> str:
    return max(glob.glob(os.path.join(folder, "*")), key=lambda path: int(os.path.basename(path)))


def _call(folder: str, *arguments: str) -> int:
    """Runs a command in the folder; returns its status, which is 0 or that of a refused model."""
    with open(os.path.join(folder, f"{arguments[0]}.log"), "w", encoding="utf-8") as log:
        done = subprocess.run([sys.executable, _RUNNER, *arguments], cwd=folder, stdout=log, stderr=subprocess.STDOUT)
    if done.returncode not in (0, _REFUSED):
        raise SystemExit(f"{arguments[0]} ended with status {done.returncode}: {log.name}")
    return done.returncode
