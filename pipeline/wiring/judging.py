"""How good the compressed model is, for whom, and how sure that is."""

import dataclasses

from google.protobuf import json_format
from tfx.dsl.components.base.base_node import BaseNode
from tfx.types.channel import BaseChannel

from components.comparer.component import Comparer
from components.debugger.component import Debugger
from components.evaluator.component import Evaluator
from components.explainer.component import Explainer
from components.intervals.component import Intervals
from components.ladder.component import Ladder
from components.verdict.component import Verdict
from pipeline.wiring import evaluation
from pipeline.wiring.baseline import model_baseline
from pipeline.wiring.compressing import CompressedModels
from pipeline.wiring.context import Context, Stage
from pipeline.wiring.data import CheckedData
from pipeline.wiring.learning import TrainedModels


@dataclasses.dataclass(frozen=True, kw_only=True)
class JudgedModel(Stage):
    """What was found out about the model that would ship.

    Attributes:
        blessing: Whether it may ship.
        evaluation: Its metrics, overall and by slice.
        ladder: Every model from the teacher to the smallest form, side by side.
    """

    blessing: BaseChannel
    evaluation: BaseChannel
    ladder: BaseChannel


def judge(context: Context, data: CheckedData, models: TrainedModels, compressed: CompressedModels) -> JudgedModel:
    """Evaluates the model that would ship, measures all models side by side, and holds the one that would ship to all.

    That is to the gates, against the baseline, and to the promises.
    """
    baseline = model_baseline(context, compressed.model)
    evaluator = _evaluator(context, data, compressed, baseline)
    rows = {"examples": data.examples, "transform_graph": models.transform_graph}
    ladder = Ladder(
        model=compressed.model,
        selection=compressed.selection,
        uncompressed=compressed.uncompressed,
        forms=compressed.forms,
        predictions=compressed.predictions,
        transform_graph=models.transform_graph,
        **context.parameters(Ladder),
    )
    intervals = Intervals(
        model=compressed.model,
        predictions=compressed.predictions,
        **rows,
        **context.parameters(Intervals),
    )
    asking = _asking(context, data, models, compressed)
    verdict = Verdict(
        evaluation=evaluator.outputs["evaluation"],
        model=compressed.model,
        predictions=compressed.predictions,
        ladder=ladder.outputs["ladder"],
        **({"debugging": asking["debugging"].outputs["debugging"]} if context.settings.promises.beats else {}),
        baseline_model=baseline.outputs["model"],
        **rows,
        **context.parameters(Verdict),
    )
    comparer = _comparer(context, data, models) if context.settings.distillation.compare else None
    return JudgedModel(
        steps=[baseline, evaluator, ladder, intervals, verdict, *([comparer] if comparer else []), *asking.values()],
        reported=({"gains": comparer.outputs["gains"]} if comparer else {})
        | {name: step.outputs[name] for name, step in asking.items()}
        | {
            "evaluation": evaluator.outputs["evaluation"],
            "blessing": verdict.outputs["blessing"],
            "verdict": verdict.outputs["verdict"],
            "ladder": ladder.outputs["ladder"],
            "intervals": intervals.outputs["intervals"],
        },
        blessing=verdict.outputs["blessing"],
        evaluation=evaluator.outputs["evaluation"],
        ladder=ladder.outputs["ladder"],
    )


def _asking(
    context: Context, data: CheckedData, models: TrainedModels, compressed: CompressedModels
) -> dict[str, BaseNode]:
    """Returns the steps that ask the model, by what they leave, as far as the config wants them."""
    settings = context.settings
    given = {
        "model": compressed.model,
        "student": models.student,
        "examples": data.examples,
        "transform_graph": models.transform_graph,
        "predictions": compressed.predictions,
        "validation_predictions": compressed.validation_predictions,
        **({"teacher": models.teacher} if settings.trainer.folded else {}),
    }
    wanted = {
        "explanation": (settings.explainer.enabled, Explainer),
        "debugging": (settings.debugger.enabled, Debugger),
    }
    return {name: kind(**given, **context.parameters(kind)) for name, (enabled, kind) in wanted.items() if enabled}


def _comparer(context: Context, data: CheckedData, models: TrainedModels) -> BaseNode:
    return Comparer(
        student=models.student,
        student_run=models.student_run,
        teacher=models.teacher,
        examples=models.transformed,
        raw_examples=data.examples,
        transform_graph=models.transform_graph,
        **context.parameters(Comparer),
    )


def _evaluator(context: Context, data: CheckedData, compressed: CompressedModels, baseline: BaseNode) -> BaseNode:
    return Evaluator(
        examples=data.examples,
        schema=data.schema,
        model=compressed.model,
        baseline_model=baseline.outputs["model"],
        eval_config=json_format.MessageToJson(
            evaluation.eval_config(context.settings.evaluation, context.settings.label), sort_keys=True
        ),
        **context.parameters(Evaluator),
    )
