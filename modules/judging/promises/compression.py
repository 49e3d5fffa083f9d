"""Promises about compression: what the shipped form loses against the uncompressed student, on the same rows."""

import numpy as np

from modules import tasks
from modules.base.promises import CHANGED_DECISIONS, CompressionPromise
from modules.judging.estimates import rates as estimates
from modules.judging.promises import classes, losses, paired, rates, scopes
from modules.judging.promises.compared import ComparedRows
from modules.judging.promises.estimate import Estimate, of_entry, undefined
from modules.judging.promises.settling import Claim
from modules.tasks import confusion


def family(place: str, promise: CompressionPromise, rows: ComparedRows) -> list[Claim]:
    """Measures a promise for all that it is for.

    Args:
        place: Where the config makes it.
        promise: The promise.
        rows: The rows.
    """
    by_class = promise.measure in confusion.RATES
    meant = classes.meant(place, promise.of_class, rows) if by_class else [(1, "")]
    return [
        Claim(
            promise=f"{place}.max_loss",
            kind="compression",
            measure=classes.named(promise.measure, of_class),
            slice=name,
            rule="at most",
            limit=promise.max_loss,
            estimate=_loss(promise.measure, number, rows, of_slice),
            slice_rows=len(of_slice),
            positives=rates.positives(rows, number, of_slice) if by_class else rows.positives(of_slice),
        )
        for name, of_slice in scopes.of_promise(promise, rows.rows_by_key).items()
        for number, of_class in meant
    ]


def _loss(measure: str, number: int, rows: ComparedRows, of_slice: np.ndarray) -> Estimate:
    if not len(of_slice):
        return undefined(scopes.NO_ROW, 0, "exact")
    if measure == CHANGED_DECISIONS:
        before, after = (rows.decisions(of[of_slice]) for of in (rows.uncompressed, rows.shipped))
        changed, everywhere = before != after, np.ones(len(of_slice), bool)
        own = rows.weights_of(of_slice)
        if own is None:
            return of_entry(estimates.proportion(changed, everywhere, own, rows.resampler))
        return paired.share_difference((changed, everywhere), (~everywhere, everywhere), own, rows.resampler)
    if measure in tasks.METRICS:
        return losses.of_metric(measure, rows, rows.uncompressed, of_slice)
    return losses.of_rate(measure, number, rows, rows.uncompressed, of_slice)
