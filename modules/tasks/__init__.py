"""What the model answers: one object per kind of task, what the network learns, and the registry of metrics."""

from modules.tasks.binary import BINARY
from modules.tasks.classes import class_weights, sort_classes
from modules.tasks.lookup import TASKS, named
from modules.tasks.metrics import GATES, LADDER, METRICS, OBJECTIVES, Metric
from modules.tasks.multiclass import MULTICLASS
from modules.tasks.regression import REGRESSION
from modules.tasks.rungs import numeric_form, point_name, rung_name
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
    "numeric_form",
    "point_name",
    "rung_name",
    "sort_classes",
    "target_of",
    "unscaled",
]
