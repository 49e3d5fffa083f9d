"""From the tables to examples that passed the data gate."""

import dataclasses

from tfx.components import SchemaGen
from tfx.components.schema_gen.import_schema_gen.component import ImportSchemaGen
from tfx.dsl.components.base.base_node import BaseNode
from tfx.types.channel import BaseChannel

from components.data_gate import statistics as data_statistics
from components.data_gate.component import DataGate
from components.example_validator.component import ExampleValidator
from components.schema_curator.component import SchemaCurator
from components.statistics_gen.component import StatisticsGen
from components.table_example_gen.component import TableExampleGen
from pipeline.wiring.baseline import data_baseline
from pipeline.wiring.context import Context, Stage


@dataclasses.dataclass(frozen=True, kw_only=True)
class CheckedData(Stage):
    """The data, checked.

    Attributes:
        examples: The rows, in the splits `train`, `validation` and `test`.
        schema: What the columns are, and how they become tensors.
        gate: The step that stops the run on damaged data: whatever learns from them waits for it.
    """

    examples: BaseChannel
    schema: BaseChannel
    gate: BaseNode


def check_data(context: Context) -> CheckedData:
    """Reads the tables, counts what the columns hold, and checks it against the schema and against the last run."""
    example_gen = TableExampleGen(fingerprint=context.fingerprint, **context.parameters(TableExampleGen))
    examples = example_gen.outputs["examples"]
    # The test rows are counted for the checks alone: the schema is inferred, and Transform learns, from train.
    statistics_gen = StatisticsGen(
        examples=examples,
        quantile_buckets=data_statistics.QUANTILE_BUCKETS,
        rank_buckets=data_statistics.RANK_BUCKETS,
        **context.parameters(StatisticsGen),
    )
    statistics = statistics_gen.outputs["statistics"]
    schema_source, curator = _schema(context, examples, statistics)
    schema = curator.outputs["curated_schema"]
    validator = ExampleValidator(statistics=statistics, schema=schema, **context.parameters(ExampleValidator))
    earlier = data_baseline(context.engine.baseline, statistics)
    gate = DataGate(
        examples=examples,
        anomalies=validator.outputs["anomalies"],
        statistics=statistics,
        baseline_statistics=earlier.outputs["statistics"] if earlier else None,
        **context.parameters(DataGate),
    )
    return CheckedData(
        steps=[
            example_gen,
            statistics_gen,
            schema_source,
            curator,
            validator,
            *([earlier] if earlier else []),
            gate,
        ],
        reported={
            "examples": examples,
            "statistics": statistics,
            "schema": schema,
            "anomalies": validator.outputs["anomalies"],
            "findings": gate.outputs["findings"],
        },
        examples=examples,
        schema=schema,
        gate=gate,
    )


def _schema(context: Context, examples: BaseChannel, statistics: BaseChannel) -> tuple[BaseNode, BaseNode]:
    """Returns the step that the schema comes from and the one that completes it; it is inferred if there is none."""
    if context.data.schema_file:
        source = ImportSchemaGen(schema_file=context.data.schema_file)
    else:
        source = SchemaGen(statistics=statistics, exclude_splits=["validation", "test"])
    curator = SchemaCurator(
        schema=source.outputs["schema"],
        examples=examples,
        inferred=int(not context.data.schema_file),
        **context.parameters(SchemaCurator),
    )
    return source, curator
