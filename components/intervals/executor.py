"""Reads the model that would ship and the raw test rows, writes the intervals and the curves."""

from typing import Any

from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils

from components import raw_rows, training_inputs
from components.intervals import curves, report, residuals, slices
from modules.contracts import intervals, tflite
from modules.tflite import inference


class Executor(base_executor.BaseExecutor):
    """Artifacts in: `model`, `examples`, `transform_graph`. Out: `intervals`."""

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        this = training_inputs.start(input_dict, exec_properties)
        rows = raw_rows.read(this, training_inputs.split_files(input_dict, "test"))
        model = tflite.read_judged(artifact_utils.get_single_uri(input_dict["model"]))
        predictions = inference.Predictor(model.content).predict_all(rows.inputs)
        task, classes, settings = this.target.task, list(this.target.classes), this.config["evaluation"]
        found = report.intervals(
            task,
            rows.labels,
            predictions,
            rows.weights,
            classes,
            slices.rows_by_slice(rows.columns, settings["slices"]),
            settings["fairness_thresholds"],
            this.seed,
        )
        artifact = artifact_utils.get_single_instance(output_dict["intervals"])
        artifact.set_int_custom_property("metrics", len(found.slices[0].metrics))
        artifact.set_int_custom_property("slices", len(found.slices))
        if task == "binary":
            drawn = curves.binary(rows.labels, predictions[:, 1], rows.weights)
        elif task == "multiclass":
            drawn = curves.multiclass(rows.labels, predictions, rows.weights, classes)
        else:
            drawn = residuals.regression(rows.labels, predictions[:, 0], rows.weights)
        intervals.write(artifact.uri, found, drawn)
