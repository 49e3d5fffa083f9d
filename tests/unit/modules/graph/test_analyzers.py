import collections
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from modules.base.settings import Features, Label, Reduction
from modules.features import reduction
from modules.features.counting import BoundedCounter
from modules.features.logarithm import signed_log
from modules.features.profile import CategoricalColumn, Profile, ReductionResult
from modules.features.summaries import RowSummary
from modules.features.table import Number
from modules.features.vocabulary import Count, Vocabulary
from modules.graph import analyzers
from modules.graph.analyzers import Columns, NumericLayout

pytestmark = pytest.mark.unit

NAN = np.nan
LABEL = Label(column="sold", positive_class="yes")


def column(*values: float) -> np.ndarray:
    return np.array(values, "float32").reshape(-1, 1)


def texts(*values: str) -> np.ndarray:
    return np.array([value.encode() for value in values], object).reshape(-1, 1)


def numeric_profile(matrix: np.ndarray, log: Sequence[bool] = (), bins: int = 8, **rule: Any) -> tuple:
    """Returns the packed constants, the profile and the layout of a matrix."""
    columns = matrix.shape[1]
    settings = Reduction.model_validate(rule or {"method": "none"})
    summary = RowSummary(log or [False] * columns, 0, LABEL, settings.method == "ica")
    summary.add([matrix, texts(*["yes"] * len(matrix))])
    numbers = [Number(f"c{i}", log=bool(log and log[i])) for i in range(columns)]
    features = Features(quantile_bins=bins)
    described = analyzers.describe_numeric(summary.numeric, numbers, features, settings, summary.sample)
    packed, profile = described[0], Profile(described[2], reduction=described[3])
    layout = NumericLayout(columns, analyzers.component_slots(columns, settings))
    assert list(packed.shape) == layout.shape
    return packed, profile, layout


def test_the_signed_log_is_odd_and_the_log_of_one_more() -> None:
    values = np.array([-np.e + 1, 0.0, np.e - 1])
    np.testing.assert_allclose(signed_log(values), [-1, 0, 1])


def test_mean_and_deviation_are_those_of_the_present_values() -> None:
    # 1, 2, 3: mean 2, variance (1 + 0 + 1) / 3; three of four rows.
    packed, profile, layout = numeric_profile(column(1, NAN, 2, 3))
    assert profile.numeric[0].mean == pytest.approx(2)
    assert profile.numeric[0].deviation == pytest.approx(np.sqrt(2 / 3))
    assert profile.numeric[0].present == 0.75
    assert packed[0, layout.imputed] == packed[0, layout.mean] == 2
    assert packed[0, layout.inverse_deviation] == pytest.approx(np.sqrt(3 / 2))


def test_edges_are_of_the_numbers_and_times_the_unit_of_what_is_held_against_them() -> None:
    # Three distinct values, so edges 1, 2, 4, 6 (the last bin as wide as the one before).
    packed, profile, layout = numeric_profile(column(1, 2, 4, 4), bins=5)
    assert profile.numeric[0].edges == (1, 2, 4, 6)
    assert packed[0, layout.unit] == profile.numeric[0].unit == 1
    _, profile, _ = numeric_profile(column(1, 2, 4, 4) * 2.0**-100, bins=5)
    assert profile.numeric[0].edges == (2.0**-100, 2.0**-99, 2.0**-98, 6 * 2.0**-100)
    assert profile.numeric[0].unit == 2.0**97
    assert profile.numeric[0].scaled_edges.tolist() == [1 / 8, 2 / 8, 4 / 8, 6 / 8]


def test_with_a_log_the_moments_are_of_the_logs_and_the_edges_of_the_values() -> None:
    # log(1 + x) of 0, 0, e² - 1 is 0, 0, 2: mean 2/3, variance 4/3 - 4/9 = 8/9. Imputed is e^(2/3) - 1.
    large = np.exp(2) - 1
    packed, profile, layout = numeric_profile(column(0, 0, large), log=[True])
    assert profile.numeric[0].mean == pytest.approx(2 / 3)
    assert profile.numeric[0].deviation == pytest.approx(np.sqrt(8 / 9))
    assert packed[0, layout.imputed] == pytest.approx(np.expm1(2 / 3))
    assert profile.numeric[0].edges == (0, pytest.approx(large), pytest.approx(2 * large))


