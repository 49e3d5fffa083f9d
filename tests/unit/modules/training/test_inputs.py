import collections
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from modules.training import inputs

pytestmark = pytest.mark.unit

ROWS = 57


# The three ways in which batches come about: encoded rows in memory, rows in memory, streamed.
WAYS: dict[str, dict[str, Any]] = {"encoded": {}, "rows": {"encoded_bytes": 0}, "streamed": {"in_memory_bytes": 0}}


class Graph:
    """Stands in for a transform graph: all that reading asks of it is where it lies, and the spec of its outputs."""

    transform_savedmodel_dir = "graph"

    def transformed_feature_spec(self) -> dict[str, tf.io.FixedLenFeature]:
        return {
            "numeric": tf.io.FixedLenFeature([2], tf.float32),
            "category_0": tf.io.FixedLenFeature([1], tf.int64),
            "label": tf.io.FixedLenFeature([1], tf.float32),
        }


class WeightedGraph(Graph):
    """The same of a table with a column of example weights."""

    transform_savedmodel_dir = "weighted graph"

    def transformed_feature_spec(self) -> dict[str, tf.io.FixedLenFeature]:
        return super().transformed_feature_spec() | {"weight": tf.io.FixedLenFeature([1], tf.float32)}


class Encoder:
    """Stands in for the encoder: writes the features side by side, times a factor."""

    width = 3

    def __init__(self, factor: float = 1.0) -> None:
        self.factor = factor

    def get_config(self) -> dict[str, float]:
        return {"factor": self.factor}

    def lookup(self, batch: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        return {"category" if name == "category_0" else name: value for name, value in batch.items()}

    def __call__(self, batch: dict[str, tf.Tensor]) -> tf.Tensor:
        return self.factor * tf.concat([batch["numeric"], tf.cast(batch["category"], tf.float32)], axis=1)


GRAPH: Any = Graph()
ENCODER: Any = Encoder()


def _example(number: int) -> bytes:
    feature = {
        "numeric": tf.train.Feature(float_list=tf.train.FloatList(value=[number, -number])),
        "category_0": tf.train.Feature(int64_list=tf.train.Int64List(value=[number % 5])),
        "label": tf.train.Feature(float_list=tf.train.FloatList(value=[number % 2])),
        "weight": tf.train.Feature(float_list=tf.train.FloatList(value=[number + 0.5])),
    }
    return tf.train.Example(features=tf.train.Features(feature=feature)).SerializeToString()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The rows 0 … 56 in two files."""
    folder: Path = tmp_path_factory.mktemp("split")
    for part, numbers in enumerate((range(40), range(40, ROWS))):
        with tf.io.TFRecordWriter(str(folder / f"data-{part}.gz"), "GZIP") as writer:
            for number in numbers:
                writer.write(_example(number))
    return [str(folder / "*")]


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "_kept", {})


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The file patterns of each time that rows are read."""
    found: list[Any] = []
    read = inputs.read

    def noted(files: list[str], *others: Any) -> inputs.Rows:
        found.append(files)
        return read(files, *others)

    monkeypatch.setattr(inputs, "read", noted)
    return found


def numbers_of(dataset: tf.data.Dataset) -> list[int]:
    """Returns the rows of one epoch by their numbers; checks that the parts of each row belong together."""
    found = []
    for encoded, target in dataset.as_numpy_iterator():
        for (number, negative, category), row in zip(encoded, target, strict=True):
            assert (negative, category, row[0]) == (-number, number % 5, number % 2)
            assert len(row) == 1 or row[1] == 10 * number
            found.append(int(number))
    return found


def tenfold(rows: inputs.Rows, first: int) -> np.ndarray:
    """Extends the target by ten times the number of the row; checks that rows are numbered in file order."""
    numbers = rows["numeric"][:, :1]
    assert numbers[:, 0].tolist() == list(range(first, first + len(numbers)))
    return 10 * numbers


def dataset(files: list[str], way: str, seed: int | None = None, **options: Any) -> tf.data.Dataset:
    return inputs.source(files, GRAPH, ENCODER, 10, seed, **WAYS[way], **options)()


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.mark.parametrize("seed", [None, 3])
def test_an_epoch_holds_every_row_once(files: list[str], way: str, seed: int | None) -> None:
    found = numbers_of(dataset(files, way, seed))
    assert collections.Counter(found) == collections.Counter(range(ROWS))


def test_without_a_seed_rows_come_in_the_order_of_the_files(files: list[str], way: str) -> None:
    batches = dataset(files, way)
    assert numbers_of(batches) == numbers_of(batches) == list(range(ROWS))


def test_the_seed_determines_the_order(files: list[str], way: str) -> None:
    first, again, other = (numbers_of(dataset(files, way, seed)) for seed in (3, 3, 4))
    assert first == again
    assert first != other
    assert first != list(range(ROWS))


def test_every_epoch_has_an_order_of_its_own(files: list[str], way: str) -> None:
    batches = dataset(files, way, 3)
    first, second = numbers_of(batches), numbers_of(batches)
    assert first != second
    assert sorted(first) == sorted(second)


def test_the_order_of_rows_in_memory_does_not_depend_on_what_is_held(files: list[str]) -> None:
    assert numbers_of(dataset(files, "encoded", 3)) == numbers_of(dataset(files, "rows", 3))


@pytest.mark.parametrize("seed", [None, 3])
def test_batches_are_full_but_for_the_last_one_and_counted(files: list[str], way: str, seed: int | None) -> None:
    batches = dataset(files, way, seed)
    assert [len(target) for _, target in batches.as_numpy_iterator()] == [10] * 5 + [7]
    assert inputs.steps(batches) == 6


@pytest.mark.parametrize("seed", [None, 3])
def test_an_extension_stays_with_its_row(files: list[str], way: str, seed: int | None) -> None:
    batches = dataset(files, way, seed, extend=tenfold)
    assert {target.shape[1] for _, target in batches.as_numpy_iterator()} == {2}
    assert sorted(numbers_of(batches)) == list(range(ROWS))


def test_rows_are_encoded_and_the_target_is_the_label(files: list[str], way: str) -> None:
    encoded, target = next(dataset(files, way).as_numpy_iterator())
    assert (encoded.shape, target.shape) == ((10, 3), (10, 1))
    assert encoded.dtype == target.dtype == np.float32


def test_files_fit_in_memory_up_to_their_compressed_size(files: list[str]) -> None:
    size = sum(path.stat().st_size for path in Path(files[0]).parent.iterdir())
    assert inputs.fits_in_memory(files, size)
    assert not inputs.fits_in_memory(files, size - 1)


def test_a_split_is_read_whole_and_in_order(files: list[str]) -> None:
    rows = inputs.read(files, GRAPH, ENCODER)
    assert rows["numeric"].shape == (ROWS, 2)
    assert rows["numeric"][:, 0].tolist() == list(range(ROWS))


def test_a_split_read_without_a_graph_has_the_arrays_of_the_traced_parser(
    files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "_READ_ROWS", 10)  # several batches, the last of which is not full
    traced = list(inputs._parsed(files, GRAPH, ENCODER).as_numpy_iterator())
    assert len(traced) == 6
    lookup, was_eager = Encoder.lookup, []

    def noted(self: Encoder, batch: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        was_eager.append(tf.executing_eagerly())
        return lookup(self, batch)

    monkeypatch.setattr(Encoder, "lookup", noted)
    rows = inputs.read(files, GRAPH, ENCODER)
    assert was_eager == [True] * 6
    assert list(rows) == list(traced[0])
    for name, values in rows.items():
        expected = np.concatenate([batch[name] for batch in traced])
        assert (values.dtype, values.shape) == (expected.dtype, expected.shape), name
        assert values.tobytes() == expected.tobytes(), name


CLASS_WEIGHTS = np.array([2, 10], "float32")


def weights_of(batches: tf.data.Dataset) -> dict[int, float]:
    """Returns the weight of each row by its number."""
    found: dict[int, float] = {}
    for encoded, _, weights in batches.as_numpy_iterator():
        assert (weights.dtype, weights.shape) == (np.float32, (len(encoded),))
        found |= dict(zip(encoded[:, 0].astype(int).tolist(), weights.tolist(), strict=True))
    return found


@pytest.mark.parametrize("seed", [None, 3])
@pytest.mark.parametrize(
    ("graph", "class_weights", "expected"),
    [
        (WeightedGraph(), None, lambda number: number + 0.5),
        (Graph(), CLASS_WEIGHTS, lambda number: 10 if number % 2 else 2),
        (WeightedGraph(), CLASS_WEIGHTS, lambda number: (number + 0.5) * (10 if number % 2 else 2)),
    ],
    ids=["of the row", "of its class", "both"],
)
def test_a_row_counts_as_its_own_weight_says_times_that_of_its_class(
    files: list[str], way: str, seed: int | None, graph: Any, class_weights: Any, expected: Any
) -> None:
    batches = inputs.source(files, graph, ENCODER, 10, seed, class_weights=class_weights, **WAYS[way])()
    assert weights_of(batches) == {number: expected(number) for number in range(ROWS)}


def test_weights_stay_with_their_rows_where_the_target_is_extended(files: list[str], way: str) -> None:
    graph: Any = WeightedGraph()
    batches = inputs.source(files, graph, ENCODER, 10, 3, extend=tenfold, **WAYS[way])()
    assert weights_of(batches) == {number: number + 0.5 for number in range(ROWS)}
    assert sorted(numbers_of(batches.map(lambda encoded, target, _: (encoded, target)))) == list(range(ROWS))


@pytest.mark.parametrize(
    ("rows", "asked", "expected"),
    [
        (30_000, 512, 512),  # 58 steps
        (10_000, 512, 200),  # 10,000 / 50
        (1_000, 512, 20),
        (100, 512, 16),  # not fewer than 16
        (100, 8, 8),  # unless fewer are asked for
        (1_000_000, 32, 32),
    ],
)
def test_a_small_table_is_trained_in_smaller_batches(rows: int, asked: int, expected: int) -> None:
    assert inputs.batch_rows(rows, asked) == expected


def copied(files: list[str], folder: Path) -> list[str]:
    for path in Path(files[0]).parent.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return [str(folder / "*")]


def test_the_next_step_trains_on_the_rows_that_are_encoded_already(files: list[str], reads: list[Any]) -> None:
    first = numbers_of(dataset(files, "encoded", 3))
    extended = dataset(files, "encoded", 3, extend=tenfold)
    assert numbers_of(extended) == numbers_of(dataset(files, "encoded", 3)) == first
    assert {target.shape[1] for _, target in extended.as_numpy_iterator()} == {2}
    assert len(reads) == 1


def test_two_splits_are_kept_and_not_a_third(files: list[str], reads: list[Any], tmp_path: Path) -> None:
    others = []
    for name in "ab":
        (tmp_path / name).mkdir()
        others.append(copied(files, tmp_path / name))
    for patterns in (files, others[0], files, others[0], others[1], files):
        dataset(patterns, "encoded")
    assert reads == [files, others[0], others[1], files]


def test_rows_too_large_to_keep_are_read_again(
    files: list[str], reads: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    # As it is read, two floats, an int64 and the label; encoded, three floats and the label.
    size = ROWS * (2 * 4 + 8 + 4 + 3 * 4 + 4)
    monkeypatch.setattr(inputs, "KEPT_BYTES", size - 1)
    dataset(files, "encoded"), dataset(files, "encoded")
    assert len(reads) == 2
    monkeypatch.setattr(inputs, "KEPT_BYTES", size)
    dataset(files, "encoded"), dataset(files, "encoded")
    assert len(reads) == 3


def test_rows_are_encoded_anew_where_what_they_depend_on_has_changed(files: list[str], tmp_path: Path) -> None:
    patterns = copied(files, tmp_path)
    assert numbers_of(dataset(patterns, "encoded")) == list(range(ROWS))
    doubled: Any = Encoder(2.0)
    encoded, _ = next(inputs.source(patterns, GRAPH, doubled, ROWS)().as_numpy_iterator())
    assert encoded[:, 0].tolist() == [2 * number for number in range(ROWS)]
    weighted: Any = WeightedGraph()
    assert len(inputs.source(patterns, weighted, ENCODER, 10)().element_spec) == 3
    balanced = inputs.source(patterns, GRAPH, ENCODER, 10, class_weights=CLASS_WEIGHTS)()
    assert len(balanced.element_spec) == 3
    next(tmp_path.glob("*-1.gz")).unlink()
    assert numbers_of(dataset(patterns, "encoded")) == list(range(40))


@pytest.mark.parametrize("seed", [1, 2])
def test_a_share_of_the_rows_is_the_same_in_every_epoch_in_another_order(files: list[str], way: str, seed: int) -> None:
    batches = dataset(files, way, seed, share=0.3)
    first, second = numbers_of(batches), numbers_of(batches)
    assert sorted(first) == sorted(second)
    assert first != second
    assert len(set(first)) == len(first)
    if way == "streamed":  # each row by itself: 17 of 57 on average, with a standard deviation of 3.5
        assert 5 <= len(first) <= 29
    else:
        assert len(first) == 18  # of 17.1, the next whole number
    assert sorted(numbers_of(dataset(files, way, seed + 10, share=0.3))) != sorted(first)
    assert sorted(numbers_of(dataset(files, way, seed, share=0.3))) == sorted(first)
