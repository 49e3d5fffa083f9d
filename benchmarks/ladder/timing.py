"""How long one raw row takes: every model of a run, and boosted trees on the same table, in this process."""

import glob
import os
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
import threadpoolctl

from benchmarks.ladder.page import SeedResult
from benchmarks.quality import opponents
from modules import tasks
from modules.base.settings import PipelineSettings
from modules.contracts import model_forms, report
from modules.contracts.tflite import ModelCard, TfliteModel
from modules.tflite import device
from pipeline import config as configs


def result(config: str, settings: list[str], output: str) -> SeedResult:
    """Reads a run, and times its models beside the trees.

    Args:
        config: Its config.
        settings: The settings that differ, as KEY=VALUE.
        output: The run's folder.
    """
    loaded = configs.load(config, settings)
    rows = _table(loaded)
    label = loaded.label.column
    has_classes = tasks.named(loaded.label.task).has_classes
    target = rows[label].astype(str) if has_classes else rows[label]
    features = opponents.plain(rows.drop(columns=loaded.features.exclude), label)
    trees = opponents.boosting(rows.drop(columns=loaded.features.exclude), label, has_classes, loaded.seed)
    trees.fit(features, target)
    call, one = trees.predict_proba if has_classes else trees.predict, features[:1]
    with threadpoolctl.threadpool_limits(1):  # models answer on one thread, too
        slow = device.measure_call(lambda: call(one), 0, 0).latency_p50_us
    ratios = {}
    for name, model in _models(os.path.join(output, "artifacts")):
        fast = device.measure(model.content, raw_row(model.card, one.iloc[0].to_dict()))
        ratios[tasks.rung_name(name)] = slow / fast.latency_p50_us
    return SeedResult(report.read_summary(output), ratios)


def raw_row(card: ModelCard, values: Mapping[str, object]) -> dict[str, np.ndarray]:
    """Returns the input tensors of one row, [1, 1] each.

    Args:
        card: What the model takes.
        values: The row, by column.
    """
    dtypes = {"string": np.object_, "int64": np.int64, "float32": np.float32}
    row = {}
    for spec in card.inputs:
        value = values[spec["name"]]
        cell = str(value).encode() if spec["dtype"] == "string" else value
        row[spec["tensor"]] = np.array([[cell]], dtypes[spec["dtype"]])
    return row


def _table(loaded: PipelineSettings) -> pd.DataFrame:
    (path,) = [loaded.data.train] if isinstance(loaded.data.train, str) else loaded.data.train
    return pd.read_csv(path, keep_default_na=False, na_values=loaded.data.missing_values)


def _models(artifacts: str) -> Iterator[tuple[str, TfliteModel]]:
    for key in ("Scorer/uncompressed", "Quantizer/forms"):
        runs = glob.glob(os.path.join(artifacts, key, "*"))
        yield from model_forms.read(max(runs, key=lambda path: int(os.path.basename(path)))).items()
