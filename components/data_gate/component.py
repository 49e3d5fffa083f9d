"""Interface of DataGate."""

from tfx.types import standard_artifacts

from components.artifacts import DataFindings
from components.data_gate import executor
from components.declaration import DeclaredComponent, Input, Output


class DataGate(DeclaredComponent, executor=executor.Executor):
    """Stops the run if the data are damaged, or warns, as the config says.

    What learns from the data has to wait for it (`add_upstream_node`), and takes nothing from it: so a changed
    threshold, or another model blessed since, runs the gate anew and no training.
    """

    READS = {
        "data_gate": None,
        "label": {"column", "task", "positive_class", "negative_class", "others", "weight_column"},
        "features": {"exclude", "categorical", "timestamps"},
        "data": {"group_column", "time_column"},
    }

    examples = Input(standard_artifacts.Examples, "The rows, and the values of the label.")
    anomalies = Input(standard_artifacts.ExampleAnomalies, "What ExampleValidator found.")
    statistics = Input(standard_artifacts.ExampleStatistics, "What StatisticsGen counted, of every split.")
    baseline_statistics = Input(
        standard_artifacts.ExampleStatistics, "Statistics of the last blessed run, where there was one.", optional=True
    )
    findings = Output(DataFindings, "What it found and let pass.")
