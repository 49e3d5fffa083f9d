"""The Evaluator on predictions that stand in a table: its own measuring and writing, without a model or examples."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import tensorflow_model_analysis as tfma
from tensorflow_model_analysis.utils import config_util

from components.evaluator import measuring, results
from components.evaluator.executor import name_classes
from components.evaluator.judged_rows import JudgedRows
from components.evaluator.slicing import SliceCollector
from modules.base.settings import Evaluation, Label
from modules.judging import tfma_metrics  # noqa: F401 - registers a metric
from pipeline.wiring import evaluation

PREDICTION, OF_BASELINE = "p", "q"
_BATCH = 60


def configured(settings: Evaluation, label: Label, classes: int, with_baseline: bool = False) -> Any:
    """Returns the pipeline's own EvalConfig, for predictions that stand in the columns p and, of a baseline, q."""
    config = evaluation.eval_config(settings, label)
    for spec in config.model_specs:
        spec.prediction_key, spec.model_type = OF_BASELINE if spec.is_baseline else PREDICTION, ""
    name_classes(config, classes)
    return config_util.update_eval_config_with_defaults(config, has_baseline=with_baseline, rubber_stamp=True)


def models(config: Any) -> list[Any]:
    """Returns what stands for models whose predictions are columns."""
    return [
        tfma.EvalSharedModel(model_name=spec.name, model_type="materialized_prediction", is_baseline=spec.is_baseline)
        for spec in config.model_specs
    ]


def evaluate(task: str, rows: pd.DataFrame, config: Any, folder: Path) -> None:
    """Judges the rows, in batches, and writes what the Evaluator writes."""
    slices = SliceCollector(config.slicing_specs)
    for start in range(0, len(rows), _BATCH):
        part = rows[start : start + _BATCH]
        slices.add({name: part[name].to_numpy()[:, None] for name in slices.columns}, len(part))
    first = config.model_specs[0]
    judged = JudgedRows(
        np.array(rows[first.label_key].tolist(), np.float32),
        {spec.name: _answers(task, rows[spec.prediction_key]) for spec in config.model_specs},
        rows[first.example_weight_key].to_numpy() if first.example_weight_key else None,
        slices.rows_by_slice(),
    )
    results.write(measuring.measure(judged, config), config, models(config), str(folder))


def _answers(task: str, column: pd.Series) -> np.ndarray:
    """Returns predictions as `inference.Predictor` gives them."""
    found = np.array(column.tolist(), np.float32)
    return {"binary": np.stack([1 - found, found], -1), "multiclass": found, "regression": found[..., None]}[task]
