"""LIME: a linear model around one row."""

import numpy as np
import pytest

from modules.explaining import agreement, lime
from modules.explaining.lime import LocalFit
from modules.explaining.raw_function import RawColumn, RawFunction, Rows

pytestmark = pytest.mark.unit

COLUMNS = [
    RawColumn("colour", "categorical", "string"),
    RawColumn("size", "numeric", "float32"),
    RawColumn("code", "categorical", "int64"),
    RawColumn("unread", "numeric", "int64"),
]


def training() -> Rows:
    random = np.random.default_rng(1)
    return {
        "colour": random.choice(np.array([b"red", b"blue", b""], object), 400),
        "size": np.where(random.random(400) < 0.1, np.nan, random.uniform(0, 100, 400)).astype(np.float32),
        "code": random.integers(0, 3, 400),
        "unread": random.integers(0, 50, 400),
    }


ROW: Rows = {
    "colour": np.array([b"red"], object),
    "size": np.array([90.0], np.float32),
    "code": np.array([2]),
    "unread": np.array([7]),
}


def fitted(answer: object, row: Rows = ROW, samples: int = 4_000) -> LocalFit:
    def column(rows: Rows) -> np.ndarray:
        return np.asarray(answer(rows), np.float64)[:, None]  # type: ignore[operator]

    return lime.explain(RawFunction(COLUMNS, ["y"], column), row, training(), 0, 1, samples=samples)


def test_what_depends_on_being_like_the_row_is_fitted_exactly() -> None:
    known = training()["size"]
    edge = np.quantile(known[~np.isnan(known)].astype(np.float64), 0.75)
    found = fitted(lambda rows: 0.1 + 0.5 * (rows["colour"] == b"red") + 0.2 * (rows["size"] > edge))
    assert list(found.weights) == ["colour", "size"]
    assert found.weights["colour"] == pytest.approx(0.5, abs=0.003)
    assert found.weights["size"] == pytest.approx(0.2, abs=0.003)
    assert found.intercept == pytest.approx(0.1, abs=0.003)
    assert found.answer == pytest.approx(0.8) and found.fitted == pytest.approx(0.8, abs=0.005)
    assert found.r_squared > 0.999 and not found.is_poor
    assert found.alike["colour"] == "red" and found.alike["size"] == f"above {edge:.6g}"
    assert abs(found.all_weights["unread"]) < 0.005


def test_a_category_is_a_category_and_not_a_number() -> None:
    found = fitted(lambda rows: 1.0 * (rows["code"] == 2) - 1.0 * (rows["code"] == 1))
    # The mean of the other two codes is -1/2.
    assert found.weights["code"] == pytest.approx(1.5, abs=0.1)
    assert found.alike["code"] == "2"


def test_a_poor_fit_is_flagged() -> None:
    found = fitted(lambda rows: ((rows["unread"] % 2) == 0).astype(float))
    assert found.r_squared < 0.3 and found.is_poor


def test_a_missing_value_is_like_a_missing_one() -> None:
    row = {**ROW, "size": np.array([np.nan], np.float32), "colour": np.array([b""], object)}
    found = fitted(lambda rows: 0.3 * np.isnan(rows["size"]) + 0.6 * (rows["colour"] == b""), row)
    assert found.weights["size"] == pytest.approx(0.3, abs=0.01)
    assert found.alike == {"colour": "(missing)", "size": "(missing)"}


def test_a_constant_has_no_weights() -> None:
    found = fitted(lambda rows: np.full(len(rows["size"]), 0.3))
    assert found.weights == {} and found.r_squared == 1.0
    assert found.fitted == pytest.approx(0.3)


def test_the_same_seed_gives_the_same_fit_and_few_columns_are_read() -> None:
    def answer(rows: Rows) -> np.ndarray:
        return np.nan_to_num(rows["size"]) / 100 + 0.1 * (rows["code"] == 2) + 0.01 * (rows["unread"] > 25)

    first, second = fitted(answer, samples=500), fitted(answer, samples=500)
    assert first == second
    one = lime.explain(RawFunction(COLUMNS, ["y"], lambda r: answer(r)[:, None]), ROW, training(), 0, 1, most_columns=1)
    assert list(one.weights) == ["size"]


def test_the_rank_correlation_is_spearmans_with_mean_ranks_of_ties() -> None:
    assert agreement.rank_correlation([1, 2, 3], [10, 20, 15]) == pytest.approx(0.5)
    # Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: covariance 4.5 of 4.5 and 5.
    assert agreement.rank_correlation([1, 2, 2, 9], [1, 2, 3, 4]) == pytest.approx(4.5 / np.sqrt(4.5 * 5))
    assert agreement.rank_correlation([1, 1, 1], [1, 2, 3]) is None
    assert agreement.rank_correlation([1, 2], [1, 2]) is None
    assert agreement.of_columns({"a": 1, "b": 2, "c": 3, "d": 0}, {"c": 1, "b": 2, "a": 3}) == pytest.approx(-1.0)
