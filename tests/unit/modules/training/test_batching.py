"""The same rows in, the same constants out, to the bit: however Beam sized its batches and merged what they gave."""

import numpy as np
import pytest

from modules.base.settings import Features, Label, Reduction
from modules.features.table import Number
from modules.graph.analyzers import Columns

pytestmark = pytest.mark.unit

ROWS = 6_000


def table(label: Label) -> list[np.ndarray]:
    """Returns floats (some for a log, some nearly constant), whole numbers (small, large), texts and labels."""
    generator = np.random.default_rng(17)
    plain = generator.normal(0.1, 3, (ROWS, 1))
    floats = np.hstack([plain, generator.lognormal(5, 3, (ROWS, 1)), 1e6 + generator.random((ROWS, 1)), -plain / 7])
    floats = floats.astype(np.float32)
    floats[generator.random(floats.shape) < 0.1] = np.nan
    whole = np.stack([generator.integers(-5, 90, ROWS), generator.integers(2**40, 2**62, ROWS)], axis=1)
    whole = np.hstack([whole, generator.integers(0, 10**9, (ROWS, 1))])
    whole[generator.random(whole.shape) < 0.1] = -(2**63)
    texts = generator.choice([b"", b"x", b"y"], (ROWS, 1)).astype(object)
    if label.task == "regression":
        return [floats, whole, texts, generator.lognormal(0, 2, (ROWS, 1)).astype(np.float32)]
    return [floats, whole, texts, generator.choice([b"yes", b"no"], (ROWS, 1)).astype(object)]


@pytest.mark.parametrize("method", ["pca", "ica"])
@pytest.mark.parametrize("log_label", [True, False])
def test_the_constants_are_the_same_to_the_bit_in_any_batches_and_any_order_of_merging(
    method: str, log_label: bool
) -> None:
    label = Label(column="y", task="regression", log_scale=log_label)
    rule = Reduction.model_validate({"method": method, "components": 3})
    numbers = tuple(Number(name, log=name in "bg", whole=name in "efg") for name in "abcdefg")
    columns = Columns(numbers, ("t",), Features(), rule, label)
    arrays = table(label)

    def learnt(order: np.ndarray, sizes: tuple[int, ...], summaries: int, backwards: bool) -> tuple:
        parts = [columns.empty() for _ in range(summaries)]
        start = number = 0
        while start < ROWS:
            rows = order[start : start + sizes[number % len(sizes)]]
            parts[number % summaries].add([array[rows] for array in arrays])
            start, number = start + len(rows), number + 1
        merged, *others = parts[::-1] if backwards else parts
        for part in others:
            merged.merge(part)
        constants, profile = columns.describe(merged)
        return [constant.tobytes() for constant in constants], profile

    order = np.arange(ROWS)
    expected = learnt(order, (ROWS,), 1, False)
    assert learnt(order, (1_000,), 1, False) == expected
    assert learnt(order, (1, 3, 17, 250), 3, True) == expected
    assert learnt(np.random.default_rng(1).permutation(ROWS), (999,), 5, False) == expected
