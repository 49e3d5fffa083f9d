"""The pipeline, wired from the config.

 1. ExampleGen        the tables become examples: train, validation (by hash of the row) and test
 2. StatisticsGen     what the columns hold, in every split; DataBaseline: and in the run that was blessed last
 3. Schema            imported where the data set has one, inferred where not; then how columns become tensors
 4. ExampleValidator  where the data do not fit the schema
 5. DataGate          stops the run there, or where splits or runs drift apart, and says why; nothing is learnt before
 6. Transform         impute, scale, bin, look up, project (PCA)
 7. Tuner             Hyperband over the teacher's shape
 8. Teacher           Trainer with the best hyperparameters, under MirroredStrategy
 9. Student           Trainer, distilled from the teacher
10. Pruner            sets the smallest weights to zero
11. Quantizer         TFLite, in every numeric form
12. Baseline          the model that was blessed last
13. Evaluator         TFMA and Fairness Indicators on the very .tflite that would ship
14. Ladder            every model from the teacher to the smallest form, side by side
15. Intervals         how far the metrics of what would ship may be off, overall and by slice; curves
16. Pusher            publishes the .tflite and its papers, if it was blessed
17. Reporter          everything that the run found out, as summary.json and one page
"""

import json
from typing import Any

import tensorflow_data_validation as tfdv
from tfx.components import (
    Evaluator,
    ExampleValidator,
    SchemaGen,
    StatisticsGen,
    Trainer,
    Transform,
)
from tfx.components.schema_gen.import_schema_gen.component import ImportSchemaGen
from tfx.orchestration import metadata
from tfx.orchestration.data_types import RuntimeParameter
from tfx.orchestration.pipeline import Pipeline
from tfx.proto import trainer_pb2, transform_pb2

from components.data_gate import statistics as data_statistics
from components.data_gate.component import DataGate
from components.intervals.component import Intervals
from components.ladder.component import Ladder
from components.pruner.component import Pruner
from components.quantizer.component import Quantizer
from components.reporter.component import Reporter
from components.schema_curator.component import SchemaCurator
from components.table_example_gen.component import TableExampleGen
from components.tflite_pusher.component import TflitePusher
from components.tuner.component import Tuner
from modules.base.settings import PipelineSettings
from pipeline.wiring import evaluation
from pipeline.wiring.baseline import data_baseline, model_baseline
from pipeline.wiring.digests import code_digest, data_digest
from pipeline.wiring.engines import Engine

# Settings of the label that only training reads: another objective is no reason to transform the rows anew.
_OF_TRAINING = {"objective", "class_weights"}

