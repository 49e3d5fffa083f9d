"""What the network learns, and the way back from its outputs to the answer."""

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from modules.tasks.lookup import named
from modules.tasks.task import Task

if TYPE_CHECKING:  # the settings derive from this package
    from modules.base.settings import Label
    from modules.features.profile import Profile


@dataclasses.dataclass(frozen=True)
class Target:
    """What the network learns, learnt in turn from the training rows.

    Attributes:
        task: The task's name.
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
    def kind(self) -> Task:
        """The task itself."""
        return named(self.task)

    @property
    def outputs(self) -> int:
        """Width of the network's last layer."""
        return self.kind.outputs(self.classes)

    @property
    def tensor(self) -> str:
        """Name of the exported model's output."""
        return self.kind.tensor

    def describe(self, label: str) -> dict[str, Any]:
        """Describes the exported model's output, as model.json has it.

        Args:
            label: The label's column.
        """
        meaning = self.kind.meaning(self.classes, label)
        output = {"name": self.tensor, "dtype": "float32", "shape": [None, self.outputs], "meaning": meaning}
        return output | ({"classes": list(self.classes)} if self.classes else {})


def target_of(label: "Label", profile: "Profile") -> Target:
    """Returns the target that the training rows give.

    Args:
        label: The section `label` of the config.
        profile: What Transform learnt.
    """
    return Target(label.task, **named(label.task).learn(label, profile.label))


def encode_labels(raw: np.ndarray, task: str, classes: list[str]) -> np.ndarray:
    """Turns raw labels into what metrics compare with predictions.

    Args:
        raw: Labels as the examples hold them, any shape: bytes, integers or floats.
        task: The task's name.
        classes: Names of the classes, in order; not read for a regression.

    Returns:
        float32 of the same shape: the value; 1 for the positive class and 0 for any other; or the number of the class,
        -1 for one that is not among them.
    """
    return named(task).encode_labels(np.asarray(raw), classes)


def unscaled(target: Target, learnt: np.ndarray) -> np.ndarray:
    """Turns what the network learns back into labels: z-scores of a regression into its unit; classes stay."""
    return target.kind.unscaled(target, np.asarray(learnt, np.float64))


def from_logits(target: Target, logits: np.ndarray) -> np.ndarray:
    """Turns the network's outputs into what the exported model answers.

    Args:
        target: The target.
        logits: The network's outputs, [n, outputs].

    Returns:
        float64: probabilities [n, classes], the negative class first; or values [n, 1] in the label's unit.
    """
    return target.kind.from_logits(target, np.asarray(logits, np.float64))