def test_a_column_without_values_is_all_zeros_and_finite() -> None:
    packed, profile, layout = numeric_profile(np.hstack([column(NAN, NAN), column(1, 3)]), explained_variance=0.95)
    assert np.isfinite(packed).all()
    assert profile.numeric[0].mean == profile.numeric[0].deviation == profile.numeric[0].present == 0
    assert packed[0, layout.inverse_deviation] == 0
    assert profile.numeric[0].edges == (0, 1)


# 0.1 has no exact binary form: the sum of its squares leaves a variance of rounding noise.
@pytest.mark.parametrize("value", [0.0, 7.0, 0.1, -1e6 / 3, 1e-20])
def test_a_constant_column_has_deviation_zero(value: float) -> None:
    packed, profile, layout = numeric_profile(column(*[value] * 1_000))
    assert profile.numeric[0].deviation == 0
    assert packed[0, layout.inverse_deviation] == 0


def test_a_small_spread_around_a_large_mean_is_no_constant() -> None:
    # 1,000,000 ± 1: deviation 1.
    _, profile, _ = numeric_profile(column(999_999, 1_000_001))
    assert profile.numeric[0].deviation == pytest.approx(1)


def test_components_are_those_of_the_scaled_columns() -> None:
    # b = -2a + 3 has correlation -1 with a, c with neither (both of its values go with each value of a): eigenvalues
    # 2, 1, 0. The first direction is (1, -1, 0)/√2 up to its sign; two components explain all.
    matrix = np.hstack([column(1, 1, 2, 2), column(1, 1, -1, -1), column(5, 9, 5, 9)])
    packed, profile, layout = numeric_profile(matrix, explained_variance=0.95)
    np.testing.assert_allclose(profile.reduction.explained_variance, [2, 1, 0], atol=1e-9)
    assert profile.reduction.components == 2
    projection = packed[:, layout.projection]
    np.testing.assert_allclose(np.abs(projection[:, 0]), [np.sqrt(0.5), np.sqrt(0.5), 0], atol=1e-6)
    assert projection[0, 0] == pytest.approx(-projection[1, 0])
    np.testing.assert_allclose(projection[:, 1], [0, 0, 1], atol=1e-6)
    assert (projection[:, 2] == 0).all()


def test_the_correlation_takes_missing_values_as_the_mean() -> None:
    # With NaN as the mean (z = 0): z of a is (-1, 1, 0, 0), of b (-1, 1, -1, 1); products over 4 rows:
    # aa = 2/4, bb = 4/4, ab = 2/4. Eigenvalues of [[1/2, 1/2], [1/2, 1]]: (3 ± √5) / 4.
    matrix = np.hstack([column(1, 3, NAN, NAN), column(2, 4, 2, 4)])
    _, profile, _ = numeric_profile(matrix, components=2)
    np.testing.assert_allclose(profile.reduction.explained_variance, [(3 + 5**0.5) / 4, (3 - 5**0.5) / 4])


def test_independent_components_see_the_rows_logged_scaled_and_imputed_as_the_graph_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # log(1 + x) of 0 and e² - 1 is 0 and 2, of mean 1 and deviation 1; a is 1 or 3: so z is -1 or 1, and 0 for missing.
    seen = []
    find = reduction.reduce

    def reduce(correlation: np.ndarray, settings: Reduction, scaled: Any) -> tuple[np.ndarray, ReductionResult]:
        seen.append(scaled)
        return find(correlation, settings, scaled)

    monkeypatch.setattr(reduction, "reduce", reduce)
    large = np.exp(2) - 1
    matrix = np.hstack([column(1, 3, 3, 3, NAN, NAN, 1), column(0, large, large, 0, 0, NAN, large)])
    packed, profile, layout = numeric_profile(matrix, log=[False, True], method="ica", components=2)
    # Means of a: (1 + 3 + 3 + 3 + 1) / 5 = 2.2, deviation √0.96; of b: three of six each.
    low, high = -1.2 / 0.96**0.5, 0.8 / 0.96**0.5
    rows, counts = seen[0]
    found = sorted((*row, count) for row, count in zip(rows.tolist(), counts.tolist(), strict=True))
    expected = [(low, -1, 1), (low, 1, 1), (0, -1, 1), (0, 0, 1), (high, -1, 1), (high, 1, 2)]
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert profile.reduction.component_deviations == (1, 1)
    assert (packed[:, layout.projection] != 0).all()


