"""Interface of TableExampleGen."""

from tfx.types import standard_artifacts

from components.declaration import LABEL_ITSELF, DeclaredComponent, Output, Parameter
from components.table_example_gen import executor


class TableExampleGen(DeclaredComponent, executor=executor.Executor):
    """Turns the training and the test table into examples with the splits `train`, `validation` and `test`."""

    READS = {
        "data": None,
        "label": (LABEL_ITSELF - {"log_scale"}) | {"negative_class", "others"},
        "features": {"timestamps"},
    }

    fingerprint = Parameter("Digest of the tables' content: the cache's key to the data.")
    examples = Output(standard_artifacts.Examples, "The rows, and beside them the dtypes of their columns.")
