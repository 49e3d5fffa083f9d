"""Reads what the model that would ship predicts of the test rows, writes the intervals and the curves."""

from typing import Any

from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils

from components import raw_rows, training_inputs
from components.intervals import drawing, reference, report
from modules import tasks
from modules.contracts import intervals, predictions, tflite
from modules.judging import slices


class Executor(base_executor.BaseExecutor):
    """Artifacts in: `model`, `predictions`, `examples`, `transform_graph`. Out: `intervals`."""

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        run = training_inputs.start(input_dict, exec_properties)
        task, classes, settings = run.target.task, list(run.target.classes), run.config["evaluation"]
        card = tflite.read_judged_card(artifact_utils.get_single_uri(input_dict["model"]))
        rung = tasks.rung_name(card.form)
        scored = predictions.read(artifact_utils.get_single_uri(input_dict["predictions"]), rung)
        predicted, labels, weights = scored.by_rung[rung], scored.labels, scored.weights
        sliced = {run.table.label, *(name for names in settings["slices"] for name in names)}
        columns = raw_rows.read_columns(run, training_inputs.split_files(input_dict, "test"), sliced)
        rows = slices.rows_by_slice(columns, settings["slices"])
        intervals_of_slices = report.intervals(
            task,
            labels,
            predicted,
            weights,
            classes,
            rows,
            settings["fairness_thresholds"],
            run.seed,
            card.threshold,
        )
        artifact = artifact_utils.get_single_instance(output_dict["intervals"])
        artifact.set_int_custom_property("metrics", len(intervals_of_slices.slices[0].metrics))
        artifact.set_int_custom_property("slices", len(intervals_of_slices.slices))
        drawn = drawing.draw(task, labels, predicted, weights, classes, rows, card.threshold)
        intervals.write(artifact.uri, intervals_of_slices, reference.reference(run.target, labels, weights), drawn)
