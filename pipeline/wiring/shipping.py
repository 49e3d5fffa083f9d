"""Publishing the model, and reporting what the run found out."""

from components.reporter.component import Reporter
from components.tflite_pusher.component import TflitePusher
from modules import callbacks
from pipeline.wiring.compressing import CompressedModels
from pipeline.wiring.context import Context, Stage
from pipeline.wiring.digests import code_digest
from pipeline.wiring.judging import JudgedModel


def ship(context: Context, compressed: CompressedModels, judged: JudgedModel) -> Stage:
    """Publishes the .tflite and its papers, if it was blessed."""
    pusher = TflitePusher(
        model=compressed.model,
        model_blessing=judged.blessing,
        evaluation=judged.evaluation,
        ladder=judged.ladder,
        destination=context.destination,
        **context.parameters(TflitePusher),
    ).with_id("Pusher")
    return Stage(steps=[pusher], reported={"pushed_model": pusher.outputs["pushed_model"]})


def report(context: Context, stages: list[Stage]) -> Stage:
    """Collects what all stages found out, as summary.json and one page."""
    channels = {name: channel for stage in stages for name, channel in stage.reported.items()}
    reporter = Reporter(
        **channels,
        sections=[section for stage in stages for section in stage.sections],
        fingerprint=context.fingerprint,
        config=Reporter.config_of(context.placed),
        code=code_digest("pipeline.wiring.pipeline", *map(callbacks.module_of, callbacks.ALL)),
    )
    return Stage(steps=[reporter], reported={})
