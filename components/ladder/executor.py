"""Reads all models and what they predict, writes the ladder."""

import dataclasses
from typing import Any

from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils

from components import training_inputs
from components.ladder import compared, measure
from modules import tasks
from modules.contracts import folded_teacher, ladder, model_forms, predictions, selection, tflite
from modules.judging.statistics.resampling import Resampler
from modules.tflite import device


class Executor(base_executor.BaseExecutor):
    """Artifacts in: `model`, `selection`, `uncompressed`, `forms`, `predictions`, `transform_graph`. Out: `ladder`."""

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        run = training_inputs.start(input_dict, exec_properties)
        figures = selection.read(artifact_utils.get_single_uri(input_dict["selection"])).figures
        scored = predictions.read(artifact_utils.get_single_uri(input_dict["predictions"]))
        uncompressed, forms = (artifact_utils.get_single_uri(input_dict[key]) for key in ("uncompressed", "forms"))
        sparsities: dict[str, float | None] = dict.fromkeys(folded_teacher.read_figures(uncompressed), 0.0)
        for folder in (uncompressed, forms):
            found = model_forms.read(folder)
            sparsities |= {tasks.rung_name(name): model.card.sparsity for name, model in found.items()}
        judged = tflite.read_judged_card(artifact_utils.get_single_uri(input_dict["model"]))
        task, classes = run.label.task, run.target.classes
        resampler = Resampler(run.seed, len(scored.labels))
        rungs = []
        for name, sparsity in sparsities.items():
            taken = device.DeviceFigures(**figures[name])
            rung = measure.measure(name, sparsity or 0.0, task, scored, taken, judged.threshold)
            against = compared.compared(name, task, classes, scored, resampler, judged.threshold)
            rungs.append(dataclasses.replace(rung, **against))
        artifact = artifact_utils.get_single_instance(output_dict["ladder"])
        artifact.set_int_custom_property("forms", len(rungs))
        ladder.write(artifact.uri, rungs)