@pytest.mark.parametrize("method", ["pca", "ica", "none"])
def test_only_independent_components_cost_a_sample_of_the_rows(method: str) -> None:
    columns = Columns(
        (Number("a"),), ("t",), Features(), Reduction.model_validate({"method": method, "components": 1}), LABEL
    )
    assert (columns.empty().sample is not None) == (method == "ica")


def test_the_sample_tells_rows_apart_by_their_categories_too() -> None:
    summary = RowSummary([False], 1, LABEL, sampled=True)
    summary.add([column(1, 1, 1), texts("x", "y", "y"), texts("yes", "no", "no")])
    assert summary.sample is not None
    assert sorted(summary.sample.counts) == [1, 2]


def test_a_table_of_categories_alone_needs_no_sample() -> None:
    columns = Columns((), ("t",), Features(), Reduction(method="ica", components=1), LABEL)
    assert columns.empty().sample is None


@pytest.mark.parametrize(
    ("rule", "columns", "slots"),
    [
        ({"method": "none"}, 3, 0),
        ({"components": 2}, 3, 2),
        ({"components": 5}, 3, 3),
        ({"explained_variance": 0.9}, 3, 3),
        ({"components": 2}, 0, 0),
        ({"method": "ica", "components": 2}, 3, 2),
    ],
)
def test_component_slots_are_k_or_one_a_column(rule: dict, columns: int, slots: int) -> None:
    assert analyzers.component_slots(columns, Reduction.model_validate(rule)) == slots


def counted(counts: dict[bytes, int]) -> BoundedCounter:
    counter = BoundedCounter()
    counter.add([value for value, count in counts.items() for _ in range(count)])
    return counter


def test_the_profile_holds_vocabularies_counts_and_who_has_a_slot_of_its_own() -> None:
    settings = Features(max_vocabulary=1, shared_slots=8, min_count=2)
    found = analyzers.describe_category("b", counted({b"p": 5, b"q": 7, b"r": 6}), settings)
    vocabulary = Vocabulary((Count("q", 7),), (Count("p", 5), Count("r", 6)))
    assert found == CategoricalColumn("b", vocabulary, shared_slots=8)
    assert found.codes.slots == 2
    found = analyzers.describe_category("a", counted({b"x": 6, b"": 1}), settings)
    assert found == CategoricalColumn("a", Vocabulary((Count("x", 6),)), 8)
    found = analyzers.describe_category("c", counted({}), settings)
    assert found == CategoricalColumn("c", Vocabulary(), 8, left_out="no value")


def test_a_column_that_tells_nothing_is_no_column_of_rare_values_besides() -> None:
    found = analyzers.describe_category("c", counted({b"x": 2}), Features(min_count=3))
    assert (found.left_out, found.notice) == ("always 'x'", "")
    found = analyzers.describe_category("c", counted({b"x": 2, b"y": 1}), Features(min_count=3))
    assert found.left_out == ""
    assert found.notice.startswith("no value occurs 3 times")


def _random_batches(generator: np.random.Generator, count: int) -> list[list[np.ndarray]]:
    batches = []
    for _ in range(count):
        rows = int(generator.integers(1, 40))
        # Whole numbers: sums are exact in any order, so that the comparison may be.
        matrix = generator.integers(-20, 20, (rows, 3)).astype("float32")
        matrix[generator.random((rows, 3)) < 0.2] = NAN
        label = texts(*generator.choice(["yes", "no"], rows))
        batches.append([matrix, texts(*generator.choice(["", "x", "y", "z"], rows)), texts(*["k"] * rows), label])
    return batches


