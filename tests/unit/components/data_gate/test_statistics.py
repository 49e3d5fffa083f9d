import numpy as np
import pandas as pd
import pytest
import tensorflow_data_validation as tfdv

from components.data_gate import statistics
from components.data_gate.statistics import TableStatistics

pytestmark = pytest.mark.unit


def read(columns: dict[str, list], **options: int) -> TableStatistics:
    chosen = {"num_quantiles_histogram_buckets": statistics.QUANTILE_BUCKETS} | options
    return statistics.read(tfdv.generate_statistics_from_dataframe(pd.DataFrame(columns), tfdv.StatsOptions(**chosen)))


def test_text_is_counted_by_value_without_what_is_missing() -> None:
    table = read({"city": ["Rome", "Oslo", None, "Rome"]})
    city = table.columns["city"]
    assert table.rows == 4
    assert (city.kind, city.present, city.counts, city.complete) == ("text", 3, {"Rome": 2, "Oslo": 1}, True)


def test_text_of_more_values_than_are_counted_is_incomplete() -> None:
    city = read({"city": list("aabc")}, num_rank_histogram_buckets=2).columns["city"]
    assert city.present == 4
    assert not city.complete


def test_numbers_have_quantile_buckets_from_the_smallest_to_the_largest() -> None:
    x = read({"x": [3.0, 1.0, np.nan, 2.0]}).columns["x"]
    assert (x.kind, x.present, x.counts, x.complete) == ("number", 3, {}, False)
    assert (x.buckets[0][0], x.buckets[-1][1], x.median) == (1, 3, 2)
    assert sum(rows for *_, rows in x.buckets) == pytest.approx(3)


@pytest.mark.parametrize("values", [[0, 1], [4, 5, 7, 13], [-3, 0, 6], [2]])
def test_whole_numbers_that_span_few_values_are_counted_by_value(values: list[int]) -> None:
    rows = [value for value in values for _ in range(100 + value)]
    x = read({"x": rows}).columns["x"]
    assert x.counts == {str(value): 100 + value for value in values}
    assert x.complete


def test_whole_numbers_are_counted_right_in_many_rows() -> None:
    rows = np.random.default_rng(0).choice(10, 30_000, p=[0.3, 0.2, 0.2, 0.1, 0.05, 0.05, 0.04, 0.03, 0.02, 0.01])
    counts = read({"x": rows.tolist()}).columns["x"].counts
    assert {int(value) for value in counts} == set(range(10))
    for value in range(10):
        assert counts[str(value)] / 30_000 == pytest.approx(np.mean(rows == value), abs=0.001)


def test_whole_numbers_of_a_wide_span_and_fractions_are_no_classes() -> None:
    table = read({"wide": [0, 10, 10], "half": [0.0, 0.5, 1.0]})
    assert [table.columns[name].counts for name in ("wide", "half")] == [{}, {}]


def test_a_column_without_a_value_is_no_column() -> None:
    assert set(read({"empty": [None, None], "nan": [np.nan, np.nan], "x": [1, 2]}).columns) == {"x"}
