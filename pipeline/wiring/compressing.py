"""From the student to a small model on the device."""

import dataclasses

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
    pruner = Pruner(**given, model=models.student, **context.parameters(Pruner))
    quantizer = Quantizer(**given, model=pruner.outputs["pruned_model"], **context.parameters(Quantizer))
    return CompressedModels(
        steps=[pruner, quantizer],
        reported={
            "pruned_model": pruner.outputs["pruned_model"],
            "pruner_run": pruner.outputs["model_run"],
            "quantized_model": quantizer.outputs["quantized_model"],
            "quantizer_run": quantizer.outputs["model_run"],
        },
        model=quantizer.outputs["quantized_model"],
        forms=quantizer.outputs["forms"],
    )
