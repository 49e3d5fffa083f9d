"""The one registry of metrics: what each is called, how it is measured, what TFMA calls it, and what it is used for.

Settings, gates, the ladder, the Evaluator, the intervals and the report derive from it. A new metric is one entry here:
its measure, TFMA's class where it can be gated, and its place in the lists of the tasks below.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

from modules.tasks import confusion, measures
from modules.tasks.measures import Measure


@dataclasses.dataclass(frozen=True)
class TfmaMetric:
    """A metric as TFMA has it.

    Attributes:
        class_name: Its class.
        result: Its name in TFMA's results.
        parameters: The class's parameters.
        module: Where the class is defined, if it is not one of TFMA's.
        mean_of_classes: Whether it is the mean over each class against the rest.
        threshold: Which of the class's parameters is the decision threshold; empty where there is none.
    """

    class_name: str
    result: str
    parameters: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    module: str = ""
    mean_of_classes: bool = False
    threshold: str = ""


@dataclasses.dataclass(frozen=True)
class Metric:
    """A metric.

    Attributes:
        name: Its name in the config, in summary.json and in every artifact.
        title: What people call it.
        measures: How it is measured, by task.
        tfma: What TFMA calls it, by task; it can be gated where TFMA has it.
        higher_is_better: Whether it should be high or low.
        over: Which rows it is over, in words, where they are not all rows.
    """

    name: str
    title: str
    measures: Mapping[str, Measure] = dataclasses.field(default_factory=dict)
    tfma: Mapping[str, TfmaMetric] = dataclasses.field(default_factory=dict)
    higher_is_better: bool = True
    over: str = ""

    def measure(self, task: str, threshold: float | None = None) -> Measure:
        """Returns how it is measured.

        Args:
            task: The task's name.
            threshold: The decision threshold of two classes; None is the default one.
        """
        return self.measures[task].at(threshold)


_OURS = "modules.judging.tfma_metrics"

_ALL = (
    Metric(
        "auc",
        "AUC",
        {"binary": measures.auc, "multiclass": measures.mean_auc},
        {"binary": TfmaMetric("AUC", "auc"), "multiclass": TfmaMetric("AUC", "auc", mean_of_classes=True)},
    ),
    Metric(
        "auc_pr",
        "AUC-PR",
        {"binary": measures.auc_pr},
        {"binary": TfmaMetric("AUCPrecisionRecall", "auc_precision_recall")},
    ),
    Metric(
        "accuracy",
        "accuracy",
        {"binary": measures.accuracy, "multiclass": measures.accuracy_of_classes},
        {
            "binary": TfmaMetric("BinaryAccuracy", "binary_accuracy", threshold="threshold"),
            "multiclass": TfmaMetric("SparseCategoricalAccuracy", "sparse_categorical_accuracy"),
        },
    ),
    Metric(
        "precision",
        "precision",
        {"binary": measures.share_of_cells((("tp",), ("tp", "fp")))},
        {"binary": TfmaMetric("Precision", "precision", threshold="thresholds")},
        over="the rows that are predicted positive",
    ),
    Metric(
        "recall",
        "recall",
        {"binary": measures.share_of_cells(confusion.RATES["true_positive_rate"])},
        {"binary": TfmaMetric("Recall", "recall", threshold="thresholds")},
        over="those that are",
    ),
    Metric(
        "top_3_accuracy",
        "top-3 accuracy",
        {"multiclass": measures.top(3)},
        {"multiclass": TfmaMetric("SparseTopKCategoricalAccuracy", "sparse_top_k_categorical_accuracy", {"k": 3})},
    ),
    Metric(
        "log_loss",
        "log loss",
        {"binary": measures.log_loss, "multiclass": measures.log_loss},
        higher_is_better=False,
    ),
    Metric("r2", "R²", {"regression": measures.r2}, {"regression": TfmaMetric("RSquared", "r_squared", module=_OURS)}),
    Metric(
        "rmse",
        "RMSE",
        {"regression": measures.rmse},
        {"regression": TfmaMetric("RootMeanSquaredError", "root_mean_squared_error")},
        higher_is_better=False,
    ),
    Metric(
        "mae",
        "MAE",
        {"regression": measures.mae},
        {"regression": TfmaMetric("MeanAbsoluteError", "mean_absolute_error")},
        higher_is_better=False,
    ),
)

METRICS: dict[str, Metric] = {metric.name: metric for metric in _ALL}
# By TFMA's class, which of its parameters is the decision threshold.
TFMA_THRESHOLDS = {
    of_tfma.class_name: of_tfma.threshold for metric in _ALL for of_tfma in metric.tfma.values() if of_tfma.threshold
}

# What can be gated, by task; the page shows these of every slice, with intervals.
GATES: dict[str, tuple[str, ...]] = {
    "binary": ("auc", "auc_pr", "accuracy", "precision", "recall"),
    "multiclass": ("accuracy", "auc", "top_3_accuracy"),
    "regression": ("r2", "rmse", "mae"),
}

# What the ladder shows of every form, by task; the first decides which form is the better one.
LADDER: dict[str, tuple[str, ...]] = {
    "binary": ("auc", "auc_pr", "accuracy"),
    "multiclass": ("accuracy", "auc", "log_loss"),
    "regression": ("r2", "rmse", "mae"),
}

# What may be watched on the validation rows, by task; the first is the default.
OBJECTIVES: dict[str, tuple[str, ...]] = {
    "binary": ("auc", "auc_pr", "log_loss", "accuracy"),
    "multiclass": ("log_loss", "accuracy", "auc"),
    "regression": ("r2", "rmse", "mae"),
}


def names_of(by_task: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Returns the names of metrics of all tasks, each once, in the order of the tasks."""
    return tuple(dict.fromkeys(name for names in by_task.values() for name in names))


def from_tfma(result: str) -> str:
    """Returns our name of a metric, given its name in TFMA's results; one that is not in the registry keeps it."""
    return _FROM_TFMA.get(result, result)


_FROM_TFMA = {tfma.result: metric.name for metric in _ALL for tfma in metric.tfma.values()}