@pytest.mark.parametrize("method", ["pca", "ica"])
@pytest.mark.parametrize("summaries", [1, 2, 7])
def test_merged_summaries_describe_what_one_summary_does(summaries: int, method: str) -> None:
    batches = _random_batches(np.random.default_rng(9), 20)
    settings = Features(quantile_bins=6)
    rule = Reduction.model_validate({"method": method, "components": 2})
    columns = Columns((Number("a"), Number("b"), Number("c")), ("t", "u"), settings, rule, LABEL)
    whole, merged = columns.empty(), columns.empty()
    for batch in batches:
        whole.add(batch)
    parts = [columns.empty() for _ in range(summaries)]
    for number, batch in enumerate(batches):
        parts[number % summaries].add(batch)
    for part in parts:
        merged.merge(part)
    constants, profile = columns.describe(merged)
    expected, expected_profile = columns.describe(whole)
    for found, wanted in zip(constants, expected, strict=True):
        np.testing.assert_array_equal(found, wanted)
    assert profile == expected_profile
    rows = np.concatenate([batch[0] for batch in batches]).astype("float64")
    np.testing.assert_allclose([column.mean for column in profile.numeric], np.nanmean(rows, axis=0))
    np.testing.assert_allclose([column.deviation for column in profile.numeric], np.nanstd(rows, axis=0))


def test_more_columns_than_the_limit_keep_their_constants_and_lose_their_components() -> None:
    batches = _random_batches(np.random.default_rng(9), 5)
    numbers, described = (Number("a"), Number("b"), Number("c")), []
    for most in (2, 3):
        rule = Reduction(components=2, max_columns=most)
        columns = Columns(numbers, ("t", "u"), Features(quantile_bins=6), rule, LABEL)
        summary = columns.empty()
        for batch in batches:
            summary.add(batch)
        described.append(columns.describe(summary))
    ((narrow, *_), wide_profile), ((packed, *_), profile) = described
    np.testing.assert_array_equal(narrow, np.delete(packed, [4, 5], axis=1))  # where the projection is
    assert (wide_profile.numeric, wide_profile.reduction) == (profile.numeric, ReductionResult())
    assert (len(profile.limits), len(wide_profile.limits)) == (0, 1)


def test_an_empty_summary_changes_nothing() -> None:
    merged, part, empty = (RowSummary([False], 1, LABEL) for _ in range(3))
    part.add([column(1, 2, NAN), texts("x", "", "x"), texts("no", "yes", "no")])
    for one in (part, empty):
        merged.merge(one)
    assert merged.numeric.rows == 3
    assert merged.numeric.moments.describe([0])[0].tolist() == [1.5]
    assert merged.counters[0].counts == collections.Counter({b"x": 2})
    assert merged.counters[0].missing == 1
    assert merged.label.classes == collections.Counter({b"no": 2, b"yes": 1})


@pytest.mark.parametrize(("numeric", "categorical", "count"), [(("a",), ("t",), 2), (("a",), (), 2), ((), ("t",), 1)])
def test_constants_are_made_of_the_columns_that_there_are_and_of_the_label(
    numeric: tuple[str, ...], categorical: tuple[str, ...], count: int
) -> None:
    columns = Columns(tuple(map(Number, numeric)), categorical, Features(), Reduction(components=1), LABEL)
    summary = RowSummary(columns.log, len(categorical), LABEL)
    summary.add([column(1, 2)] * len(numeric) + [texts("x", "y")] * len(categorical) + [texts("no", "yes")])
    constants, profile = columns.describe(summary)
    assert len(constants) == count
    assert constants[-1].tolist() == [[b"no", b"yes"]]
    assert tuple(column.name for column in profile.numeric) == numeric
    assert tuple(column.name for column in profile.categorical) == categorical


def test_quantiles_of_many_rows_are_close_to_the_exact_ones() -> None:
    values = np.random.default_rng(10).normal(size=20_000)
    _, profile, _ = numeric_profile(column(*values), bins=8)
    exact = np.quantile(values, np.linspace(0, 1, 9))
    np.testing.assert_allclose(profile.numeric[0].edges, exact, atol=0.01)
