"""A few rows that are worth a look of their own."""

import dataclasses

import numpy as np

from modules.tasks import decisions


@dataclasses.dataclass(frozen=True)
class ChosenRow:
    """A row, and why it was chosen.

    Attributes:
        place: Its place among the rows.
        why: A phrase.
        output: The output that is looked at.
    """

    place: int
    why: str
    output: int


def of_classes(answers: np.ndarray, labels: np.ndarray, threshold: float | None) -> list[ChosenRow]:
    """Chooses the row that is answered most surely, the one nearest to another decision, and one that is wrong.

    Args:
        answers: The probability of each class, [n, classes], of two the negative one first.
        labels: The number of the class, [n].
        threshold: The decision threshold of two classes; None takes the most probable one.

    Returns:
        At most three different rows. The output is the class that a row is taken for; of two classes the first and
        only output, which is the positive class.
    """
    taken_for = decisions.classes(answers, threshold)
    if threshold is None:
        ordered = np.sort(answers, axis=1)
        certain, near = ordered[:, -1], ordered[:, -1] - ordered[:, -2]
    else:
        certain, near = answers[:, 1], np.abs(answers[:, 1] - threshold)
    surely = certain if threshold is None else near
    wrong = np.flatnonzero((taken_for != labels) & (labels >= 0))
    edge = "nearest to another class" if threshold is None else "nearest to the threshold"
    found = [(int(np.argmax(certain)), "the surest answer"), (int(np.argmin(near)), edge)]
    if len(wrong):
        found.append((int(wrong[np.argmax(surely[wrong])]), "the surest of the wrong answers"))
    return _different([ChosenRow(at, why, 0 if threshold is not None else int(taken_for[at])) for at, why in found])


def of_values(answers: np.ndarray, labels: np.ndarray) -> list[ChosenRow]:
    """Chooses the row with the highest answer, one with a median answer, and the one that is missed by most.

    Args:
        answers: The predicted values, [n].
        labels: The true ones, [n].
    """
    middle = np.argsort(answers, kind="stable")[len(answers) // 2]
    worst = np.argmax(np.abs(answers - labels))
    found = [(np.argmax(answers), "the highest answer"), (middle, "a median answer"), (worst, "missed by most")]
    return _different([ChosenRow(int(place), why, 0) for place, why in found])


def _different(chosen: list[ChosenRow]) -> list[ChosenRow]:
    return list({row.place: row for row in reversed(chosen)}.values())[::-1]
