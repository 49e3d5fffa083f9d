"""When an answer is another one, and when it is none."""

import dataclasses

import numpy as np

from modules.tasks import decisions


@dataclasses.dataclass(frozen=True)
class Movement:
    """What counts as another answer.

    Attributes:
        classes: How many classes there are; 0 of a regression.
        threshold: The decision threshold of two classes.
        tolerance: How far the answer of a regression has to move.
    """

    classes: int
    threshold: float | None = None
    tolerance: float = 0.0

    @property
    def words(self) -> str:
        """What is counted, in words."""
        return "decisions that change" if self.classes else f"answers that move by more than {self.tolerance:.4g}"

    def decided(self, answers: np.ndarray) -> np.ndarray:
        """Returns the class that each row is taken for, int64 [n], from answers as a `RawFunction` gives them."""
        both = np.column_stack([1.0 - answers, answers]) if answers.shape[1] == 1 else answers
        return decisions.classes(both, self.threshold)

    def changed(self, before: np.ndarray, after: np.ndarray) -> np.ndarray:
        """Returns which rows get another answer, bool [n]; answers that are invalid may be among them."""
        if self.classes:
            return self.decided(before) != self.decided(after)
        return np.abs(after - before)[:, 0] > self.tolerance

    def invalid(self, answers: np.ndarray) -> np.ndarray:
        """Returns which rows get no answer at all: no number, or a probability that is none, bool [n]."""
        wrong = ~np.isfinite(answers)
        if self.classes:
            with np.errstate(invalid="ignore"):
                wrong |= (answers < 0.0) | (answers > 1.0)
        return wrong.any(axis=1)

    def change(self, before: np.ndarray, after: np.ndarray) -> np.ndarray:
        """Returns how much each answer rises, [n]: of several classes the largest change of one, without its sign."""
        moved = after - before
        return moved[:, 0] if moved.shape[1] == 1 else np.abs(moved).max(axis=1)
