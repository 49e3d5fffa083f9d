"""Promises about rates: shares of a confusion matrix' cells, and the calibration."""

from collections.abc import Iterator

import numpy as np

from modules.base.promises import CALIBRATION, RatePromise
from modules.contracts.verdict import Rule
from modules.judging.estimates import rates as estimates
from modules.judging.promises import classes, scopes
from modules.judging.promises.compared import ComparedRows
from modules.judging.promises.estimate import Estimate, of_entry, of_replicates, undefined
from modules.judging.promises.settling import Claim
from modules.tasks import confusion

_CELLS = confusion.RATES | {"precision": (("tp",), ("tp", "fp"))}
_LIMITS: dict[str, Rule] = {"minimum": "at least", "maximum": "at most"}


def families(place: str, promise: RatePromise, rows: ComparedRows) -> Iterator[list[Claim]]:
    """Measures a promise for all that it is for, one limit at a time.

    Args:
        place: Where the config makes it.
        promise: The promise.
        rows: The rows.
    """
    for limit, rule in _LIMITS.items():
        bound = getattr(promise, limit)
        if bound is None:
            continue
        yield [
            Claim(
                promise=f"{place}.{limit}",
                kind="rate",
                measure=classes.named(promise.rate, of_class),
                slice=name,
                rule=rule,
                limit=bound,
                estimate=measure(promise.rate, number, rows, of_slice),
                slice_rows=len(of_slice),
                positives=positives(rows, number, of_slice),
            )
            for name, of_slice in scopes.of_promise(promise, rows.rows_by_key).items()
            for number, of_class in classes.meant(place, promise.of_class, rows)
        ]


def positives(rows: ComparedRows, number: int, of_slice: np.ndarray) -> int | None:
    """Returns how many rows are of a class; None of a regression."""
    return int((rows.labels[of_slice] == number).sum()) if rows.kind.has_classes else None


def measure(rate: str, number: int, rows: ComparedRows, of_slice: np.ndarray) -> Estimate:
    """Measures a rate of the model that would ship.

    Args:
        rate: Its name in the config.
        number: The number of the class.
        rows: The rows.
        of_slice: The numbers of the rows that are meant.
    """
    if not len(of_slice):
        return undefined(scopes.NO_ROW, 0, "exact")
    if rate != CALIBRATION:
        having, among = counted(rate, number, rows, of_slice)
        return of_entry(estimates.proportion(having, among, rows.weights_of(of_slice), rows.resampler))
    sums = summands(rate, number, rows, of_slice)
    return of_replicates(float(ratio(sums.sum(axis=0))), len(of_slice), ratio(rows.resampler.sums(sums)))


def counted(rate: str, number: int, rows: ComparedRows, of_slice: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the rows that a rate counts and those that it is over; arguments as of `measure`."""
    positive = rows.labels[of_slice] == number
    return confusion.rows_of(_CELLS[rate], positive, rows.decisions(rows.shipped[of_slice]) == number)


def summands(rate: str, number: int, rows: ComparedRows, of_slice: np.ndarray) -> np.ndarray:
    """Returns what each row adds to a rate's upper and its lower sum, float64 [n, 2]; arguments as of `measure`."""
    if rate != CALIBRATION:
        parts: tuple[np.ndarray, np.ndarray] = counted(rate, number, rows, of_slice)
    elif rows.kind.has_classes:
        parts = rows.shipped[of_slice, number], rows.labels[of_slice] == number
    else:
        parts = rows.shipped[of_slice, 0], rows.labels[of_slice]
    own = rows.weights_of(of_slice)
    return np.stack(parts, axis=1).astype(np.float64) * (1.0 if own is None else own[:, None])


def ratio(sums: np.ndarray) -> np.ndarray:
    """Returns the upper over the lower sum, [2, …]; NaN where the lower one is 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(sums[1] == 0, np.nan, sums[0] / sums[1])
