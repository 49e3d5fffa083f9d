"""How wrong a model is on each row, and the mean over some rows with its interval."""

import dataclasses

import numpy as np
from scipy import stats

from modules.judging.statistics import normal, wilson
from modules.tasks import Task, decisions


@dataclasses.dataclass(frozen=True, eq=False)
class RowErrors:
    """The error of each row.

    Attributes:
        title: What their mean is called.
        is_share: Whether each is 0 or 1.
        values: The errors, float64 [n].
        weights: Weight of each row, float64 [n]: 1 where there are none.
    """

    title: str
    is_share: bool
    values: np.ndarray
    weights: np.ndarray

    def __len__(self) -> int:
        return len(self.values)

    def taken(self, places: np.ndarray) -> "RowErrors":
        """Returns those of some rows, by place or by truth value."""
        return dataclasses.replace(self, values=self.values[places], weights=self.weights[places])


@dataclasses.dataclass(frozen=True)
class MeanError:
    """A mean error: its value, and the ends of its 95 % interval."""

    value: float
    low: float
    high: float


def of_rows(
    task: Task, labels: np.ndarray, answers: np.ndarray, weights: np.ndarray | None, threshold: float | None
) -> RowErrors:
    """Returns 1 for each row that is taken for another class than its own; of a regression the distance to the label.

    Args:
        task: The task.
        labels: The number of the class, or the value, [n].
        answers: The probability of each class, [n, classes], or the value, [n, 1].
        weights: Weight of each row, if there are any.
        threshold: The decision threshold of two classes.
    """
    counted = np.ones(len(labels)) if weights is None else weights.astype(np.float64)
    if task.has_classes:
        wrong = decisions.classes(answers, threshold) != labels
        return RowErrors("error rate", True, wrong.astype(np.float64), counted)
    return RowErrors("mean absolute error", False, np.abs(answers[:, 0] - labels.astype(np.float64)), counted)


def mean(errors: RowErrors) -> MeanError:
    """Returns the mean of at least one row, by weight.

    Shares have Wilson's interval, of as many rows as the weights amount to (Kish, 1965); other means Student's.
    """
    value, count, deviation = moments(errors)
    if errors.is_share:
        return MeanError(value, *wilson.interval(value * count, count))
    if count <= 1:
        return MeanError(value, value, value)
    half = float(stats.t.ppf(1 - normal.TAIL, count - 1)) * deviation / np.sqrt(count)
    return MeanError(value, value - half, value + half)


def worse(errors: RowErrors, inside: np.ndarray) -> float:
    """Returns how likely rows are at least so much worse than the others by chance: the p-value of a one-sided test.

    Args:
        errors: The errors.
        inside: Which rows are meant, bool [n].
    """
    if inside.all() or not inside.any():
        return 1.0
    (value, count, deviation), (other, others, other_deviation) = (
        moments(errors.taken(rows)) for rows in (inside, ~inside)
    )
    if errors.is_share:  # both have one share if they do not differ
        share = (value * count + other * others) / (count + others)
        error = np.sqrt(share * (1 - share) * (1 / count + 1 / others))
    else:
        error = np.sqrt(deviation**2 / count + other_deviation**2 / others)
    return normal.upper_tail((value - other) / error) if error > 0 else float(value <= other)


def lower_ends(is_share: bool, means: np.ndarray, variances: np.ndarray, counts: np.ndarray, z: float) -> np.ndarray:
    """Returns the lower ends of the intervals of many means, z standard errors away; NaN where there are no rows.

    Args:
        is_share: Whether they are shares, of which Wilson's interval is taken.
        means: The means.
        variances: The variances of what they are means of; not read of shares.
        counts: The rows behind each.
        z: How many standard errors the ends are away.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        if not is_share:
            return means - z * np.sqrt(np.maximum(variances, 0.0) / counts)
        shares = np.clip(means, 0.0, 1.0)
        spread = z * np.sqrt(shares * (1 - shares) / counts + z**2 / (4 * counts**2))
        return (shares + z**2 / (2 * counts) - spread) / (1 + z**2 / counts)


def moments(errors: RowErrors) -> tuple[float, float, float]:
    """Returns the mean, the number of equally weighted rows that would tell as much, and the standard deviation."""
    total = errors.weights.sum()
    if total <= 0:
        return 0.0, 1.0, 0.0
    value = float((errors.weights * errors.values).sum() / total)
    count = float(total**2 / (errors.weights**2).sum())
    variance = float((errors.weights * (errors.values - value) ** 2).sum() / total)
    return value, count, float(np.sqrt(variance * count / (count - 1))) if count > 1 else 0.0
