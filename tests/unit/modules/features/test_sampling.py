import numpy as np
import pytest

from modules.features.sampling import RowSample

pytestmark = pytest.mark.unit

NAN = np.nan


def texts(*values: bytes) -> np.ndarray:
    return np.array(values, object).reshape(-1, 1)


def sample(matrix: np.ndarray, words: list[bytes], batches: list[np.ndarray], parts: int, size: int) -> RowSample:
    """Adds the rows in batches, given by their numbers, to some parts in turn, and merges these."""
    samples = [RowSample(matrix.shape[1], size) for _ in range(parts)]
    for number, batch in enumerate(batches):
        samples[number % parts].add(matrix[batch], [texts(*(words[row] for row in batch))])
    merged, *others = samples
    for other in others:
        merged.merge(other)
    return merged


@pytest.mark.parametrize("size", [7, 40, 1_000])
def test_the_same_rows_give_the_same_sample_however_they_come(size: int) -> None:
    generator = np.random.default_rng(8)
    matrix = generator.integers(0, 4, (300, 2)).astype("float32")
    matrix[generator.random((300, 2)) < 0.2] = NAN
    words = [bytes(word) for word in generator.choice([b"", b"x", b"y"], 300)]
    whole = sample(matrix, words, [np.arange(300)], 1, size)
    different = len({(*map(str, row), word) for row, word in zip(matrix, words, strict=True)})
    assert len(whole.rows) == min(size, different) == len(whole.counts)
    for parts, pieces in [(1, 300), (1, 17), (4, 9), (9, 60)]:
        other = sample(matrix, words, np.array_split(generator.permutation(300), pieces), parts, size)
        np.testing.assert_array_equal(other.rows, whole.rows)
        np.testing.assert_array_equal(other.counts, whole.counts)


def test_as_long_as_there_is_room_every_row_is_kept_with_its_count() -> None:
    small = RowSample(2)
    small.add(np.array([[1, NAN], [2, 3]], "float32"), [])
    small.add(np.array([[1, NAN], [1, NAN], [2, 4]], "float32"), [])
    kept = {str(row): count for row, count in zip(small.rows.tolist(), small.counts.tolist(), strict=True)}
    assert kept == {"[1.0, nan]": 3, "[2.0, 3.0]": 1, "[2.0, 4.0]": 1}


def test_the_count_of_a_row_that_is_kept_is_exact() -> None:
    # 100 different rows, row i occurring i + 1 times, in an order that mixes them.
    numbers = np.repeat(np.arange(100), np.arange(1, 101))
    order = np.random.default_rng(3).permutation(len(numbers))
    few = RowSample(1, 10)
    for batch in np.array_split(numbers[order], 50):
        few.add(batch.astype("float32")[:, None], [])
    assert few.rows.shape == (10, 1)
    assert (few.counts == few.rows[:, 0] + 1).all()


def test_a_sample_looks_like_the_rows() -> None:
    values = np.arange(50_000, dtype="float32") / 50_000
    part = RowSample(1, 2_000)
    part.add(values[:, None], [])
    # Uniform on [0, 1]: the mean of 2,000 deviates by 1/√12/√2000 = 0.0065, seldom by four times that.
    assert len(part.rows) == 2_000
    assert part.rows.mean() == pytest.approx(0.5, abs=0.026)
    assert part.rows.std() == pytest.approx(12**-0.5, abs=0.02)


def test_rows_that_agree_in_their_numbers_differ_by_their_texts() -> None:
    both = RowSample(1)
    both.add(np.array([[1], [1], [1]], "float32"), [texts(b"ab", b"a", b"a"), texts(b"", b"b", b"b")])
    assert sorted(both.counts) == [1, 2]
    assert both.rows.tolist() == [[1], [1]]


def test_one_nan_is_like_another_and_zero_has_no_sign() -> None:
    other = np.array([0x7FC00001, 0xFFC00000], "uint32").view("float32")
    one = RowSample(1)
    one.add(np.array([[NAN], [other[0]], [other[1]], [0.0], [-0.0]], "float32"), [])
    assert sorted(one.counts) == [2, 3]


def test_an_empty_batch_and_an_empty_sample_change_nothing() -> None:
    one = RowSample(1, 2)
    one.add(np.array([[1], [2], [3]], "float32"), [])
    before = one.rows.tolist()
    one.add(np.zeros((0, 1), "float32"), [])
    one.merge(RowSample(1, 2))
    assert one.rows.tolist() == before
