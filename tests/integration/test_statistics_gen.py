"""StatisticsGen beside TFX's own: the same files from the same examples, and no work that grows faster than columns."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import tensorflow as tf
import tensorflow_data_validation as tfdv
from google.protobuf import json_format
from tensorflow_data_validation.utils import quantiles_util
from tfx.types import artifact_utils, standard_artifacts

from components import record_batches, serialization
from components.statistics_gen import counting, executor, histograms
from modules.contracts import examples, statistics
from pipeline.wiring.engines import local_beam_args

pytestmark = pytest.mark.integration

ROWS = 3_000


def table(rows: int, seed: int) -> pa.RecordBatch:
    """Strings, whole numbers and floats, with missing values, repetitions, NaN and infinity."""
    rng = np.random.default_rng(seed)
    some = rng.random(rows) < 0.2
    floats = rng.gamma(2, size=rows).astype(np.float32)
    odd = floats.copy()
    odd[:9] = [np.nan, np.inf, -np.inf] * 3
    words = np.array(["red", "green", "blue", "", "größe"])[rng.integers(0, 5, rows)]
    return pa.RecordBatch.from_pydict(
        {
            "floats": pa.array(floats),
            "floats with gaps": pa.array(floats, mask=some),
            "odd floats": pa.array(odd),
            "one float": pa.array(np.ones(rows, np.float32)),
            "whole": pa.array(rng.integers(-5, 5_000, rows)),
            "few whole": pa.array(rng.integers(0, 2, rows), mask=some),
            "words": pa.array(words.tolist()),
            "words with gaps": pa.array(words.tolist(), mask=~some),
            "all different": pa.array([f"id {number}" for number in rng.permutation(rows)]),
            "never": pa.array([None] * rows, pa.string()),
            "weight": pa.array(rng.random(rows).astype(np.float32)),
        }
    )


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Any:
    artifact = standard_artifacts.Examples()
    artifact.uri = str(tmp_path_factory.mktemp("examples"))
    artifact.split_names = artifact_utils.encode_split_names(["train", "test"])
    artifact.span = 3
    for seed, split in enumerate(("train", "test")):
        Path(examples.split_folder(artifact.uri, split)).mkdir()
        with tf.io.TFRecordWriter(examples.records_path(artifact.uri, split), "GZIP") as writer:
            for record in serialization.serialize(table(ROWS if split == "train" else 40, seed)).to_pylist():
                writer.write(record)
    return artifact


def run(kind: Any, inputs: Any, folder: Path, parameters: dict[str, Any]) -> Any:
    made = standard_artifacts.ExampleStatistics()
    made.uri = str(folder)
    kind.Do({"examples": [inputs]}, {"statistics": [made]}, parameters)
    return made


def rounded(of: Any) -> Any:
    """Returns the statistics with 12 digits: what Beam adds up in another order differs in the last ones."""

    def shorten(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: shorten(part) for key, part in value.items()}
        if isinstance(value, list):
            return [shorten(part) for part in value]
        return float(f"{value:.12g}") if isinstance(value, float) else value

    return shorten(json_format.MessageToDict(of))


def test_the_artifact_is_that_of_tfx(rows: Any, tmp_path: Path) -> None:
    from tfx.components.statistics_gen import executor as stock

    ours = run(executor.Executor(), rows, tmp_path / "ours", {"quantile_buckets": 100, "rank_buckets": 2_000})
    options = tfdv.StatsOptions(num_quantiles_histogram_buckets=100, num_rank_histogram_buckets=2_000)
    context = stock.Executor.Context(beam_pipeline_args=local_beam_args(), tmp_dir=str(tmp_path), unique_id="test")
    parameters = {"stats_options_json": options.to_json(), "exclude_splits": "[]"}
    tfx = run(stock.Executor(context), rows, tmp_path / "tfx", parameters)
    assert (ours.split_names, ours.span) == (tfx.split_names, tfx.span) == ('["train", "test"]', 3)
    for split in ("train", "test"):
        counted, expected = (statistics.read_statistics(of.uri, split) for of in (ours, tfx))
        assert len(expected.datasets[0].features) == 11
        assert rounded(counted) == rounded(expected)


def test_small_batches_are_counted_as_one(rows: Any) -> None:
    pattern = f"{examples.split_folder(rows.uri, 'train')}/*"
    cut = list(record_batches.read(pattern, batch_bytes=0))
    assert len(cut) > 40
    options = tfdv.StatsOptions()
    whole = counting.count(record_batches.read(pattern), options)
    assert rounded(counting.count(iter(cut), options)) == rounded(whole)


class Counted:
    """A function that counts its calls."""

    def __init__(self, function: Any):
        self.calls, self._function = 0, function

    def __call__(self, *given: Any, **named: Any) -> Any:
        self.calls += 1
        return self._function(*given, **named)


@pytest.mark.parametrize("columns", [10, 40])
def test_the_work_for_a_column_is_the_same_in_a_wide_table(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two histograms of values, one of their number, and none of TFDV's, whose cost is a tenth of a second."""
    equal = Counted(histograms.of_equal_width)
    quantiles = Counted(histograms.of_quantiles)
    monkeypatch.setattr(histograms, "of_equal_width", equal)
    monkeypatch.setattr(histograms, "of_quantiles", quantiles)
    monkeypatch.setattr(quantiles_util, "generate_equi_width_histogram", None)
    monkeypatch.setattr(quantiles_util, "generate_quantiles_histogram", None)
    numbers = np.random.default_rng(0).normal(size=(columns, 30)).astype(np.float32)
    batch = pa.RecordBatch.from_pydict({f"c{k}": pa.array(of[:, None].tolist()) for k, of in enumerate(numbers)})

    def once() -> Iterator[pa.RecordBatch]:
        yield batch

    counting.count(once(), tfdv.StatsOptions())
    assert (equal.calls, quantiles.calls) == (columns, 2 * columns)
