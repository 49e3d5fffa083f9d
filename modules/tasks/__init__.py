"""What the model answers: the kinds of task, the target that the network learns, and the way back to the answer."""

import dataclasses
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from modules.tasks.metrics import GATES, LADDER, METRICS, OBJECTIVES, Metric

if TYPE_CHECKING:  # the settings derive from this package
    from modules.base.settings import Label
    from modules.features.profile import Profile

__all__ = ["GATES", "LADDER", "METRICS", "OBJECTIVES", "Metric", "Target"]


def rung_name(form: str) -> str:
    """Returns a numeric form's name on the ladder: float32 is the pruned student itself."""
    return "pruned" if form == "float32" else form


@dataclasses.dataclass(frozen=True)
class Target:
    """What the network learns, learnt in turn from the training rows.

    Attributes:
        task: `binary`, `multiclass` or `regression`.
        classes: Names of the classes in the order of the outputs; of a binary task the negative one first. Empty for a
            regression.
        counts: How many training rows each class has.
        mean: Mean of a regression's label, after the log where there is one; the network learns the z-score.
        deviation: Its standard deviation.
        log: Whether sign(y)·log(1 + |y|) of the label is learnt.
        lowest: The smallest label of the training rows.
        highest: The largest.
    """

    task: str
    classes: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    mean: float = 0.0
    deviation: float = 1.0
    log: bool = False
    lowest: float = 0.0
    highest: float = 0.0

    @property
    def outputs(self) -> int:
        """Width of the network's last layer."""
        return len(self.classes) if self.task == "multiclass" else 1

    @property
    def tensor(self) -> str:
        """Name of the exported model's output."""
        return {"binary": "probability", "multiclass": "probabilities", "regression": "prediction"}[self.task]

    def describe(self, label: str) -> dict[str, Any]:
        """Describes the exported model's output, as model.json has it.

        Args:
            label: The label's column.
        """
        meaning = {
            "binary": f"probability of {self.classes[-1]!r}" if self.classes else "",
            "multiclass": "probability of each class",
            "regression": f"{label}, in the table's own unit",
        }[self.task]
        output = {"name": self.tensor, "dtype": "float32", "shape": [None, self.outputs], "meaning": meaning}
        return output | ({"classes": list(self.classes)} if self.classes else {})


def target_of(label: "Label", profile: "Profile") -> Target:
    """Returns the target that the training rows give.

    Args:
        label: The section `label` of the config.
        profile: What Transform learnt.
    """
    if label.task == "regression":
        learnt = profile.label
        moments = learnt.mean, learnt.deviation
        return Target("regression", (), (), *moments, label.log_scale, learnt.low, learnt.high)
    names, counts = [its.value for its in profile.label.classes], [its.rows for its in profile.label.classes]
    if label.task == "binary":
        positive = str(label.positive_class)
        others = [name for name in names if name != positive]
        positives = sum(count for name, count in zip(names, counts, strict=True) if name == positive)
        names = [others[0] if len(others) == 1 else f"not {positive}", positive]
        counts = [sum(counts) - positives, positives]
    return Target(label.task, tuple(names), tuple(counts))


def sort_classes(names: list[str]) -> list[str]:
    """Orders the names of classes: as numbers where all of them are numbers, else as text."""
    try:
        numbers = {name: float(name) for name in names}
    except ValueError:
        return sorted(names)
    if not all(math.isfinite(number) for number in numbers.values()):
        return sorted(names)
    return sorted(names, key=lambda name: (numbers[name], name))


def class_weights(target: Target) -> np.ndarray:
    """Returns the weights by which all classes count alike: n / (classes · n_class), float32 [classes]."""
    counts = np.maximum(np.array(target.counts, np.float64), 1.0)
    return (counts.sum() / (len(counts) * counts)).astype(np.float32)


def encode_labels(raw: np.ndarray, task: str, classes: list[str]) -> np.ndarray:
    """Turns raw labels into what metrics compare with predictions.

    Args:
        raw: Labels as the examples hold them, any shape: bytes, integers or floats.
        task: The task.
        classes: Names of the classes, in order; not read for a regression.

    Returns:
        float32 of the same shape: the value; 1 for the positive class and 0 for any other; or the number of the class,
        -1 for one that is not among them.
    """
    array = np.asarray(raw)
    if task == "regression":
        return array.astype(np.float32)
    if task == "binary":
        return (array == _as_raw(classes[1], array)).astype(np.float32)
    numbers = np.full(array.shape, -1.0, np.float32)
    for number, name in enumerate(classes):
        numbers[array == _as_raw(name, array)] = number
    return numbers


def _as_raw(name: str, array: np.ndarray) -> Any:
    """Returns a class as the examples hold it: bytes, or a number of the array's dtype."""
    if array.dtype == object or array.dtype.kind == "S":
        return name.encode("utf-8")
    return array.dtype.type(float(name) if array.dtype.kind == "f" else int(name))


def unscaled(target: Target, learnt: np.ndarray) -> np.ndarray:
    """Turns what the network learns back into labels: z-scores of a regression into its unit; classes stay."""
    learnt = np.asarray(learnt, np.float64)
    if target.task != "regression":
        return learnt
    values = learnt * target.deviation + target.mean
    if not target.log:
        return values
    return np.sign(values) * np.expm1(np.minimum(np.abs(values), 700.0))  # beyond, float64 ends


def from_logits(target: Target, logits: np.ndarray) -> np.ndarray:
    """Turns the network's outputs into what the exported model answers.

    Args:
        target: The target.
        logits: The network's outputs, [n, outputs].

    Returns:
        float64: probabilities [n, classes], the negative class first; or values [n, 1] in the label's unit.
    """
    logits = np.asarray(logits, np.float64)
    if target.task == "regression":
        values = unscaled(target, logits)
        return np.clip(values, target.lowest, target.highest) if target.log else values
    if target.task == "binary":
        positive = 0.5 * (1.0 + np.tanh(0.5 * logits))
        return np.concatenate([1.0 - positive, positive], axis=1)
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)
