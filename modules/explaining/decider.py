"""The decision that follows from an answer, and how far another one is away."""

import dataclasses

import numpy as np

from modules.explaining.raw_function import RawFunction, Rows
from modules.tasks import decisions


@dataclasses.dataclass(frozen=True)
class Decider:
    """A model of classes, and how its answers are decided.

    Attributes:
        function: The model; of two classes it answers the probability of the positive one alone.
        classes: Names of the classes, of two the negative one first.
        threshold: The decision threshold of two classes; None takes the most probable one.
    """

    function: RawFunction
    classes: tuple[str, ...]
    threshold: float | None

    def probabilities(self, rows: Rows) -> np.ndarray:
        """Returns the probability of each class, [n, classes]."""
        answers = self.function(rows)
        return np.column_stack([1.0 - answers, answers]) if answers.shape[1] == 1 else answers

    def decide(self, probabilities: np.ndarray) -> np.ndarray:
        """Returns the number of the class that each row is taken for, int64 [n]."""
        return decisions.classes(probabilities, self.threshold)

    def distance(self, probabilities: np.ndarray, decided: int) -> np.ndarray:
        """Returns how much probability lies between a decision and another one, [n]; 0 or less where it is another.

        Args:
            probabilities: Of each class, [n, classes].
            decided: The number of the class whose decision it is.
        """
        if self.threshold is not None:
            above = probabilities[:, 1] - self.threshold
            return above if decided == 1 else -above
        others = np.delete(probabilities, decided, axis=1)
        return probabilities[:, decided] - others.max(axis=1)
