"""Made-up rows that promises are held against."""

from typing import Any

import numpy as np

from modules.base.promises import Promises
from modules.contracts.verdict import Decision
from modules.judging.promises import ComparedRows, decide, slicings
from modules.judging.slices import rows_by_key


def promises(**given: Any) -> Promises:
    return Promises.model_validate(given)


def probabilities(positive: Any) -> np.ndarray:
    """Returns the probabilities of both classes."""
    scores = np.asarray(positive, np.float64)
    return np.stack([1 - scores, scores], axis=1)


def decided(
    asked: Promises,
    labels: Any,
    shipped: Any,
    uncompressed: Any = None,
    columns: dict[str, Any] | None = None,
    figures: dict[str, float | None] | None = None,
    **others: Any,
) -> list[Decision]:
    """Decides about a binary task, unless another one is named; scores are of the positive class."""
    labels = np.asarray(labels, np.float64)
    predicted = shipped if np.ndim(shipped) == 2 else probabilities(shipped)
    before = predicted if uncompressed is None else uncompressed
    before = before if np.ndim(before) == 2 else probabilities(before)
    raw = {name: np.asarray(values).reshape(-1, 1) for name, values in (columns or {}).items()}
    given: dict[str, Any] = {"task": "binary", "classes": ["no", "yes"], "weights": None, "baseline": None, "seed": 1}
    rows = ComparedRows(
        labels=labels,
        shipped=predicted,
        uncompressed=before,
        rows_by_key=rows_by_key(raw | {"": labels.reshape(-1, 1)}, slicings(asked)),
        **given | others,
    )
    return decide(asked, rows, figures or {})
