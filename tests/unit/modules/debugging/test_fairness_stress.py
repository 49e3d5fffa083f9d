"""Flips and proxies of functions whose answers are known."""

import dataclasses

import numpy as np
import pytest

from modules.debugging import fairness_stress, levels
from modules.debugging.movement import Movement
from modules.explaining.plain_columns import PlainColumns
from modules.explaining.raw_function import RawColumn, RawFunction, Rows
from modules.judging.statistics import wilson

pytestmark = pytest.mark.unit

SEX = RawColumn("sex", "categorical", "string")
HEIGHT = RawColumn("height", "numeric", "float32")
NOISE = RawColumn("noise", "numeric", "float32")
COLUMNS = [SEX, HEIGHT, NOISE]
BINARY = Movement(2, 0.5)


def people(count: int = 1_000) -> dict[str, np.ndarray]:
    """Returns rows of which 600 in 1,000 are men, who are taller than women."""
    generator = np.random.default_rng(1)
    sex = np.where(np.arange(count) % 10 < 6, b"m", b"f").astype(object)
    height = np.where(sex == b"m", 180, 165) + generator.normal(0, 5, count)
    return {
        "sex": sex,
        "height": height.astype(np.float32),
        "noise": generator.normal(size=count).astype(np.float32),
    }


def of_sex(rows: Rows) -> np.ndarray:
    """Answers 0.6 of men, and 0.4 of women; of a height beyond 190 nobody's sex counts."""
    return np.where(rows["height"] > 190, 0.9, np.where(rows["sex"] == b"m", 0.6, 0.4))[:, None]


def test_a_flip_counts_the_rows_of_the_other_value_whose_decision_changes() -> None:
    rows = people()
    men = rows["sex"] == b"m"
    tall = rows["height"] > 190
    cut = levels.of_column(SEX, rows["sex"])
    found, ever = fairness_stress.flips(RawFunction(COLUMNS, ["y"], of_sex), BINARY, rows, cut)
    assert [(flip.to, flip.rows) for flip in found] == [("sex = m", 400), ("sex = f", 600)]
    short_men = int((men & ~tall).sum())
    assert 0 < short_men < 600
    assert found[1].changed == (short_men / 600, *wilson.interval(short_men, 600))
    assert found[1].change[0] == pytest.approx(-0.2 * short_men / 600)
    assert found[1].change[1] < found[1].change[0] < found[1].change[2]
    assert 0.2 * found[0].changed[0] == pytest.approx(found[0].change[0])
    assert ever == pytest.approx((~tall).mean())


def test_a_column_that_is_not_used_changes_nothing() -> None:
    rows = people()
    cut = levels.of_column(NOISE, rows["noise"], 4)
    found, ever = fairness_stress.flips(RawFunction(COLUMNS, ["y"], of_sex), BINARY, rows, cut)
    assert len(found) == 4
    assert {(flip.changed[0], flip.change) for flip in found} == {(0.0, (0.0, 0.0, 0.0))}
    assert ever == 0.0


def test_the_proxy_is_the_column_that_tells_the_groups_apart() -> None:
    rows = people()
    plain = dataclasses.replace(PlainColumns.learn(COLUMNS, rows), columns=[HEIGHT, NOISE])
    groups = levels.numbers(levels.of_column(SEX, rows["sex"]), rows["sex"])
    found = fairness_stress.proxies(plain, rows, groups, seed=1)
    assert found is not None
    assert found.auc > 0.95
    assert list(found.columns) == ["height"]
    assert found.columns["height"] > 0.3
    assert found.auc_without < 0.6
    assert fairness_stress.proxies(plain, {name: of[:150] for name, of in rows.items()}, groups[:150], 1) is None


def test_the_gap_between_groups_falls_when_what_it_comes_from_is_exchanged() -> None:
    rows = people()
    groups = levels.numbers(levels.of_column(SEX, rows["sex"]), rows["sex"])
    function = RawFunction(COLUMNS, ["y"], lambda given: (given["sex"] == b"m").astype(float)[:, None])
    assert fairness_stress.gap(function, BINARY, rows, groups) == 1.0
    exchanged = fairness_stress.permuted(rows, ["sex"], 1)
    assert sorted(exchanged["sex"]) == sorted(rows["sex"])
    assert fairness_stress.gap(function, BINARY, exchanged, groups) < 0.1
    assert fairness_stress.gap(function, Movement(0), rows, groups) == 1.0


def test_an_answer_is_another_one_by_threshold_class_or_tolerance() -> None:
    half = np.array([[0.4], [0.6], [0.5]])
    assert BINARY.changed(half, half[[1, 0, 2]]).tolist() == [True, True, False]
    several = np.array([[0.2, 0.5, 0.3], [0.5, 0.3, 0.2]])
    assert Movement(3).changed(several, several[::-1]).tolist() == [True, True]
    assert Movement(3).change(several, several[::-1]) == pytest.approx([0.3, 0.3])
    ones, moved = np.ones((2, 1)), np.array([[2.0], [2.5]])
    assert Movement(0, tolerance=1.0).changed(ones, moved).tolist() == [False, True]


def test_no_number_and_no_probability_is_no_answer() -> None:
    answers = np.array([[0.0], [1.0], [1.01], [-0.1], [np.nan], [np.inf]])
    assert BINARY.invalid(answers).tolist() == [False, False, True, True, True, True]
    assert Movement(0).invalid(answers).tolist() == [False, False, False, False, True, True]
