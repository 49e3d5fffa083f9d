"""The tasks by name: the one place that knows which there are."""

from modules.tasks.binary import BINARY
from modules.tasks.multiclass import MULTICLASS
from modules.tasks.regression import REGRESSION
from modules.tasks.task import Task

TASKS: dict[str, Task] = {task.name: task for task in (BINARY, MULTICLASS, REGRESSION)}


def named(name: str) -> Task:
    """Returns the task of a name, as the config and model.json have it."""
    return TASKS[name]
