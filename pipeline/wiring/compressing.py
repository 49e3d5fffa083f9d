"""From the student to a small model on the device."""

import dataclasses
import json

from tfx.types.channel import BaseChannel

from components.pruner.component import Pruner
from components.quantizer.component import Quantizer
from pipeline.wiring.context import Context, Stage
from pipeline.wiring.learning import TrainedModels


@dataclasses.dataclass(frozen=True, kw_only=True)
class CompressedModels(Stage):
    """The student, compressed.

    Attributes:
        model: The .tflite that would ship.
        forms: The .tflite in every numeric form.
    """

    model: BaseChannel
    forms: BaseChannel


def compress(context: Context, models: TrainedModels) -> CompressedModels:
    """Prunes the student, and converts it to TFLite in every numeric form."""
    given = {
        "teacher": models.teacher,
        "examples": models.transformed,
        "transform_graph": models.transform_graph,
    }
    sections = ("features", "label", "distillation")
    pruner = Pruner(
        **given,
        model=models.student,
        config=json.dumps(context.config(*sections, "pruner", code="components.pruner.executor")),
    )
    quantizer = Quantizer(
        **given,
        model=pruner.outputs["pruned_model"],
        config=json.dumps(context.config(*sections, "quantizer", code="components.quantizer.executor")),
    )
    return CompressedModels(
        steps=[pruner, quantizer],
        found={
            "pruned_model": pruner.outputs["pruned_model"],
            "pruner_run": pruner.outputs["model_run"],
            "quantized_model": quantizer.outputs["quantized_model"],
            "quantizer_run": quantizer.outputs["model_run"],
        },
        model=quantizer.outputs["quantized_model"],
        forms=quantizer.outputs["forms"],
    )
