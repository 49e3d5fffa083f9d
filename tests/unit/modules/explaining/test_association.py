import numpy as np
import pytest

from modules.explaining import association
from modules.explaining.plain_columns import PlainColumns
from modules.explaining.raw_function import RawColumn, Rows

pytestmark = pytest.mark.unit

NUMERIC, TEXT = ("numeric", "float32"), ("categorical", "string")


def found(**columns: tuple[tuple[str, str], np.ndarray]) -> list[association.Association]:
    described = [RawColumn(name, *kind) for name, (kind, _) in columns.items()]  # type: ignore[arg-type]
    rows: Rows = {
        name: values.astype(np.float32) if kind == NUMERIC else values.astype(object)
        for name, (kind, values) in columns.items()
    }
    return association.associations(PlainColumns.learn(described, rows), rows, list(columns))


def test_spearman_sees_any_monotone_relation() -> None:
    x = np.arange(40.0)
    (pair,) = found(x=(NUMERIC, x), y=(NUMERIC, -np.exp(x / 4)))
    assert pair.measure == association.SPEARMAN
    assert pair.value == pytest.approx(1)


def test_ranks_are_taken_of_the_rows_that_have_both_values() -> None:
    x = np.arange(40.0)
    y = np.where(x < 10, np.nan, x)
    (pair,) = found(x=(NUMERIC, x), y=(NUMERIC, y))
    assert pair.value == pytest.approx(1)


def test_too_few_common_rows_tell_nothing() -> None:
    x = np.arange(40.0)
    (pair,) = found(x=(NUMERIC, x), y=(NUMERIC, np.where(x < 21, np.nan, x)))
    assert pair.value == 0


def test_a_constant_tells_nothing() -> None:
    (pair,) = found(x=(NUMERIC, np.arange(40.0)), y=(NUMERIC, np.ones(40)))
    assert pair.value == 0


def test_two_names_of_one_category_are_fully_associated_and_independent_ones_are_not() -> None:
    codes = np.repeat([b"a", b"b"], 50)
    names = np.repeat([b"north", b"south"], 50)
    every_second = np.tile([b"x", b"y"], 50)
    pairs = found(code=(TEXT, codes), name=(TEXT, names), other=(TEXT, every_second))
    assert [pair.measure for pair in pairs] == [association.CRAMER] * 3
    # φ² is 1 and 1/99 of it is chance; both sides count as 2 − 1/99 categories.
    assert pairs[0].value == pytest.approx(1)
    assert [pair.value for pair in pairs[1:]] == [0, 0]


def test_many_categories_do_not_look_associated_by_chance() -> None:
    generator = np.random.default_rng(0)
    codes = np.array([b"%d" % code for code in generator.integers(0, 40, 400)], object)
    other = np.array([b"%d" % code for code in generator.integers(0, 40, 400)], object)
    pairs = found(code=(TEXT, codes), other=(TEXT, other), x=(NUMERIC, generator.normal(size=400)))
    assert max(pair.value for pair in pairs) < 0.25


def test_the_correlation_ratio_is_that_of_ranks() -> None:
    names = np.repeat([b"low", b"middle", b"high"], 10)
    x = np.concatenate([np.arange(10), 100 + np.arange(10), 200 + np.arange(10)])
    (pair,) = found(x=(NUMERIC, x), name=(TEXT, names))
    # Ranks 1 to 30: 2,247.5 in all, 82.5 within each of the three, 27 and 29 degrees of freedom.
    assert pair.measure == association.RATIO
    assert pair.value == pytest.approx(np.sqrt(1 - (247.5 / 27) / (2247.5 / 29)))


def pairs_of(values: dict[str, float]) -> list[association.Association]:
    return [association.Association(names[0], names[1], "ρ", value) for names, value in values.items()]


def test_of_a_group_every_two_columns_are_associated() -> None:
    # a–b and b–c are close, a–c are not: a chain is no group.
    chain = pairs_of({"ab": 0.95, "ac": 0.5, "ad": 0.0, "bc": 0.9, "bd": 0.0, "cd": 0.0})
    assert association.groups(list("abcd"), chain) == [["a", "b"]]
    all_close = pairs_of({"ab": 0.95, "ac": 0.8, "ad": 0.0, "bc": 0.9, "bd": 0.0, "cd": 0.0})
    assert association.groups(list("abcd"), all_close) == [["a", "b", "c"]]


def test_one_column_is_no_group() -> None:
    assert association.groups(["a"], []) == []
