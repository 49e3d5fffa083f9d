"""From the student to a small model on the device."""

import dataclasses

from tfx.types.channel import BaseChannel

from components.pruner.component import Pruner
from components.quantizer.component import Quantizer
from components.scorer.component import Scorer
from components.selector.component import Selector
from pipeline.wiring.context import Context, Stage
from pipeline.wiring.data import CheckedData
from pipeline.wiring.learning import TrainedModels


@dataclasses.dataclass(frozen=True, kw_only=True)
class CompressedModels(Stage):
    """The student, compressed.

    Attributes:
        forms: The .tflite in every numeric form.
        uncompressed: Teacher and student as .tflite.
        predictions: What all of them predict of the test rows.
        validation_predictions: The same of the validation rows.
        model: The form that would ship, with its decision threshold.
        selection: Why it was chosen, and the others were passed over.
    """

    forms: BaseChannel
    uncompressed: BaseChannel
    predictions: BaseChannel
    validation_predictions: BaseChannel
    model: BaseChannel
    selection: BaseChannel


def compress(context: Context, data: CheckedData, models: TrainedModels) -> CompressedModels:
    """Prunes the student, converts it to TFLite in every numeric form, and chooses the form that is judged."""
    given = {
        "teacher": models.teacher,
        "examples": models.transformed,
        "transform_graph": models.transform_graph,
    }
    pruner = Pruner(**given, model=models.student, **context.parameters(Pruner))
    quantizer = Quantizer(**given, model=pruner.outputs["pruned_model"], **context.parameters(Quantizer))
    forms = quantizer.outputs["forms"]
    rows = {"examples": data.examples, "transform_graph": models.transform_graph}
    scorer = Scorer(teacher=models.teacher, student=models.student, forms=forms, **rows, **context.parameters(Scorer))
    selector = Selector(
        forms=forms,
        uncompressed=scorer.outputs["uncompressed"],
        validation_predictions=scorer.outputs["validation_predictions"],
        **rows,
        **context.parameters(Selector),
    )
    return CompressedModels(
        steps=[pruner, quantizer, scorer, selector],
        reported={
            "pruned_model": pruner.outputs["pruned_model"],
            "pruner_run": pruner.outputs["model_run"],
            "quantizer_run": quantizer.outputs["model_run"],
            "quantized_model": selector.outputs["model"],
            "selection": selector.outputs["selection"],
        },
        forms=forms,
        uncompressed=scorer.outputs["uncompressed"],
        predictions=scorer.outputs["predictions"],
        validation_predictions=scorer.outputs["validation_predictions"],
        model=selector.outputs["model"],
        selection=selector.outputs["selection"],
    )
