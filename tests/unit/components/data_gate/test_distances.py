import math

import numpy as np
import pandas as pd
import pytest
import tensorflow_data_validation as tfdv
from tensorflow_metadata.proto.v0 import schema_pb2

from components.data_gate import distances, statistics

pytestmark = pytest.mark.unit


def test_shares_differ_by_value_and_a_value_of_one_table_alone_counts_as_zero_in_the_other() -> None:
    # 6/10 and 4/10 against 1/4, 2/4 and 1/4.
    found = distances.differences({"a": 6, "b": 4}, {"a": 1, "b": 2, "c": 1}, (10, 4))
    assert found == {"a": pytest.approx(-0.35), "b": pytest.approx(0.1), "c": pytest.approx(0.25)}


def test_the_l_infinity_is_tfdvs_own() -> None:
    tables = [pd.DataFrame({"city": list(text)}) for text in ("aaaaaabbbbc", "abbd")]
    before, now = (tfdv.generate_statistics_from_dataframe(table) for table in tables)
    schema = tfdv.infer_schema(before)
    schema.feature[0].drift_comparator.infinity_norm.threshold = 0.0
    (info,) = tfdv.validate_statistics(now, schema, previous_statistics=before).drift_skew_info
    mine = [statistics.read(read).columns["city"] for read in (before, now)]
    change = distances.differences(mine[0].counts, mine[1].counts, (11, 4))
    assert max(map(abs, change.values())) == pytest.approx(6 / 11 - 1 / 4)
    assert info.drift_measurements[0].value == pytest.approx(6 / 11 - 1 / 4)


@pytest.mark.parametrize(
    ("first", "second", "divergence"),
    [
        ([1, 1], [5, 5], 0.0),
        ([1, 0], [0, 9], 1.0),
        # Half-way lies (3/4, 1/4): (log2(4/3) + 1/2·log2(2/3) + 1/2·log2(2)) / 2.
        ([1, 0], [1, 1], (math.log2(4 / 3) + 0.5 * math.log2(2 / 3) + 0.5) / 2),
        # Half-way lies (1/2, 1/2): the relative entropy of (1/4, 3/4) from it is 1 - 0.811278.
        ([1, 3], [3, 1], 0.188722),
    ],
)
def test_the_divergence_of_two_histograms_is_jensens_and_shannons(
    first: list[float], second: list[float], divergence: float
) -> None:
    assert distances.jensen_shannon(first, second) == pytest.approx(divergence, abs=1e-6)
    assert distances.jensen_shannon(second, first) == pytest.approx(divergence, abs=1e-6)


def test_two_tables_are_counted_in_the_same_bins() -> None:
    # 10 rows below 10 and 10 above; 20 rows above 5. The middles between the edges 0, 5, 10, 20 are 2.5, 7.5 and 15.
    first, second = distances.common_bins([(0, 10, 10), (10, 20, 10)], [(5, 20, 20)])
    # Below them: 2.5, 7.5, 15 rows of the first, 0, 3.33, 13.33 of the second; every middle is some tenth's nearest.
    np.testing.assert_allclose(first, [2.5, 5, 7.5, 5])
    np.testing.assert_allclose(second, [0, 10 / 3, 10, 20 / 3])


def test_a_value_that_fills_buckets_is_never_cut_in_two() -> None:
    first, second = distances.common_bins([(0, 0, 40), (0, 0, 40), (0, 8, 20)], [(0, 0, 5), (8, 8, 5)])
    np.testing.assert_allclose(first, [90, 10])  # the middle is 4
    np.testing.assert_allclose(second, [5, 5])


def test_a_column_with_one_value_has_one_bin_and_two_such_columns_are_disjoint() -> None:
    assert [bins.tolist() for bins in distances.common_bins([(3, 3, 7)], [(3, 3, 2)])] == [[7], [2]]
    assert distances.jensen_shannon(*distances.common_bins([(3, 3, 7)], [(4, 4, 2)])) == 1


