"""Reads all models and the raw test rows, writes the ladder."""

from typing import Any

from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils

from components import raw_rows, training_inputs
from components.ladder import measure
from modules import tasks
from modules.contracts import ladder, tflite
from modules.tflite import conversion
from modules.training import network as networks
from modules.training import serving


class Executor(base_executor.BaseExecutor):
    """Artifacts in: `teacher`, `student`, `forms`, `examples`, `transform_graph`. Out: `ladder`."""

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        this = training_inputs.start(input_dict, exec_properties)
        rows = raw_rows.read(this, training_inputs.split_files(input_dict, "test"))
        raw = rows.inputs, rows.labels, rows.weights
        rungs = []
        for key in ("teacher", "student"):
            directory = training_inputs.model_directory(input_dict, key)
            sparsity = networks.sparsity(serving.load_parts(directory)[1])
            rungs.append(measure.measure(key, conversion.to_tflite(directory), sparsity, this.label.task, *raw))
        forms = artifact_utils.get_single_uri(input_dict["forms"])
        for form in conversion.FORMS:
            model = tflite.read_form(forms, form)
            name, sparsity = tasks.rung_name(form), model.card.sparsity or 0.0
            rungs.append(measure.measure(name, model.content, sparsity, this.label.task, *raw))
        artifact = artifact_utils.get_single_instance(output_dict["ladder"])
        artifact.set_int_custom_property("forms", len(rungs))
        ladder.write(artifact.uri, rungs)
