import datetime

import numpy as np
import pyarrow as pa
import pytest

from modules.features import leakage

pytestmark = pytest.mark.unit

N = 2_000
RANDOM = np.random.default_rng(5)
X, NOISE = RANDOM.normal(size=(2, N))
BINARY = X + NOISE > 0
CLASSES = np.where(BINARY, np.where(X > 0.5, "c", "b"), "a")
NUMBER = np.round(np.exp(2 * X), 3)


@pytest.mark.parametrize(
    ("labels", "scores", "area"),
    [
        ([0, 0, 1, 1], [1, 2, 3, 4], 1.0),
        ([1, 1, 0, 0], [1, 2, 3, 4], 0.0),
        ([0, 1, 0, 1], [1, 2, 3, 4], 0.75),
        ([0, 1, 0, 1], [1, 1, 1, 1], 0.5),
        ([0, 1, 1], [1, 1, 2], 0.75),
    ],
)
def test_the_area_under_the_curve_counts_pairs(labels: list, scores: list, area: float) -> None:
    assert leakage.auc(np.array(labels), np.array(scores)) == area


def test_r2_is_the_share_of_the_variance_that_is_explained() -> None:
    values = np.array([1.0, 2.0, 3.0])
    assert leakage.r2(values, values) == 1.0
    assert leakage.r2(values, np.full(3, 2.0)) == 0.0
    assert leakage.r2(values, np.array([1.0, 2.0, 2.0])) == 0.5
    assert leakage.r2(np.ones(3), np.ones(3)) == 0.0


def candidate(name: str, values: list) -> leakage.Candidate:
    return leakage.Candidate.of(name, pa.array(values))


def scored(label: np.ndarray, task: str, **columns: np.ndarray) -> dict[str, leakage.ColumnScore]:
    target, *candidates = (candidate(name, values.tolist()) for name, values in ({"label": label} | columns).items())
    hashes = leakage.row_hashes([target, *candidates])
    return {score.column: score for score in leakage.scores(target, task, candidates, hashes)}


def text(values: np.ndarray) -> np.ndarray:
    return np.where(values, "yes", "no")