def test_infinite_values_are_counted_too() -> None:
    first, second = distances.common_bins([(-math.inf, 0, 5), (0, 1, 5)], [(-4, -2, 5), (1, math.inf, 5)])
    assert (first.sum(), second.sum()) == (10, 10)
    assert distances.jensen_shannon(first, second) > 0.1


def test_there_are_at_most_ten_bins_of_about_as_many_rows() -> None:
    buckets = [(float(i), i + 1.0, 1.0) for i in range(100)]
    first, _ = distances.common_bins(buckets, buckets)
    assert len(first) == 10
    assert first.min() >= 9
    assert first.max() <= 11


def quantiles(values: np.ndarray) -> statistics.ColumnStatistics:
    options = tfdv.StatsOptions(num_quantiles_histogram_buckets=statistics.QUANTILE_BUCKETS)
    table = pd.DataFrame({"x": values})
    return statistics.read(tfdv.generate_statistics_from_dataframe(table, options)).columns["x"]


def test_samples_of_one_heavy_tailed_distribution_are_close_where_tfdvs_comparator_sees_drift() -> None:
    random = np.random.default_rng(0)
    samples = [np.exp(2 * random.normal(size=rows)) for rows in (30_000, 3_000)]
    bins = distances.common_bins(*(quantiles(sample).buckets for sample in samples))
    assert distances.jensen_shannon(*bins) < 0.005
    before, now = (tfdv.generate_statistics_from_dataframe(pd.DataFrame({"x": sample})) for sample in samples)
    schema = tfdv.infer_schema(before)
    comparator = schema.feature[0].drift_comparator.jensen_shannon_divergence
    comparator.threshold = 0.0
    comparator.source.type = schema_pb2.HistogramSelection.STANDARD
    (info,) = tfdv.validate_statistics(now, schema, previous_statistics=before).drift_skew_info
    assert info.drift_measurements[0].value > 0.2


def test_a_shifted_distribution_is_far() -> None:
    # Two normal distributions one deviation apart are 0.1607 bits from each other (by numerical integration).
    random = np.random.default_rng(0)
    bins = distances.common_bins(*(quantiles(random.normal(mean, size=20_000)).buckets for mean in (0, 1)))
    assert distances.jensen_shannon(*bins) == pytest.approx(0.1607, abs=0.008)


def test_rows_below_a_place_are_those_of_whole_buckets_and_the_share_of_the_one_around_it() -> None:
    # Ten rows spread over 0 to 10, four at 10, six over 10 to 12, two beyond any width.
    table = np.array([(0, 10, 10), (10, 10, 4), (10, 12, 6), (12, np.inf, 2)], np.float64)
    places = np.array([-1.0, 0.0, 2.5, 9.999, 10.0, 11.0, 12.0, 12.5, 99.0])
    assert distances.rows_below(table, places).tolist() == pytest.approx([0, 0, 2.5, 9.999, 14, 17, 20, 21, 22])
    spread = np.sort(np.random.default_rng(1).normal(size=(30, 2)).ravel()).reshape(30, 2)
    table = np.column_stack([spread, np.arange(1.0, 31.0)])
    places = np.random.default_rng(2).normal(size=50)
    low, high, rows = table.T
    each = np.clip((places[:, None] - low) / (high - low), 0, 1) @ rows
    np.testing.assert_allclose(distances.rows_below(table, places), each)


def test_the_divergence_of_two_columns_is_that_of_their_bins_and_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = [(0, 10, 10), (10, 20, 10)], [(5, 20, 20)]
    value = distances.of_numbers(*tables)
    assert value == distances.jensen_shannon(*distances.common_bins(*tables)) > 0
    assert distances.of_numbers([(0, 10, 10), (10, 20, 11)], tables[1]) != value
    monkeypatch.setattr(distances, "common_bins", None)  # whoever calls it fails
    assert distances.of_numbers(*tables) == value
