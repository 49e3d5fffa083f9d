"""Interface of SchemaCurator."""

from tfx.types import standard_artifacts

from components.declaration import DeclaredComponent, Input, Output, Parameter
from components.schema_curator import executor


class SchemaCurator(DeclaredComponent, executor=executor.Executor):
    """Adds to a schema, imported or inferred, how each column becomes a tensor."""

    schema = Input(standard_artifacts.Schema, "The schema to start from.")
    examples = Input(standard_artifacts.Examples, "The examples, of which ExampleGen wrote down the dtypes.")
    inferred = Parameter("1 if it was inferred, and not written by somebody who knows the data; else 0.", int)
    curated_schema = Output(standard_artifacts.Schema, "The schema, completed.")
