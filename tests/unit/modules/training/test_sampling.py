import numpy as np
import pytest

from modules.training import sampling
from modules.training.sampling import Rows, sample

pytestmark = pytest.mark.unit


def batches(rows: int, size: int) -> list[Rows]:
    numbers = np.arange(rows, dtype=np.float32)[:, np.newaxis]
    return [
        {"label": numbers[first : first + size], "numeric": 10 * numbers[first : first + size]}
        for first in range(0, rows, size)
    ]


def test_few_rows_are_all_taken_in_their_order() -> None:
    rows, count = sample(batches(95, 10), seed=1)
    assert count == 95
    np.testing.assert_array_equal(rows["label"][:, 0], np.arange(95))
    np.testing.assert_array_equal(rows["numeric"], 10 * rows["label"])


@pytest.mark.parametrize("size", [7, 64, 1_000])
def test_of_many_rows_a_bounded_number_is_drawn_each_as_likely_as_any_other(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "SAMPLED_ROWS", 100)
    drawn = np.zeros(1_000)
    for seed in range(200):
        rows, count = sample(batches(1_000, size), seed)
        places = rows["label"][:, 0].astype(int)
        assert (count, len(set(places.tolist()))) == (1_000, 100)
        assert (np.diff(places) > 0).all()
        np.testing.assert_array_equal(rows["numeric"], 10 * rows["label"])
        drawn[places] += 1
    # Each row is drawn 20 times of 200 on average, with a standard deviation of 4.2; a tenth of them 2,000 times.
    np.testing.assert_allclose(drawn.reshape(10, 100).sum(axis=1), 2_000, atol=200)
    assert drawn.min() > 2
    assert drawn.max() < 45


def test_the_sample_depends_on_the_seed_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "SAMPLED_ROWS", 50)
    first, again, by_other_batches, other = (
        sample(batches(500, size), seed)[0]["label"] for size, seed in ((20, 1), (20, 1), (333, 1), (20, 2))
    )
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(first, by_other_batches)
    assert not np.array_equal(first, other)


def test_no_more_than_twice_the_sample_is_held_beside_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "SAMPLED_BYTES", 8 * 40)  # two float32 a row
    held = []
    lowest = sampling._lowest

    def noted(kept: list[Rows], keys: np.ndarray, limit: int) -> tuple[list[Rows], np.ndarray, float]:
        held.append(len(keys))
        return lowest(kept, keys, limit)

    monkeypatch.setattr(sampling, "_lowest", noted)
    rows, _ = sample(batches(5_000, 30), seed=1)
    assert len(rows["label"]) == 40
    assert max(held) <= 80 + 30
