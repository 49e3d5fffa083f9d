"""A made-up table as Transform would write it: a number with gaps, a whole one that follows it, a time, two codes."""

import numpy as np
import pytest

from modules.features.profile import CategoricalColumn, NumericColumn, Profile, ReductionResult
from modules.features.vocabulary import Count, Vocabulary

ROWS = 3_000


@pytest.fixture(scope="session")
def profile() -> Profile:
    numeric = tuple(
        NumericColumn(name, whole=name in ("count", "when"), part_of=part_of, edges=tuple(range(9)), left_out=left_out)
        for name, part_of, left_out in (
            ("size", None, ""),
            ("when[hour]", "when", ""),
            ("when[weekday]", "when", "constant"),
            ("count", None, ""),
            ("when", None, ""),
        )
    )
    vocabulary = Vocabulary(tuple(Count(value, 100) for value in "abcd"))
    codes = (CategoricalColumn("kind", vocabulary), CategoricalColumn("same", vocabulary, left_out="constant"))
    return Profile(numeric, codes, ReductionResult("pca", (1.0,) * 5, (1.0, 1.0)))


@pytest.fixture(scope="session")
def training() -> dict[str, np.ndarray]:
    """Rows in which the columns depend on one another: by the whole number, the size, the kind and the hour follow."""
    random = np.random.default_rng(5)
    count = random.integers(0, 8, ROWS)
    size = count + random.normal(0.0, 0.3, ROWS)
    when = random.permutation(ROWS).astype(np.float64)
    kind = (count // 2 + (random.random(ROWS) < 0.1)) % 4
    missing = np.zeros((ROWS, 5), np.float32)
    missing[random.random(ROWS) < 0.2, 0] = 1
    missing[random.random(ROWS) < 0.1, 2] = 1
    position = np.stack([size.clip(0, 7.9), when % 8, 0 * when, count + 0.5, when / ROWS * 8], axis=1)
    position[missing[:, 0] > 0, 0] = 4.25  # what missing values are replaced with
    for number in (1, 2, 4):
        position[missing[:, 2] > 0, number] = 3.75
    numeric = ((position - 4) / 2).astype(np.float32)
    return {
        "numeric": numeric,
        "value": position.astype(np.float32),
        "components": numeric @ np.array([[0.6, 0], [0.8, 0], [0, 0], [0, 1], [0, 0]], np.float32),
        "missing": missing,
        "category": np.stack([kind, 0 * kind], axis=1).astype(np.int32),
        "label": (count > 3).astype(np.float32)[:, np.newaxis],
        "weight": random.random((ROWS, 1)).astype(np.float32),
    }
