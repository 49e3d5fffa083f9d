"""What is learnt of the label in one pass over the rows, in summaries that merge."""

import collections
import math
from typing import Any

import numpy as np
import pytest

from modules.base.settings import Label
from modules.features.labels import LabelSummary
from modules.features.profile import LabelProfile, Profile
from modules.features.vocabulary import Count

pytestmark = pytest.mark.unit

REGRESSION = Label(column="y", task="regression")
LOG = Label(column="y", task="regression", log_scale=True)
CLASSES = Label(column="y", task="multiclass")


def column(*values: float | str) -> np.ndarray:
    if isinstance(values[0], str):
        return np.array([str(value).encode() for value in values], object).reshape(-1, 1)
    return np.array(values, np.float32).reshape(-1, 1)


def summary(label: Label, *batches: np.ndarray) -> LabelSummary:
    made = LabelSummary(label)
    for batch in batches:
        made.add(batch)
    return made


def moments(made: LabelSummary) -> tuple[float, float, list[float]]:
    learnt = made.describe()[1]
    return learnt.mean, learnt.deviation, [learnt.low, learnt.high]


def test_classes_are_counted_and_ordered() -> None:
    constant, learnt = summary(CLASSES, column("b", "a"), column("b", "é", "b")).describe()
    assert constant.tolist() == [[b"a", b"b", "é".encode()]]
    assert learnt == LabelProfile((Count("a", 1), Count("b", 3), Count("é", 1)))


def test_numeric_classes_are_ordered_as_numbers() -> None:
    constant, learnt = summary(CLASSES, column("10", "9", "10", "2")).describe()
    assert constant.tolist() == [[b"2", b"9", b"10"]]
    assert learnt == LabelProfile((Count("2", 1), Count("9", 1), Count("10", 2)))


def test_the_label_of_a_regression_has_mean_deviation_and_range() -> None:
    # 1, 2, 6: mean 3, variance (4 + 1 + 9) / 3.
    made = summary(REGRESSION, column(1, 2, 6))
    deviation = math.sqrt(14 / 3)
    assert moments(made) == (pytest.approx(3), pytest.approx(deviation), [1, 6])
    constant = made.describe()[0]
    np.testing.assert_allclose(constant, [3, 1 / deviation], rtol=1e-6)
    assert constant.dtype == np.float32


def test_with_a_log_the_moments_are_of_the_logs_and_the_range_of_the_labels() -> None:
    # log(1 + |y|) with the sign of 0, e - 1, -(e² - 1): 0, 1, -2: mean -1/3, variance 5/3 - 1/9 = 14/9.
    low, high = -(math.e**2 - 1), math.e - 1
    mean, deviation, spread = moments(summary(LOG, column(0, high, low)))
    assert mean == pytest.approx(-1 / 3, abs=1e-6)
    assert deviation == pytest.approx(math.sqrt(14 / 9), rel=1e-6)
    assert spread == [pytest.approx(low), pytest.approx(high)]


@pytest.mark.parametrize("label", [REGRESSION, LOG], ids=["plain", "log"])
@pytest.mark.parametrize("parts", [1, 2, 7])
def test_merged_summaries_describe_what_one_pass_does(label: Label, parts: int) -> None:
    values = np.random.default_rng(21).normal(50, 30, 500).astype(np.float32)
    pieces = np.split(values, sorted(np.random.default_rng(22).integers(0, 500, parts - 1)))
    made = LabelSummary(label)
    for piece in pieces:
        made.merge(summary(label, piece.reshape(-1, 1)))
    exact = values.astype(np.float64)
    learnt = np.sign(exact) * np.log1p(np.abs(exact)) if label.log_scale else exact
    expected: Any = (pytest.approx(learnt.mean()), pytest.approx(learnt.std()), [values.min(), values.max()])
    assert made.rows == 500
    assert moments(made) == expected
    assert moments(summary(label, values.reshape(-1, 1))) == expected


def test_merged_classes_are_counted_together() -> None:
    made = summary(CLASSES, column("a", "b"))
    made.merge(summary(CLASSES, column("b", "c")))
    assert made.classes == collections.Counter({b"a": 1, b"b": 2, b"c": 1})


def test_an_empty_summary_changes_nothing_on_either_side() -> None:
    full = summary(REGRESSION, column(1, 2, 6))
    expected = moments(full)
    full.merge(LabelSummary(REGRESSION))
    assert moments(full) == expected
    empty = LabelSummary(REGRESSION)
    empty.add(np.zeros((0, 1), np.float32))
    empty.merge(full)
    assert moments(empty) == expected


def test_a_spread_far_below_the_mean_does_not_cancel_out() -> None:
    # Around 2^30, about 1e9, float32 counts in steps of 128. Of 0, 0, 8, 8, 16, 16 such steps the mean is 8, and the
    # variance 4 · 8² / 6 of a step's square. Plain sums of squares, of 1e18 each, are wrong by thousands.
    offset, step = 2.0**30, 128
    made = LabelSummary(REGRESSION)
    for steps in ([0, 16], [8], [0, 8, 16]):
        made.merge(summary(REGRESSION, column(*(offset + step * count for count in steps))))
    mean, deviation, spread = moments(made)
    assert mean == offset + 8 * step
    assert deviation == pytest.approx(8 * step * math.sqrt(2 / 3), rel=1e-9)
    assert spread == [offset, offset + 16 * step]


@pytest.mark.parametrize("value", [0.0, 7.0, 0.1, -1e6])
def test_a_label_that_never_changes_has_the_deviation_one(value: float) -> None:
    made = summary(REGRESSION, column(*[value] * 100))
    mean, deviation, _ = moments(made)
    assert (mean, deviation) == (pytest.approx(value), 1)
    np.testing.assert_allclose(made.describe()[0], [value, 1], rtol=1e-6)


def test_a_summary_without_rows_can_be_described() -> None:
    constant, learnt = LabelSummary(REGRESSION).describe()
    assert np.isfinite(constant).all()
    assert learnt == LabelProfile((), mean=0, deviation=1, low=0, high=0)


def test_what_is_learnt_of_the_label_survives_json_in_the_profile() -> None:
    for made in (summary(LOG, column(1, 5)), summary(CLASSES, column("a", "b"))):
        profile = Profile(label=made.describe()[1])
        assert Profile.from_json(profile.to_json()) == profile
