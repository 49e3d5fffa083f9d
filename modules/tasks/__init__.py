"""What the model answers: one object per kind of task, what the network learns, and the registry of metrics."""

from modules.tasks.binary import BINARY
from modules.tasks.classes import class_weights, sort_classes
from modules.tasks.lookup import TASKS, named
from modules.tasks.metrics import GATES, LADDER, METRICS, OBJECTIVES, Metric
from modules.tasks.multiclass import MULTICLASS
from modules.tasks.regression import REGRESSION
from modules.tasks.target import Target, encode_labels, from_logits, target_of, unscaled
from modules.tasks.task import Task

__all__ = [
    "BINARY",
    "GATES",
    "LADDER",
    "METRICS",
    "MULTICLASS",
    "OBJECTIVES",
    "REGRESSION",
    "TASKS",
    "Metric",
    "Target",
    "Task",
    "class_weights",
    "encode_labels",
    "from_logits",
    "named",
    "rung_name",
    "sort_classes",
    "target_of",
    "unscaled",
]


def rung_name(form: str) -> str:
    """Returns a numeric form's name on the ladder: float32 is the pruned student itself."""
    return "pruned" if form == "float32" else form
