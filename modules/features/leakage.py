"""How well each column alone predicts the label on rows that it was not fitted on."""

import dataclasses
import functools
from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from modules import tasks

# Of rows of each class; of fewer, no figure means anything.
MIN_ROWS = 20
SUSPICIOUS = 0.99
_BINS, _ROWS_A_BIN = 256, 50
# Of so many different rows, halves by hash are halves of every column, too.
_MANY_ROWS = 200
# Of so many copies of one row, halves by hash would put all on one side, and nothing could be learnt of them.
_MOST_COPIES = 0.1
# The label's mean counts as so many rows of each value: it answers for values that the other half does not have.
_PRIOR = 0.1
# With so many columns that alone predict the label, it is the label that is easy.
_EASY = 3


@dataclasses.dataclass(frozen=True, eq=False)
class Candidate:
    """A column as it is scored.

    Attributes:
        name: Its name.
        codes: For each row the number of its value, -1 for missing, int64 [rows].
        numbers: For each row its number, NaN for missing, float64 [rows]; None for text.
    """

    name: str
    codes: np.ndarray
    numbers: np.ndarray | None

    @classmethod
    def of(cls, name: str, values: pa.Array) -> "Candidate":
        """Takes a column of text, numbers or truth values, null for missing."""
        encoded = values.dictionary_encode()
        codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
        if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
            return cls(name, codes, None)
        numbers = pc.fill_null(values.cast(pa.float64(), safe=False), np.nan)
        return cls(name, codes, numbers.to_numpy(zero_copy_only=False))

    @functools.cached_property
    def counts(self) -> np.ndarray:
        """How often each value occurs, int64."""
        return np.bincount(self.codes[self.codes >= 0])

    @property
    def distinct(self) -> int:
        """Number of different values."""
        return len(self.counts)

    @property
    def present(self) -> int:
        """Number of rows with a value."""
        return int((self.codes >= 0).sum())


@dataclasses.dataclass(frozen=True)
class ColumnScore:
    """How well one column predicts the label.

    Attributes:
        column: Its name.
        leak: What suspicion goes by: AUC of a binary label; the mean share of each class that is recognized (balanced
            accuracy); R² of a number's rank, which a few huge values cannot spoil.
        plain: What a model is judged by: AUC, accuracy, R².
        metric: What `leak` is called.
        by_filled: Whether it is not what the column says that predicts the label so well, but whether it says anything.
    """

    column: str
    leak: float
    plain: float
    metric: str
    by_filled: bool = False

    @property
    def suspicious(self) -> bool:
        """Whether the column hardly can have been known before the label was."""
        return self.leak >= SUSPICIOUS

    @property
    def figure(self) -> str:
        """The score in words, as `AUC 0.998`."""
        return f"{self.metric} {self.leak:.3f}"

    @property
    def way(self) -> str:
        """How the column predicts, as an addition to its figure; empty where it does by its values."""
        return ", by being filled or not" if self.by_filled else ""


def suspects(scored: Sequence[ColumnScore]) -> tuple[list[ColumnScore], list[ColumnScore]]:
    """Finds the columns that predict the label too well to have been known before it.

    Args:
        scored: The scores of all columns.

    Returns:
        The columns that give the label away; and those that reach as much where the values of many columns do, or those
        of all, since then it may be the label that is easy.
    """
    suspicious = [score for score in scored if score.suspicious]
    by_value = [score for score in suspicious if not score.by_filled]
    easy = suspicious if len(suspicious) == len(scored) else by_value if len(by_value) >= _EASY else []
    return [score for score in suspicious if score not in easy], easy


def row_hashes(columns: Iterable[Candidate]) -> np.ndarray:
    """Returns a number for each row, equal for equal rows, uint64 [rows] (splitmix64 over the columns' codes)."""
    hashes = np.zeros(1, np.uint64)
    for column in columns:
        hashes = _mix(column.codes.astype(np.uint64) + hashes)
    return hashes


