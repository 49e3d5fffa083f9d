"""Interface of PushedBaseline."""

from tfx.types import standard_artifacts

from components.declaration import DeclaredComponent, Output, Parameter
from components.pushed_baseline import executor


class PushedBaseline(DeclaredComponent, executor=executor.Executor):
    """Fetches the version that was pushed last: the model blessed last, where no engine looks it up.

    It must not come from a cache: what it finds changes with every push. Where nothing was pushed yet, its output says
    so (`executor.ABSENT`), and is to be taken as no model.
    """

    destination = Parameter("Folder of the pushed versions.")
    model = Output(standard_artifacts.Model, "The version, where TFMA reads a .tflite.")
