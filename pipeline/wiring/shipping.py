"""Publishing the model with its papers, and reporting what the run found out."""

from collections.abc import Sequence

from tfx.dsl.components.base.base_node import BaseNode

from components.reporter.component import Reporter
from components.tflite_pusher.component import TflitePusher
from modules import callbacks
from pipeline.wiring.compressing import CompressedModels
from pipeline.wiring.context import Context, Stage
from pipeline.wiring.data import CheckedData
from pipeline.wiring.digests import code_digest
from pipeline.wiring.judging import JudgedModel
from pipeline.wiring.learning import TrainedModels


def ship(
    context: Context, data: CheckedData, models: TrainedModels, compressed: CompressedModels, judged: JudgedModel
) -> Stage:
    """Publishes the .tflite and its papers, if it was blessed.

    The papers are made from a summary of all that was found out before: that of the whole run holds what was pushed.
    """
    papers = _reporter(context, [data, models, compressed, judged]).with_id("Papers")
    pusher = TflitePusher(
        model=compressed.model,
        model_blessing=judged.blessing,
        report=papers.outputs["report"],
        examples=data.examples,
        transform_graph=models.transform_graph,
        destination=context.destination,
        **context.parameters(TflitePusher),
    ).with_id("Pusher")
    return Stage(steps=[papers, pusher], reported={"pushed_model": pusher.outputs["pushed_model"]})


def report(context: Context, stages: Sequence[Stage]) -> Stage:
    """Collects what all stages found out, as summary.json and one page."""
    return Stage(steps=[_reporter(context, stages)], reported={})


def _reporter(context: Context, stages: Sequence[Stage]) -> BaseNode:
    channels = {name: channel for stage in stages for name, channel in stage.reported.items()}
    return Reporter(
        **channels,
        sections=[section for stage in stages for section in stage.sections],
        fingerprint=context.fingerprint,
        config=Reporter.config_of(context.placed),
        code=code_digest("pipeline.wiring.pipeline", *map(callbacks.module_of, callbacks.ALL)),
    )