def only(kept: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Returns the values as objects, None where they are not kept."""
    return np.where(kept, values.astype(object), None)  # type: ignore[call-overload]


def test_a_column_that_gives_the_label_away_is_suspicious() -> None:
    found = scored(
        text(BINARY),
        "binary",
        noise=np.round(NOISE, 3),
        x=np.round(X, 3),
        copied=np.where(BINARY, "R", "N"),
        amount=np.where(BINARY, 5 + np.abs(X), np.abs(X)).round(3),
        inverse=np.where(BINARY, -1, 1),
        absent=np.where(BINARY, None, 1),  # type: ignore[call-overload]
    )
    assert {name for name, score in found.items() if score.suspicious} == {"copied", "amount", "inverse", "absent"}
    assert found["copied"].leak == found["absent"].leak == 1.0
    assert found["copied"].metric == "AUC"
    # The label is 1 where x + noise > 0, of two normal variables alike: the area is 1/2 + atan(1)/π by symmetry.
    assert found["x"].leak == pytest.approx(0.75, abs=0.1)
    assert found["x"].leak == found["x"].plain


DAYS = [datetime.date(2024, 1, 1) + datetime.timedelta(days=int(day)) for day in RANDOM.integers(0, 300, N)]
SECONDS = np.array([int(datetime.datetime.combine(day, datetime.time()).timestamp()) for day in DAYS])


@pytest.mark.parametrize(
    "values",
    [SECONDS, np.round(NOISE, 3), np.array([f"k{i % 40}" for i in range(N)]), NOISE > 0, np.array(["on"] * N)],
    ids=["time", "number", "text", "truth", "one value"],
)
def test_a_column_of_any_kind_that_is_filled_when_the_label_is_known_is_suspicious(values: np.ndarray) -> None:
    found = scored(
        text(BINARY),
        "binary",
        closed=only(BINARY, values),
        gaps=only(NOISE <= 1, values),
    )
    assert found["closed"].suspicious and found["closed"].by_filled
    assert found["closed"].leak == 1.0
    assert not found["gaps"].suspicious


@pytest.mark.parametrize("task", ["multiclass", "regression"])
def test_being_filled_is_scored_in_every_task(task: str) -> None:
    label = np.where(BINARY, 5.0, 1.0) if task == "regression" else text(BINARY)
    found = scored(label, task, x=X, closed=only(BINARY, SECONDS))
    assert found["closed"].suspicious and found["closed"].by_filled


def test_what_a_column_says_is_not_taken_for_being_filled() -> None:
    copied = only(NOISE <= 2, text(BINARY))
    (score,) = scored(text(BINARY), "binary", copied=copied).values()
    assert score.leak > 0.95 and not score.by_filled


def test_columns_that_name_rows_predict_nothing_on_others() -> None:
    names = np.array([f"k{i}" for i in range(N)])
    (score,) = scored(text(BINARY), "binary", key=names).values()
    assert score.leak == pytest.approx(0.5, abs=0.02)


def test_copies_of_rows_lie_on_one_side() -> None:
    names = np.array([f"k{i % (N // 2)}" for i in range(N)])
    label = text(np.concatenate([BINARY[: N // 2]] * 2))
    (score,) = scored(label, "binary", key=names).values()
    assert score.leak == pytest.approx(0.5, abs=0.03)


def test_classes_are_scored_alike_however_rare() -> None:
    rare = np.where(np.arange(N) % 100 == 0, "x", np.where(np.arange(N) % 100 == 1, "y", "z"))
    found = scored(rare, "multiclass", copied=rare, constant=np.where(X > 9, "p", "q"))
    assert found["copied"].suspicious
    assert found["copied"].metric == "balanced accuracy"
    assert found["constant"].leak == pytest.approx(1 / 3)
    assert found["constant"].plain == 0.98


def test_a_number_is_suspicious_by_its_rank_whatever_its_tail() -> None:
    found = scored(NUMBER, "regression", taxed=np.round(1.2 * NUMBER, 3), noise=np.round(NOISE, 3))
    assert found["taxed"].suspicious
    assert found["taxed"].metric == "R² of the ranks"
    assert found["noise"].leak < 0.1
    assert list(found) == ["taxed", "noise"]


def test_too_few_rows_of_a_class_give_no_score() -> None:
    few = np.where(np.arange(N) < 19, "yes", "no")
    assert scored(few, "binary", x=X) == {}
    enough = np.where(np.arange(N) < 20, "yes", "no")
    assert list(scored(enough, "binary", x=X)) == ["x"]


def test_rows_without_a_label_do_not_count() -> None:
    label = np.where(np.arange(N) % 2, text(BINARY), None)  # type: ignore[call-overload]
    copied = np.where(np.arange(N) % 2, text(BINARY), "yes")
    (score,) = scored(label, "binary", copied=copied).values()
    assert score.leak == 1.0


def test_equal_rows_have_equal_hashes_and_others_do_not() -> None:
    columns = [candidate("a", [1, 2, 1, 1, None]), candidate("b", ["x", "y", "x", None, "x"])]
    hashes = leakage.row_hashes(columns)
    assert hashes[0] == hashes[2]
    assert len(np.unique(hashes)) == 4


def test_many_numbers_share_quantile_bins_and_missing_ones_have_their_own() -> None:
    codes = leakage.bins(candidate("a", [*range(1_000), None]))
    assert codes[-1] == 0
    assert codes[:-1].min() == 1
    assert len(np.unique(codes)) == 21  # bins of 50 rows, and the missing one
    assert (np.diff(codes[:-1]) >= 0).all()


def test_many_copies_of_one_row_hide_no_leak() -> None:
    # All rows without a value are one row, and would lie in one half.
    closed = only(BINARY, np.array([f"k{i}" for i in range(N)]))
    assert scored(text(BINARY), "binary", closed=closed)["closed"].suspicious
