"""What is observed less what is predicted, and whether anything that is known of the rows tells some of it.

Of a model that has used what its columns tell, residuals look alike whatever a column holds. Where they do not, there
is something left to learn.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np
from scipy import stats

from modules.debugging import row_errors
from modules.debugging.row_errors import RowErrors
from modules.judging.statistics import benjamini_hochberg, ljung_box, normal, welch_anova
from modules.tasks import Task

# Of more classes, the most frequent ones.
_MOST_CLASSES = 10
# A level with fewer rows says nothing.
_LEAST_ROWS = 10
_LAGS = 10
# A probability counts as at least so far from 0 and 1 where residuals are divided by their standard deviation.
_LEAST_PROBABILITY = 0.01


@dataclasses.dataclass(frozen=True, eq=False)
class Residuals:
    """What is observed and predicted, of the label or of the probability of classes.

    Attributes:
        outputs: What each column is of: the label of a regression, the positive class, or each class.
        observed: The label, or 1 where a row is of the class, float64 [n, outputs].
        predicted: What the model answers, float64 [n, outputs].
        weights: Weight of each row, float64 [n]: 1 where there are none.
        has_classes: Whether both are of classes.
    """

    outputs: Sequence[str]
    observed: np.ndarray
    predicted: np.ndarray
    weights: np.ndarray
    has_classes: bool

    def __len__(self) -> int:
        return len(self.weights)

    @property
    def values(self) -> np.ndarray:
        """Observed less predicted, float64 [n, outputs]: above 0 where too little was predicted."""
        return self.observed - self.predicted

    @property
    def pearson(self) -> np.ndarray:
        """The residuals over their standard deviation: of a class √(p(1 − p)), of a label that of all rows."""
        if not self.has_classes:
            return self.values / (self.values.std() or 1.0)
        probability = np.clip(self.predicted, _LEAST_PROBABILITY, 1 - _LEAST_PROBABILITY)
        return self.values / np.sqrt(probability * (1 - probability))

    def taken(self, places: np.ndarray) -> "Residuals":
        """Returns those of some rows, by place or by truth value."""
        changed = {name: getattr(self, name)[places] for name in ("observed", "predicted", "weights")}
        return dataclasses.replace(self, **changed)


@dataclasses.dataclass(frozen=True)
class LevelMean:
    """The rows of one level: how many, what was observed and predicted, the difference and its interval."""

    level: str
    rows: int
    observed: float
    predicted: float
    mean: float
    low: float
    high: float


@dataclasses.dataclass(frozen=True)
class Structure:
    """What a column tells of the residuals.

    Attributes:
        name: The column.
        output: Of which class it tells most; or the label.
        strength: How far the means of its levels lie apart, less what chance makes of it, in standard deviations of
            the residuals.
        p_value: That they are one; corrected for false discoveries over all columns once `corrected` has seen it.
        levels: The means of its levels.
    """

    name: str
    output: str
    strength: float
    p_value: float
    levels: list[LevelMean]


def of_rows(
    task: Task,
    classes: Sequence[str],
    label: str,
    labels: np.ndarray,
    answers: np.ndarray,
    weights: np.ndarray | None,
) -> Residuals:
    """Returns the residuals of a model's answers.

    Args:
        task: The task.
        classes: Names of the classes.
        label: Name of the label.
        labels: The number of the class, or the value, [n].
        answers: The probability of each class, [n, classes], or the value, [n, 1].
        weights: Weight of each row, if there are any.
    """
    counted = np.ones(len(labels)) if weights is None else weights.astype(np.float64)
    if not task.has_classes:
        return Residuals([label], labels.astype(np.float64)[:, None], answers, counted, False)
    chosen = [1] if task.takes_positive_class else _most_frequent(labels, len(classes))
    observed = (labels[:, None] == np.array(chosen)).astype(np.float64)
    return Residuals([classes[number] for number in chosen], observed, answers[:, chosen], counted, True)


def of_output(residuals: Residuals, number: int) -> Residuals:
    """Returns those of one output alone."""
    return dataclasses.replace(
        residuals,
        outputs=[residuals.outputs[number]],
        observed=residuals.observed[:, [number]],
        predicted=residuals.predicted[:, [number]],
    )


def structure(residuals: Residuals, name: str, places: np.ndarray, texts: Sequence[str]) -> Structure | None:
    """Tests whether the levels of a column have residuals of one mean.

    Of a label it is Welch's test. Of a class, the variance of a residual is p(1 − p) if the probabilities are right:
    the means of the levels over their standard errors are Pearson's residuals of whole levels, and their squares add
    up to a χ². Of several classes, that which tells most counts, for as many tests as there are classes.

    Args:
        residuals: The residuals.
        name: The column.
        places: The level of each row, [n]; -1 for none.
        texts: What each level is called.

    Returns:
        What was found; None where fewer than two levels have ten rows.
    """
    kept = [place for place, count in enumerate(np.bincount(places + 1)[1:]) if count >= _LEAST_ROWS]
    inside = [residuals.taken(places == place) for place in kept]
    pairs = [(place, part) for place, part in zip(kept, inside, strict=True) if part.weights.sum() > 0]
    if len(pairs) < 2:
        return None
    p_values, strengths = zip(
        *(_tested([part for _, part in pairs], number) for number in range(len(residuals.outputs))), strict=True
    )
    best = int(np.argmin(p_values))
    means = [level_mean(part, texts[place], best) for place, part in pairs]
    whole = float(np.average(residuals.values[:, best] ** 2, weights=residuals.weights)) ** 0.5 or 1.0
    least = min(1.0, p_values[best] * len(p_values))
    return Structure(name, residuals.outputs[best], strengths[best] / whole, least, means)


def corrected(found: Sequence[Structure]) -> list[Structure]:
    """Returns structures with p-values that are corrected for false discoveries, the strongest first."""
    p_values = benjamini_hochberg.adjusted([one.p_value for one in found])
    made = [dataclasses.replace(one, p_value=float(p_value)) for one, p_value in zip(found, p_values, strict=True)]
    return sorted(made, key=lambda one: (-one.strength, one.p_value, one.name))


def level_mean(residuals: Residuals, text: str, output: int) -> LevelMean:
    """Measures rows, some of which have a weight: a label's residuals have Student's interval, others the normal."""
    observed, predicted = (
        float(np.average(values[:, output], weights=residuals.weights))
        for values in (residuals.observed, residuals.predicted)
    )
    mean, variance, count = _moments(residuals, output)
    beyond = normal.Z if residuals.has_classes or count <= 1 else float(stats.t.ppf(1 - normal.TAIL, count - 1))
    half = beyond * float(np.sqrt(variance))
    return LevelMean(text, len(residuals), observed, predicted, mean, mean - half, mean + half)


def bias(part: Residuals, output: int) -> float:
    """Returns how likely rows are off by so much on average by chance: a two-sided p-value."""
    mean, variance, _ = _moments(part, output)
    return float(2 * stats.norm.sf(abs(mean) / np.sqrt(variance))) if variance > 0 else 1.0


def autocorrelation(residuals: Residuals, order: np.ndarray) -> tuple[float, float, str] | None:
    """Tests whether residuals of rows that follow one another in time are correlated.

    Args:
        residuals: The residuals.
        order: The rows with a time, by time.

    Returns:
        The correlation of one row with the next, the p-value of the first ten lags (Ljung-Box, over classes that of the
        smallest for as many tests as there are), and of which output; None of fewer than 50 rows.
    """
    if len(order) < 5 * _LAGS:
        return None
    values = residuals.pearson[order]
    of_lags = [ljung_box.correlations(values[:, number], _LAGS) for number in range(len(residuals.outputs))]
    p_values = [ljung_box.p_value(one, len(order)) for one in of_lags]
    best = int(np.argmin(p_values))
    return float(of_lags[best][0]), min(1.0, p_values[best] * len(p_values)), residuals.outputs[best]


def _most_frequent(labels: np.ndarray, classes: int) -> list[int]:
    counts = np.bincount(labels[labels >= 0].astype(np.int64), minlength=classes)
    return sorted(np.argsort(-counts, kind="stable")[:_MOST_CLASSES].tolist())


def _as_errors(residuals: Residuals, output: int) -> RowErrors:
    return RowErrors("residual", False, residuals.values[:, output], residuals.weights)


def _moments(part: Residuals, output: int) -> tuple[float, float, float]:
    """Returns the mean residual, the variance of that mean, and the number of equally weighted rows.

    Where a model is sure, p(1 − p) is next to nothing, and one surprise would prove it wrong: the squared residuals
    then say how sure the mean is.
    """
    mean, count, deviation = row_errors.moments(_as_errors(part, output))
    if part.has_classes:
        probability, squares = part.predicted[:, output], part.values[:, output] ** 2
        variances = (np.average(of, weights=part.weights) for of in (probability * (1 - probability), squares))
        return mean, float(max(variances)) / count, count
    return mean, deviation**2 / count, count


def _tested(parts: Sequence[Residuals], output: int) -> tuple[float, float]:
    """Returns the p-value that all parts have one mean, and how far these lie apart less what chance makes of it."""
    means, variances, counts = np.transpose([_moments(part, output) for part in parts])
    shares = np.array([part.weights.sum() for part in parts])
    shares /= shares.sum()
    centre = float((shares * means).sum())
    apart = float((shares * ((means - centre) ** 2 - variances)).sum())
    if parts[0].has_classes:
        known = variances > 0
        weights = 1 / variances[known]
        middle = float((weights * means[known]).sum() / weights.sum()) if known.any() else 0.0
        statistic = float((weights * (means[known] - middle) ** 2).sum())
        p_value = float(stats.chi2.sf(statistic, known.sum() - 1)) if known.sum() > 1 else 1.0
    else:
        p_value = welch_anova.p_value(means, variances * counts, counts)
    return p_value, max(0.0, apart) ** 0.5
