"""TFMA's verdict on what was measured, and TFMA's files of it, by TFMA's own writers."""

import os
import pickle
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

import apache_beam as beam
import tensorflow_model_analysis as tfma
from apache_beam.runners.portability.fn_api_runner import fn_runner
from tensorflow_model_analysis import constants
from tensorflow_model_analysis.evaluators import metrics_validator
from tensorflow_model_analysis.metrics import metric_types

from components.evaluator.measuring import Measured


def write(measured: Mapping[tuple, Measured], eval_config: Any, models: Sequence[Any], directory: str) -> None:
    """Writes metrics, plots, attributions, validations, and the EvalConfig.

    Args:
        measured: What `measuring.measure` returned.
        eval_config: TFMA's EvalConfig, with its defaults filled in.
        models: TFMA's EvalSharedModels; the writers note where they lie.
        directory: Where to write.
    """
    metrics = [(key, _of_type(values, False)) for key, values in measured.items()]
    evaluation = {
        constants.METRICS_KEY: metrics,
        constants.PLOTS_KEY: [(key, _of_type(values, True)) for key, values in measured.items()],
        constants.ATTRIBUTIONS_KEY: [(key, {}) for key in measured],
        constants.VALIDATIONS_KEY: [metrics_validator.validate_metrics(item, eval_config) for item in metrics],
    }
    writers = tfma.default_writers(output_path=directory, eval_shared_model=list(models), eval_config=eval_config)
    # The runner is named because a recent DirectRunner first tries to download another one.
    with tempfile.TemporaryDirectory() as folder, beam.Pipeline(runner=fn_runner.FnApiRunner()) as pipeline:
        collections = {}
        for name, items in evaluation.items():
            # Through a file: `beam.Create` would compress thousands of slices into the pipeline, several times over.
            path = os.path.join(folder, name)
            with open(path, "wb") as file:
                pickle.dump(items, file)
            collections[name] = pipeline | f"Create[{name}]" >> beam.Create([path]) | name >> beam.FlatMap(_load)
        _ = collections | "WriteResults" >> tfma.WriteResults(writers=writers)


def _load(path: str) -> list[Any]:
    with open(path, "rb") as file:
        return pickle.load(file)


def _of_type(values: Measured, is_plot: bool) -> Measured:
    return {key: value for key, value in values.items() if isinstance(key, metric_types.PlotKey) == is_plot}
