"""Promises about metrics: their values, and their change against the model that was blessed last."""

from collections.abc import Iterator

import numpy as np

from modules.base.promises import QualityPromise
from modules.contracts.verdict import Rule
from modules.judging.estimates import measures
from modules.judging.promises import losses, scopes
from modules.judging.promises.compared import ComparedRows
from modules.judging.promises.estimate import Estimate, of_entry, undefined
from modules.judging.promises.settling import Claim

# Which side of each limit is the right one.
_LIMITS: dict[str, Rule] = {
    "minimum": "at least",
    "maximum": "at most",
    "max_drop": "at most",
    "max_rise": "at most",
}
_AGAINST_BASELINE = ("max_drop", "max_rise")


def families(place: str, promise: QualityPromise, rows: ComparedRows) -> Iterator[list[Claim]]:
    """Measures a promise for all that it is for, one limit at a time.

    Args:
        place: Where the config makes it.
        promise: The promise.
        rows: The rows.
    """
    for limit, rule in _LIMITS.items():
        bound = getattr(promise, limit)
        if bound is None or (limit in _AGAINST_BASELINE and rows.baseline is None):
            continue
        measure = _loss if limit in _AGAINST_BASELINE else _value
        yield [
            Claim(
                promise=f"{place}.{limit}",
                kind="quality",
                measure=promise.metric,
                slice=name,
                rule=rule,
                limit=bound,
                estimate=measure(promise.metric, rows, of_slice),
                slice_rows=len(of_slice),
                positives=rows.positives(of_slice),
            )
            for name, of_slice in scopes.of_promise(promise, rows.rows_by_key).items()
        ]


def _value(metric: str, rows: ComparedRows, of_slice: np.ndarray) -> Estimate:
    if not len(of_slice):
        return undefined(scopes.NO_ROW, 0, "exact")
    predictions, own = rows.shipped[of_slice].astype(np.float64), rows.weights_of(of_slice)
    labels, classes = rows.labels[of_slice], list(rows.classes)
    return of_entry(measures.metric(rows.measure(metric), labels, predictions, own, classes, rows.resampler))


def _loss(metric: str, rows: ComparedRows, of_slice: np.ndarray) -> Estimate:
    assert rows.baseline is not None
    return losses.of_metric(metric, rows, rows.baseline, of_slice, rows.baseline_threshold)
