"""Interface of ExampleValidator."""

from tfx.types import standard_artifacts

from components.declaration import DeclaredComponent, Input, Output
from components.example_validator import executor


class ExampleValidator(DeclaredComponent, executor=executor.Executor):
    """Holds the statistics of each split against the schema, as TFX's ExampleValidator does.

    TFDV copies the schema for each column: a table of 5,000 columns takes minutes. Here it sees some columns at a time;
    what is found, and the artifact, are the same.
    """

    statistics = Input(standard_artifacts.ExampleStatistics, "What StatisticsGen counted, of every split.")
    schema = Input(standard_artifacts.Schema, "What the columns are.")
    anomalies = Output(standard_artifacts.ExampleAnomalies, "Where the data do not fit the schema, by split.")
