"""The preprocessing graph, made by the step Transform of hand-made tables, and read back by TFT."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from modules.contracts import profile as contract
from modules.graph import preprocessing
from modules.graph.encoding import Encoder
from modules.graph.lookup import Lookup
from modules.graph.preprocessing import load_profile
from modules.tables.missing import MISSING

pytestmark = pytest.mark.unit

NAN, NONE = float("nan"), -(2**63)
LABEL = {"label": {"column": "answer", "positive_class": "yes"}}


class Table:
    """A table of raw columns, analyzed; its rows are transformed, and their categories looked up."""

    def __init__(self, analyze: Callable, folder: Path, columns: dict[str, tuple[str, list]], config: dict[str, Any]):
        self.rows = {name: cells for name, (_, cells) in columns.items()}
        self.output = analyze(folder, columns, LABEL | config)
        self.profile = load_profile(self.output)
        self._dtypes = {name: dtype for name, (dtype, _) in columns.items()}
        self._layer, self._lookup = self.output.transform_features_layer(), Lookup(self.profile)

    def transform(self, **cells: list) -> dict[str, np.ndarray]:
        """Transforms rows and looks their categories up; a column that is not given is missing in all of them."""
        count = len(next(iter(cells.values())))
        raw = {
            name: tf.constant([[value] for value in cells.get(name, [MISSING[dtype]] * count)], dtype)
            for name, dtype in self._dtypes.items()
        }
        return {name: value.numpy() for name, value in self._lookup(self._layer(raw)).items()}


# Eight training rows. The numeric columns by dtype and name: amount, empty, twin (float32), constant, gain (int64);
# the categories: grade (float32), code (int64), color, void (string).
COLUMNS: dict[str, tuple[str, list]] = {
    "amount": ("float32", [1, 2, 3, 4, 5, NAN, NAN, NAN]),
    "empty": ("float32", [NAN] * 8),
    "twin": ("float32", [1, 2, 3, 4, 5, NAN, NAN, NAN]),
    "grade": ("float32", [1.5, 1.5, 1.5, 0.5, 0.5, 1.5, NAN, NAN]),
    "constant": ("int64", [7] * 8),
    "gain": ("int64", [0, 0, 0, 0, 0, 0, 1, NONE]),
    "code": ("int64", [2, 2, 2, 2, 10, 10, 3, NONE]),
    "secret": ("int64", list(range(8))),
    "color": ("string", ["red", "blue", "red", "blue", "red", "blue", "green", ""]),
    "void": ("string", [""] * 8),
    "answer": ("string", ["yes", "no", "no", "yes", "no", "no", "no", ""]),
}
NUMERIC = ["amount", "empty", "twin", "constant", "gain"]
CATEGORICAL = ["grade", "code", "color", "void"]
CONFIG = {
    "features": {
        "exclude": ["secret"],
        "categorical": ["code", "grade"],
        "log_scale": ["gain"],
        "quantile_bins": 8,
        "min_count": 2,
    },
    "reduction": {"explained_variance": 1.0},
}


@pytest.fixture(scope="module")
def table(analyze: Callable, tmp_path_factory: pytest.TempPathFactory) -> Table:
    return Table(analyze, tmp_path_factory.mktemp("table"), COLUMNS, CONFIG)


def test_the_profile_names_the_columns_in_the_order_of_the_tensors(table: Table) -> None:
    assert [column.name for column in table.profile.numeric] == NUMERIC
    assert [column.name for column in table.profile.categorical] == CATEGORICAL


def test_the_profile_holds_moments_and_shares_of_the_present_values(table: Table) -> None:
    # amount: mean 3, variance (4 + 1 + 0 + 1 + 4) / 5 = 2. gain: ln 2 once among seven: mean ln 2 / 7, variance
    # (ln 2)² · 1/7 · 6/7, so deviation ln 2 · √6 / 7.
    ln2 = np.log(2)
    columns = table.profile.numeric
    np.testing.assert_allclose([column.mean for column in columns], [3, 0, 3, 7, ln2 / 7], atol=1e-7)
    deviations = [column.deviation for column in columns]
    np.testing.assert_allclose(deviations, [2**0.5, 0, 2**0.5, 0, ln2 * 6**0.5 / 7], atol=1e-7)
    assert [column.present for column in columns] == [5 / 8, 0, 5 / 8, 1, 7 / 8]


def test_present_values_are_z_scored(table: Table) -> None:
    found = table.transform(amount=[1, 3, 5])["numeric"][:, 0]
    np.testing.assert_allclose(found, [-(2**0.5), 0, 2**0.5], rtol=1e-6)


def test_a_log_is_taken_of_the_columns_that_ask_for_it(table: Table) -> None:
    # z of x is (log(1 + x) - ln 2 / 7) / (ln 2 · √6 / 7) = (7 log2(1 + x) - 1) / √6; -1 is -log(2).
    found = table.transform(gain=[0, 1, 3, -1])["numeric"][:, NUMERIC.index("gain")]
    np.testing.assert_allclose(found, np.array([-1, 6, 13, -8]) / 6**0.5, rtol=1e-5)


def test_a_missing_number_is_imputed_with_the_mean_and_marked(table: Table) -> None:
    row = table.transform(amount=[NAN], gain=[NONE], constant=[NONE])
    np.testing.assert_allclose(row["numeric"], [[0] * 5], atol=1e-6)
    assert row["missing"][0, :5].tolist() == [1] * 5
    assert row["value"][0, 0] == 3


def test_the_missing_one_is_only_marked_where_it_is_missing(table: Table) -> None:
    row = table.transform(amount=[2.5, NAN], gain=[0, NONE], color=["red", ""], code=[10, NONE], grade=[1.5, 1.5])
    names = [*NUMERIC, *CATEGORICAL]
    marked = [[name for name, mark in zip(names, marks, strict=True) if mark == 1] for marks in row["missing"]]
    assert marked[0] == ["empty", "twin", "constant", "void"]
    assert marked[1] == ["amount", "empty", "twin", "constant", "gain", "code", "color", "void"]


def test_the_smallest_integer_is_missing_and_its_neighbour_is_a_number(table: Table) -> None:
    row = table.transform(gain=[NONE, NONE + 1])
    assert row["missing"][:, NUMERIC.index("gain")].tolist() == [1, 0]


def test_a_constant_column_and_one_without_values_give_zeros_whatever_comes(table: Table) -> None:
    row = table.transform(constant=[7, 7000, NONE], empty=[5, NAN, -5], amount=[1, 1, 1])
    assert (row["numeric"][:, [NUMERIC.index("constant"), NUMERIC.index("empty")]] == 0).all()


def positions(table: Table, name: str, **cells: list) -> np.ndarray:
    """Returns how many bins of a column rows fill, and the code that says in which bin they lie, by its number."""
    encoder = Encoder(table.profile.to_json(), ["one_hot", "piecewise_linear"])
    codes = encoder(table.transform(**cells)).numpy()
    of = lambda code: [place for place, at in enumerate(encoder.names) if at[0] == name and code in at[1]]  # noqa: E731
    assert (codes[:, of("one_hot")].sum(axis=1) == 1).all()
    return np.stack([codes[:, of("piecewise_linear")].sum(axis=1), codes[:, of("one_hot")].argmax(axis=1)])


def test_a_number_fills_the_bins_below_it_and_a_part_of_its_own(table: Table) -> None:
    # amount has edges 1, 2, 3, 4, 5, 6: five bins.
    found = positions(table, "amount", amount=[1, 2.5, 4, 5.25, 3.9999, 0, -9, 6, 99])
    np.testing.assert_allclose(found[0], [0, 1.5, 3, 4.25, 2.9999, 0, 0, 5, 5], rtol=1e-6)
    assert found[1].tolist() == [0, 1, 3, 4, 2, 0, 0, 4, 4]


def test_bins_are_of_the_raw_value_where_the_moments_are_of_the_log(table: Table) -> None:
    # gain has the values 0 and 1, so edges 0, 1, 2.
    assert table.profile.numeric[NUMERIC.index("gain")].edges == (0, 1, 2)
    assert positions(table, "gain", gain=[0, 1, 2, -3]).tolist() == [[0, 1, 2, 0], [0, 1, 1, 0]]


def test_components_stay_finite_and_have_the_variances_of_the_profile(table: Table) -> None:
    components = table.transform(**table.rows)["components"]
    assert components.shape == (8, 5)
    assert np.isfinite(components).all()
    assert table.profile.reduction.components == 2  # twin repeats amount; constant and empty have no variance
    variances = np.mean(components**2, axis=0)  # missing values are z = 0, so that each column's mean is 0
    np.testing.assert_allclose(variances[:2], table.profile.reduction.explained_variance[:2], rtol=1e-5)
    assert (components[:, 2:] == 0).all()


def test_a_duplicate_column_counts_as_one_of_double_weight(table: Table) -> None:
    row = table.transform(amount=[5], twin=[5])["components"]
    mirrored = table.transform(amount=[1], twin=[1])["components"]
    other = table.transform(amount=[5], twin=[1])["components"]
    np.testing.assert_allclose(row, -mirrored, atol=1e-6)
    np.testing.assert_allclose(other, 0, atol=1e-6)


def test_mixed_sources_come_out_of_the_graph_apart_with_variance_one(analyze: Callable, tmp_path: Path) -> None:
    # A uniform and a Laplace source, mixed; a twentieth of one mixture is missing; a duplicate and a constant besides.
    generator = np.random.default_rng(12)
    originals = np.column_stack([generator.uniform(-2, 2, 2_000), generator.laplace(0, 1, 2_000)])
    x, y = (originals @ np.array([[1.0, 0.6], [-0.5, 1.0]])).T.astype("float32") + np.array([[5], [70]], "float32")
    gone = generator.random(2_000) < 0.05
    columns: dict[str, tuple[str, list]] = {
        "x": ("float32", np.where(gone, NAN, x).tolist()),
        "y": ("float32", y.tolist()),
        "z": ("float32", y.tolist()),
        "constant": ("int64", [3] * 2_000),
        "answer": ("string", ["yes", "no"] * 1_000),
    }
    config = {"features": {}, "reduction": {"method": "ica", "explained_variance": 1.0}}
    mixed = Table(analyze, tmp_path, columns, config)
    reduced = mixed.profile.reduction
    assert (reduced.method, reduced.component_deviations, reduced.converged) == ("ica", (1, 1), True)
    components = mixed.transform(**mixed.rows)["components"]
    assert components.shape == (2_000, 4)
    assert (components[:, 2:] == 0).all()
    np.testing.assert_allclose(np.cov(components[:, :2].T, bias=True), np.eye(2), atol=1e-4)
    correlations = np.abs(np.corrcoef(components[~gone, :2].T, originals[~gone].T)[:2, 2:])
    assert sorted(correlations.argmax(axis=1)) == [0, 1]
    assert (correlations.max(axis=1) > 0.99).all()
    imputed = mixed.transform(x=[NAN], y=[NAN], z=[NAN])["components"]
    np.testing.assert_allclose(imputed, 0, atol=1e-5)


def test_the_pipeline_reads_the_same_profile_as_the_model(table: Table) -> None:
    folder = Path(table.output.transform_savedmodel_dir).parent
    assert contract.read(str(folder)) == table.profile


def test_vocabularies_are_ordered_by_count_then_value_and_leave_out_what_is_rare(table: Table) -> None:
    # color: blue 3, red 3, green 1 (below min_count 2). code: 2 four times, 10 twice, 3 once.
    vocabularies = {column.name: column.vocabulary for column in table.profile.categorical}
    assert vocabularies["color"].own == (("blue", 3), ("red", 3))
    assert vocabularies["code"].values == ["2", "10"]
    assert vocabularies["void"].values == []


def test_a_known_category_takes_its_place_and_an_unseen_one_the_slot_after_the_last(table: Table) -> None:
    row = table.transform(
        color=["blue", "red", "green", "violet"], code=[2, 10, 3, 99], void=["", "x", "", ""], grade=[1.5] * 4
    )
    found = {name: row["category"][:, i].tolist() for i, name in enumerate(CATEGORICAL)}
    assert found["color"] == [0, 1, 2, 2]
    assert found["code"] == [0, 1, 2, 2]
    assert found["void"] == [0, 0, 0, 0]


def test_a_missing_category_is_imputed_with_the_most_frequent_value_and_marked(table: Table) -> None:
    row = table.transform(color=["", "blue"], code=[NONE, 2])
    assert (row["category"][0] == row["category"][1]).all()
    assert row["category"][0, 1:].tolist() == [0, 0, 0]
    assert row["missing"][:, 5 + CATEGORICAL.index("color")].tolist() == [1, 0]
    assert row["missing"][:, 5 + CATEGORICAL.index("code")].tolist() == [1, 0]


def test_a_missing_float_code_is_missing_and_no_category(table: Table) -> None:
    assert len(table.profile.categorical[CATEGORICAL.index("grade")].vocabulary.own) == 2
    row = table.transform(grade=[NAN, 1.5, 0.5])
    assert row["missing"][:, 5 + CATEGORICAL.index("grade")].tolist() == [1, 0, 0]
    assert row["category"][:, CATEGORICAL.index("grade")].tolist() == [0, 0, 1]


def test_the_label_is_one_for_the_positive_class(table: Table) -> None:
    assert table.transform(answer=["yes", "no", "", "YES"])["label"].tolist() == [[1], [0], [0], [0]]


def test_an_excluded_column_has_no_influence(table: Table) -> None:
    rows = table.transform(secret=[0, 7], amount=[1, 1])
    for values in rows.values():
        np.testing.assert_array_equal(values[0], values[1])


def test_the_shapes_and_dtypes_are_those_that_the_docstring_promises(table: Table) -> None:
    spec = table.output.transformed_feature_spec()
    assert {name: (feature.dtype.name, feature.shape) for name, feature in spec.items()} == {
        "numeric": ("float32", [5]),
        "value": ("float32", [5]),
        "components": ("float32", [5]),
        "category_0": ("float32", [1]),
        "category_1": ("int64", [1]),
        "category_2": ("string", [1]),
        "category_3": ("string", [1]),
        "missing": ("float32", [5]),
        "label": ("float32", [1]),
    }


@pytest.mark.parametrize("method", ["pca", "ica"])
def test_a_table_of_categories_alone_can_be_transformed(analyze: Callable, tmp_path: Path, method: str) -> None:
    columns = {"color": ("string", ["red", "red", ""]), "answer": ("string", ["yes", "no", "no"])}
    small = Table(
        analyze, tmp_path, columns, {"features": {"min_count": 1}, "reduction": {"method": method, "components": 3}}
    )
    row = small.transform(color=["red", "", "blue"])
    assert set(row) == {"category", "missing", "label"}
    assert row["category"].tolist() == [[0], [0], [1]]
    assert row["missing"].tolist() == [[0], [1], [0]]


def test_a_table_of_numbers_alone_can_be_transformed_without_reduction(analyze: Callable, tmp_path: Path) -> None:
    columns: dict[str, tuple[str, list]] = {"x": ("float32", [1, 3, NAN]), "answer": ("string", ["yes", "no", "no"])}
    small = Table(analyze, tmp_path, columns, {"features": {}, "reduction": {"method": "none"}})
    row = small.transform(x=[1, 3, NAN])
    assert set(row) == {"numeric", "value", "missing", "label"}
    np.testing.assert_allclose(row["numeric"], [[-1], [1], [0]], atol=1e-6)


def test_the_weight_of_a_row_is_passed_on_and_is_no_feature(analyze: Callable, tmp_path: Path) -> None:
    columns: dict[str, tuple[str, list]] = {
        "x": ("float32", [1, 3]),
        "w": ("int64", [2, 5]),
        "answer": ("string", ["yes", "no"]),
    }
    label = LABEL["label"] | {"weight_column": "w"}
    config = {"features": {}, "reduction": {"method": "none"}, "label": label}
    row = Table(analyze, tmp_path, columns, config).transform(x=[1, 3, 3], w=[2, 5, 0], answer=["no", "yes", "yes"])
    assert row["weight"].tolist() == [[2], [5], [0]]
    assert row["weight"].dtype == np.float32
    assert row["numeric"].shape == (3, 1)


def test_whole_number_labels_are_compared_as_numbers(analyze: Callable, tmp_path: Path) -> None:
    columns: dict[str, tuple[str, list]] = {"x": ("float32", [1, 3]), "answer": ("int64", [0, 1])}
    config = {
        "features": {},
        "reduction": {"method": "none"},
        "label": {"column": "answer", "positive_class": 1},
    }
    small = Table(analyze, tmp_path, columns, config)
    assert small.transform(answer=[0, 1, NONE])["label"].tolist() == [[0], [1], [0]]


def test_float_codes_that_differ_behind_six_digits_stay_apart_and_whole_ones_have_all_their_digits() -> None:
    codes = tf.constant([1234567.0, 1234568.0, 1e7, -3.0, 0.1, 1.234567, 1.234568, 1e30, np.nan])
    texts = [text.decode() for text in preprocessing._as_text(codes).numpy()]
    assert texts[:5] == ["1234567", "1234568", "10000000", "-3", "0.1"]
    assert [np.float32(text) for text in texts[:-1]] == codes.numpy()[:-1].tolist()
    assert texts[-1] == ""