# What TFX calls by its name, and nobody imports.
_CALLBACKS = (
    "modules.graph.preprocessing",
    "modules.training.tuner",
    "modules.training.trainer",
    "modules.judging.extractors",
)


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
    train = trainer_pb2.TrainArgs(splits=["train"])
    validation = trainer_pb2.EvalArgs(splits=["validation"])

    def config(*sections: str, code: str | list[str], trains: bool = True) -> dict[str, Any]:
        """Returns just the sections that a step depends on: its key in the cache."""
        values = {name: getattr(settings, name).model_dump(mode="json") for name in sections}
        if "label" in sections and not trains:
            values["label"] = settings.label.model_dump(mode="json", exclude=_OF_TRAINING)
        return values | {"seed": settings.seed, "code": code_digest(*([code] if isinstance(code, str) else code))}

    data = engine.place(settings.data, root)
    schema_file = data.schema_file
    fingerprint = data_digest(settings.data.train, settings.data.test)
    example_gen = TableExampleGen(
        data=data.model_dump_json(),
        label=settings.label.model_dump_json(exclude=_OF_TRAINING | {"log_scale"}),
        timestamps=json.dumps(settings.features.timestamps),
        fingerprint=fingerprint,
        code=code_digest("components.table_example_gen.executor"),
    )
    examples = example_gen.outputs["examples"]
    # The test rows are counted for the checks alone: the schema is inferred, and Transform learns, from train.
    statistics_gen = StatisticsGen(
        examples=examples,
        stats_options=tfdv.StatsOptions(
            num_quantiles_histogram_buckets=data_statistics.QUANTILE_BUCKETS,
            num_rank_histogram_buckets=data_statistics.RANK_BUCKETS,
        ),
    )
    statistics = statistics_gen.outputs["statistics"]
    if schema_file:
        schema_source = ImportSchemaGen(schema_file=schema_file)
    else:
        schema_source = SchemaGen(statistics=statistics, exclude_splits=["validation", "test"])
    curator = SchemaCurator(
        schema=schema_source.outputs["schema"],
        examples=examples,
        inferred=not schema_file,
        code=code_digest("components.schema_curator.executor"),
    )
    schema = curator.outputs["curated_schema"]
    validator = ExampleValidator(statistics=statistics, schema=schema)
    earlier = data_baseline(engine.baseline, statistics)
    gate = DataGate(
        anomalies=validator.outputs["anomalies"],
        statistics=statistics,
        baseline_statistics=earlier.outputs["statistics"] if earlier else None,
        data_gate=settings.data_gate.model_dump_json(),
        label=settings.label.column,
        ignored=filter(None, [*settings.features.exclude, data.group_column, data.time_column]),
        code=code_digest("components.data_gate.executor"),
    )

    transform = Transform(
        examples=examples,
        schema=schema,
        preprocessing_fn="modules.graph.preprocessing.preprocessing_fn",
        custom_config=config("features", "label", "reduction", code="modules.graph.preprocessing", trains=False),
        splits_config=transform_pb2.SplitsConfig(analyze=["train"], transform=["train", "validation"]),
        disable_analyzer_cache=True,
        disable_statistics=True,
    )
    transform.add_upstream_node(gate)
    transformed = transform.outputs["transformed_examples"]
    graph = transform.outputs["transform_graph"]

    tuner = Tuner(
        examples=transformed,
        transform_graph=graph,
        tuner_fn="modules.training.tuner.tuner_fn",
        train_args=train,
        eval_args=validation,
        custom_config=config(
            "features", "label", "tuner", code=["components.tuner.executor", "modules.training.tuner"]
        ),
    )
    teacher = Trainer(
        examples=transformed,
        transform_graph=graph,
        hyperparameters=tuner.outputs["best_hyperparameters"],
        run_fn="modules.training.trainer.train_teacher",
        train_args=train,
        eval_args=validation,
        custom_config=config("features", "label", "trainer", code="modules.training.trainer"),
    ).with_id("Teacher")
    student = Trainer(
        examples=transformed,
        transform_graph=graph,
        base_model=teacher.outputs["model"],
        run_fn="modules.training.trainer.train_student",
        train_args=train,
        eval_args=validation,
        custom_config=config("features", "label", "distillation", code="modules.training.trainer"),
    ).with_id("Student")
    pruner = Pruner(
        model=student.outputs["model"],
        teacher=teacher.outputs["model"],
        examples=transformed,
        transform_graph=graph,
        config=json.dumps(config("features", "label", "distillation", "pruner", code="components.pruner.executor")),
    )
    quantizer = Quantizer(
        model=pruner.outputs["pruned_model"],
        teacher=teacher.outputs["model"],
        examples=transformed,
        transform_graph=graph,
        config=json.dumps(
            config("features", "label", "distillation", "quantizer", code="components.quantizer.executor")
        ),
    )

    quantized = quantizer.outputs["quantized_model"]
    baseline = model_baseline(engine.baseline, quantized, destination)
    evaluator = Evaluator(
        examples=examples,
        example_splits=["test"],
        model=quantized,
        baseline_model=baseline.outputs["model"],
        schema=schema,
        eval_config=evaluation.eval_config(settings.evaluation, settings.label),
        module_path="modules.judging.extractors",
    ).with_beam_pipeline_args(["--labels", f"code={code_digest('modules.judging.extractors')}"])
    ladder = Ladder(
        teacher=teacher.outputs["model"],
        student=student.outputs["model"],
        forms=quantizer.outputs["forms"],
        examples=examples,
        transform_graph=graph,
        config=json.dumps(config("features", "label", code="components.ladder.executor", trains=False)),
    )
    judged = settings.evaluation.model_dump(mode="json", include={"slices", "fairness_thresholds"})
    intervals = Intervals(
        model=quantized,
        examples=examples,
        transform_graph=graph,
        config=json.dumps(
            config("features", "label", code="components.intervals.executor", trains=False) | {"evaluation": judged}
        ),
    )
    pusher = TflitePusher(
        model=quantized,
        model_blessing=evaluator.outputs["blessing"],
        evaluation=evaluator.outputs["evaluation"],
        ladder=ladder.outputs["ladder"],
        destination=destination,
        text=settings.data.model_dump_json(include={"delimiter", "quote", "encoding", "decimal", "missing_values"}),
        code=code_digest("components.tflite_pusher.executor"),
    ).with_id("Pusher")
    reporter = Reporter(
        found={
            "examples": examples,
            "statistics": statistics,
            "schema": schema,
            "anomalies": validator.outputs["anomalies"],
            "findings": gate.outputs["findings"],
            "transform_graph": graph,
            "tuner_results": tuner.outputs["tuner_results"],
            "teacher_run": teacher.outputs["model_run"],
            "student_run": student.outputs["model_run"],
            "pruned_model": pruner.outputs["pruned_model"],
            "pruner_run": pruner.outputs["model_run"],
            "quantized_model": quantized,
            "quantizer_run": quantizer.outputs["model_run"],
            "evaluation": evaluator.outputs["evaluation"],
            "blessing": evaluator.outputs["blessing"],
            "ladder": ladder.outputs["ladder"],
            "intervals": intervals.outputs["intervals"],
            "pushed_model": pusher.outputs["pushed_model"],
        },
        settings=settings.model_copy(update={"data": data}).model_dump_json(exclude={"kubeflow"}),
        fingerprint=fingerprint,
        code=code_digest("pipeline.wiring.pipeline", *_CALLBACKS),
    )

    return Pipeline(
        pipeline_name=settings.name,
        pipeline_root=root,
        metadata_connection_config=metadata_path and metadata.sqlite_metadata_connection_config(metadata_path),
        components=[
            example_gen,
            statistics_gen,
            schema_source,
            curator,
            validator,
            *([earlier] if earlier else []),
            gate,
            transform,
            tuner,
            teacher,
            student,
            pruner,
            quantizer,
            baseline,
            evaluator,
            ladder,
            intervals,
            pusher,
            reporter,
        ],
        enable_cache=True,
        beam_pipeline_args=engine.beam_args,
    )
