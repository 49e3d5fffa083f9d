"""The pipeline, wired from the config.

 1. ExampleGen        the tables become examples: train, validation (by hash of the row) and test
 2. StatisticsGen     what the columns hold, in every split; DataBaseline: and in the run that was blessed last
 3. Schema            imported where the data set has one, inferred where not; then how columns become tensors
 4. ExampleValidator  where the data do not fit the schema
 5. DataGate          stops the run there, or where splits or runs drift apart, and says why; nothing is learnt before
 6. Transform         impute, scale, bin, look up, project (PCA)
 7. Tuner             Hyperband over the teacher's shape, where a network is part of it
 8. Teacher           Trainer with the best hyperparameters, under MirroredStrategy; or of boosted trees, or an ensemble
 9. Student           Trainer, distilled from the teacher
10. Pruner            sets the smallest weights to zero
11. Quantizer         TFLite, in every numeric form
12. Scorer            what every model predicts of test and validation rows, once for all that measure
13. Selector          the smallest form that keeps every promise on the validation rows, and the threshold
14. Baseline          the model that was blessed last
15. Evaluator         TFMA and Fairness Indicators on the very .tflite that would ship
16. Ladder            every model from the teacher to the smallest form, side by side
17. Intervals         how far the metrics of what would ship may be off, overall and by slice; curves
18. Verdict           whether TFMA's thresholds hold and every promise is kept, for every group: the blessing
    Explainer         which columns carry the answers, and why single rows get theirs
    Debugger          where the model is wrong, and how easily it is led astray
    Comparer          where the config asks: what the teacher and the synthetic rows bought, on the test rows
19. Papers            what the run has found out so far, for those who receive the model
20. Pusher            publishes the .tflite and its papers, if it was blessed
21. Reporter          everything that the run found out, as summary.json and one page
"""

from tfx.orchestration import metadata
from tfx.orchestration.data_types import RuntimeParameter
from tfx.orchestration.pipeline import Pipeline

from modules.base.settings import PipelineSettings
from pipeline.wiring.compressing import compress
from pipeline.wiring.context import Context
from pipeline.wiring.data import check_data
from pipeline.wiring.engines import Engine
from pipeline.wiring.judging import judge
from pipeline.wiring.learning import learn
from pipeline.wiring.shipping import report, ship


def create_pipeline(
    settings: PipelineSettings,
    root: str,
    metadata_path: str | None,
    destination: str | RuntimeParameter,
    engine: Engine,
) -> Pipeline:
    """Wires the pipeline.

    Args:
        settings: The config, with paths that this machine can open.
        root: Folder of the artifacts.
        metadata_path: File of ML Metadata's SQLite store; None where the engine keeps the lineage itself.
        destination: Folder of the pushed versions.
        engine: What differs between the engines.
    """
    context = Context.of(settings, root, destination, engine)
    data = check_data(context)
    models = learn(context, data)
    compressed = compress(context, data, models)
    judged = judge(context, data, models, compressed)
    shipment = ship(context, data, models, compressed, judged)
    stages = [data, models, compressed, judged, shipment]
    stages.append(report(context, stages))
    return Pipeline(
        pipeline_name=settings.name,
        pipeline_root=root,
        metadata_connection_config=metadata_path and metadata.sqlite_metadata_connection_config(metadata_path),
        components=[step for stage in stages for step in stage.steps],
        enable_cache=True,
        beam_pipeline_args=engine.beam_args,
    )
