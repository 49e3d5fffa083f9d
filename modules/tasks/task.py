"""What a task is: the small interface that every kind of question to the model answers."""

import abc
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from modules.tasks import metrics

if TYPE_CHECKING:  # the settings derive from this package
    from modules.base.settings import Label
    from modules.features.profile import LabelProfile
    from modules.tasks.target import Target


class Task(abc.ABC):
    """A kind of task; there is one object of each.

    What another layer does for a task (its loss, its figures, its checks) is in that layer, under this object.

    Attributes:
        name: Its name in the config.
        tensor: Name of the exported model's output.
        has_classes: Whether the label has classes, and not numbers.
        takes_positive_class: Whether one of two classes is the one whose probability is predicted.
        takes_each_class: Whether metrics and rates are taken of each class against the rest.
        default_threshold: Above which probability a row is predicted positive where nobody chose another threshold;
            None where there is no positive class.
    """

    name: ClassVar[str]
    tensor: ClassVar[str]
    has_classes: ClassVar[bool] = True
    takes_positive_class: ClassVar[bool] = False
    takes_each_class: ClassVar[bool] = False
    default_threshold: ClassVar[float | None] = None

    @property
    def gates(self) -> tuple[str, ...]:
        """Names of the metrics that can be gated, and that the page shows of every slice."""
        return metrics.GATES[self.name]

    @property
    def ladder(self) -> tuple[str, ...]:
        """Names of the metrics that the ladder shows; the first decides which form is the better one."""
        return metrics.LADDER[self.name]

    @property
    def objectives(self) -> tuple[str, ...]:
        """Names of the metrics that may be watched on the validation rows; the first is the default."""
        return metrics.OBJECTIVES[self.name]

    def outputs(self, classes: Sequence[str]) -> int:
        """Returns the width of the network's last layer."""
        return 1

    def rated(self, classes: Sequence[str]) -> list[tuple[int, str]]:
        """Returns the classes that have rates at a threshold: the number of each, and its name in a rate's name.

        The name is empty where there is but one such class.
        """
        return []

    @abc.abstractmethod
    def meaning(self, classes: Sequence[str], label: str) -> str:
        """Returns what the exported model's output means, in words."""

    @abc.abstractmethod
    def learn(self, label: "Label", learnt: "LabelProfile") -> Mapping[str, Any]:
        """Returns the fields of `Target` that the training rows give.

        Args:
            label: The section `label` of the config.
            learnt: What Transform learnt of the label.
        """

    @abc.abstractmethod
    def encode_labels(self, raw: np.ndarray, classes: Sequence[str]) -> np.ndarray:
        """Turns raw labels into what metrics compare with predictions, float32 of the same shape."""

    @abc.abstractmethod
    def from_logits(self, target: "Target", logits: np.ndarray) -> np.ndarray:
        """Turns the network's outputs, float64 [n, outputs], into what the exported model answers, float64."""

    def constant(self, target: "Target") -> np.ndarray:
        """Returns what a model that reads no column answers, one row of `from_logits`: the training rows' shares."""
        counts = np.array(target.counts, np.float64)
        return (counts / counts.sum())[None, :]

    def constant_in_words(self, target: "Target") -> tuple[str, str | float]:
        """Returns what people call that answer, and the answer."""
        return "majority class", target.classes[int(self.constant(target)[0].argmax())]

    def unscaled(self, target: "Target", learnt: np.ndarray) -> np.ndarray:
        """Turns what the network learns, float64, back into labels; classes are learnt as they are."""
        return learnt