def _mix(keys: np.ndarray) -> np.ndarray:
    mixed = keys + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def scores(label: Candidate, task: str, candidates: Iterable[Candidate], hashes: np.ndarray) -> list[ColumnScore]:
    """Scores each column by a table of the label's mean for each of its values, or quantile bins where it is numeric.

    A column that some rows lack is scored by being filled or not, too, and has the better of the two scores: a date of
    closing, or who signed, is filled in when the label is known.

    The rows are halved by their hash, so that copies of a row lie on one side (or by their number, if there are
    hardly any others); each half is predicted by a table made from the other.

    Args:
        label: The label.
        task: The task's name.
        candidates: The columns to score.
        hashes: A hash of each row.

    Returns:
        A score for each column, the best first; none if a class has too few rows.
    """
    known = label.codes >= 0
    keys = hashes[known]
    _, copies = np.unique(keys, return_counts=True)
    if len(copies) < _MANY_ROWS or copies.max() > _MOST_COPIES * len(keys):
        keys = _mix(np.arange(len(keys), dtype=np.uint64))
    half = (keys & np.uint64(1)).astype(bool)
    if label.distinct < 2 or min(half.sum(), (~half).sum()) < MIN_ROWS:
        return []
    kind = tasks.named(task)
    if kind.takes_positive_class and label.counts.min() < MIN_ROWS:
        return []
    target = label.codes if kind.has_classes else label.numbers
    if target is None:  # a regression of text, which is refused elsewhere
        return []
    measure, metric = _MEASURES[kind]

    def score(column: Candidate) -> ColumnScore:
        of_values = ColumnScore(column.name, *measure(bins(column)[known], target[known], half), metric)
        filled = (column.codes >= 0)[known]
        if filled.all() or not filled.any():
            return of_values
        of_filled = ColumnScore(
            column.name, *measure(filled.astype(np.int64), target[known], half), metric, by_filled=True
        )
        # Values that say no more than that they are there count as filled or not.
        return of_filled if of_filled.leak >= min(of_values.leak, SUSPICIOUS) else of_values

    return sorted(map(score, candidates), key=lambda one: (-one.leak, one.column))


def bins(column: Candidate) -> np.ndarray:
    """Returns a small whole number for each row: of its value, or of the quantile bin of its number; 0 for missing."""
    count = min(_BINS, max(16, column.present // _ROWS_A_BIN))
    numbers = column.numbers
    if numbers is None or column.distinct <= count:
        return column.codes + 1
    edges = np.unique(np.nanquantile(numbers, np.linspace(0, 1, count + 1)[1:-1]))
    return np.where(np.isnan(numbers), 0, np.searchsorted(edges, numbers, side="right") + 1)


def _binary(codes: np.ndarray, target: np.ndarray, half: np.ndarray) -> tuple[float, float]:
    predicted = _held_out_means(codes, target.astype(np.float64), half)
    # Of each half for itself: the two tables differ, and only what one of them ranks can be compared.
    value = float(np.mean([auc(target[side], predicted[side]) for side in (half, ~half)]))
    return value, value  # the same whichever of the two classes is predicted positive


def _multiclass(codes: np.ndarray, target: np.ndarray, half: np.ndarray) -> tuple[float, float]:
    classes = np.unique(target)
    shares = [_held_out_means(codes, (target == k).astype(np.float64), half) for k in classes]
    right = classes[np.argmax(shares, axis=0)] == target
    return float(np.mean([right[target == k].mean() for k in classes])), float(right.mean())


def _regression(codes: np.ndarray, target: np.ndarray, half: np.ndarray) -> tuple[float, float]:
    _, ranks = np.unique(target, return_inverse=True)
    leak, plain = (r2(values, _held_out_means(codes, values, half)) for values in (_mean_ranks(ranks), target))
    return leak, plain


# How a column is scored, and what the score is called.
_MEASURES = {
    tasks.BINARY: (_binary, "AUC"),
    tasks.MULTICLASS: (_multiclass, "balanced accuracy"),
    tasks.REGRESSION: (_regression, "R² of the ranks"),
}


def _mean_ranks(places: np.ndarray) -> np.ndarray:
    """Turns dense ranks into ranks in which ties share the mean of theirs, float64 [n]."""
    counts = np.bincount(places)
    return (np.cumsum(counts) - (counts - 1) / 2)[places]


def _held_out_means(codes: np.ndarray, values: np.ndarray, half: np.ndarray) -> np.ndarray:
    """Predicts each row's value by the mean of the rows of the other half that have its code, float64 [n]."""
    predicted = np.empty(len(values))
    size = int(codes.max()) + 1
    for side in (True, False):
        fit, held_out = half == side, half != side
        sums = np.bincount(codes[fit], values[fit], size) + _PRIOR * values[fit].mean()
        means = sums / (np.bincount(codes[fit], minlength=size) + _PRIOR)
        predicted[held_out] = means[codes[held_out]]
    return predicted


def auc(labels: np.ndarray, scores: np.ndarray) -> float:
    """Returns the area under the ROC curve: the share of pairs of a 1 and a 0 in which the 1 scores higher.

    A tie counts half; without any pair the area is 0.5.

    Args:
        labels: 0 or 1, [n].
        scores: [n].
    """
    _, place = np.unique(scores, return_inverse=True)
    positive = np.bincount(place, labels)
    negative = np.bincount(place) - positive
    below = np.cumsum(negative) - negative
    pairs = positive.sum() * negative.sum()
    return float((positive * (below + negative / 2)).sum() / pairs) if pairs else 0.5


def r2(values: np.ndarray, predicted: np.ndarray) -> float:
    """Returns 1 - squared error / variance; 0 for values that are all the same."""
    spread = ((values - values.mean()) ** 2).sum()
    return float(1 - ((values - predicted) ** 2).sum() / spread) if spread else 0.0
