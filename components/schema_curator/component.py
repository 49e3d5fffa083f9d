"""Interface of SchemaCurator."""

from tfx.dsl.components.base import base_component, executor_spec
from tfx.types import channel, standard_artifacts
from tfx.types.component_spec import ChannelParameter, ComponentSpec, ExecutionParameter

from components.schema_curator import executor


class SchemaCuratorSpec(ComponentSpec):
    """Parameters, inputs and outputs of SchemaCurator."""

    PARAMETERS = {"inferred": ExecutionParameter(type=int), "code": ExecutionParameter(type=str)}
    INPUTS = {
        "schema": ChannelParameter(type=standard_artifacts.Schema),
        "examples": ChannelParameter(type=standard_artifacts.Examples),
    }
    OUTPUTS = {"curated_schema": ChannelParameter(type=standard_artifacts.Schema)}


class SchemaCurator(base_component.BaseComponent):
    """Adds to a schema, imported or inferred, how each column becomes a tensor.

    Args:
        schema: The schema to start from.
        examples: The examples, of which ExampleGen wrote down the dtypes.
        inferred: Whether it was inferred, and not written by somebody who knows the data.
        code: Digest of the code that runs.
    """

    SPEC_CLASS = SchemaCuratorSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(executor.Executor)

    def __init__(self, schema: channel.BaseChannel, examples: channel.BaseChannel, inferred: bool, code: str) -> None:
        curated = channel.Channel(type=standard_artifacts.Schema)
        super().__init__(
            SchemaCuratorSpec(
                schema=schema, examples=examples, curated_schema=curated, inferred=int(inferred), code=code
            )
        )
