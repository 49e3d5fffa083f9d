"""The decision threshold that a rule chooses, on rows whose every cut was worked out by hand."""

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from modules.base.threshold import ThresholdRule
from modules.judging.choosing_threshold import ChosenThreshold, ValidationScores, choose
from modules.tasks import decisions

pytestmark = pytest.mark.unit

# Positives 0.9, 0.7, 0.3; negatives 0.8, 0.4, 0.2, 0.1. From the highest score down, true and false positives are
# 1/0, 1/1, 2/1, 2/2, 3/2, 3/3, 3/4.
SCORES = np.array([0.9, 0.7, 0.3, 0.8, 0.4, 0.2, 0.1], "float32")
POSITIVE = np.array([True, True, True, False, False, False, False])


def chosen(rule: dict[str, Any], **rows: Any) -> ChosenThreshold:
    return choose(ThresholdRule.model_validate(rule), ValidationScores(POSITIVE, SCORES, **rows))


def test_a_number_is_taken_as_it_is() -> None:
    assert choose(0.3, ValidationScores(POSITIVE, SCORES)) == ChosenThreshold(0.3, "given by the config")


@pytest.mark.parametrize(
    ("rule", "threshold"),
    [
        # F1 of the cuts: 2/4, 2/5, 4/6, 4/7, 6/8, 6/9, 6/10: the fifth, between 0.3 and 0.2.
        ({"maximize": "f1"}, 0.2),
        # Cost of the cuts from none on: 9, 6, 7, 4, 5, 2, 3, 4 with 3 a false negative.
        ({"false_negative_cost": 3}, 0.2),
        # With 0.3 they are 0.9, 0.6, 1.6, 1.3, 2.3, 2, 3, 4: the first row alone.
        ({"false_negative_cost": 0.3}, 0.85),
        # Precision of the cuts: 1, 1/2, 2/3, 1/2, 3/5, 1/2, 3/7; recall 1/3, 1/3, 2/3, 2/3, 1, 1, 1.
        ({"precision": 0.65}, 0.5),
        ({"precision": 0.7}, 0.85),
        ({"recall": 0.6}, 0.5),
        ({"recall": 1.0}, 0.2),
    ],
)
def test_each_rule_takes_the_cut_that_was_worked_out(rule: dict[str, Any], threshold: float) -> None:
    found = chosen(rule)
    same = decisions.above(SCORES, found.value) == decisions.above(SCORES, threshold)
    assert same.all(), found
    assert not found.notice
    assert found.how.endswith("on 7 validation rows")


def test_the_threshold_has_as_few_digits_as_its_cut_allows() -> None:
    assert chosen({"recall": 0.6}).value == 0.5  # anything from 0.4 to below 0.7 would do
    close = ValidationScores(np.array([True, False]), np.array([0.4713, 0.4712], "float32"))
    found = choose(ThresholdRule(maximize="f1"), close).value
    assert decisions.above(close.scores, found).tolist() == [True, False]
    assert len(str(found)) <= len("0.47125")


def test_neighbours_in_float32_are_still_told_apart() -> None:
    lower = np.float32(0.3)
    rows = ValidationScores(np.array([True, False]), np.array([np.nextafter(lower, np.float32(1)), lower]))
    found = choose(ThresholdRule(maximize="f1"), rows).value
    assert decisions.above(rows.scores, found).tolist() == [True, False]


def test_rows_count_by_their_weight() -> None:
    # With the negative 0.4 weighing 10, what reaches below it costs 10 more: F1 is best above it.
    weights = np.array([1.0, 1, 1, 1, 10, 1, 1])
    assert decisions.above(SCORES, chosen({"maximize": "f1"}, weights=weights).value).sum() == 3


def test_of_equally_good_cuts_the_one_nearest_to_the_default_is_taken() -> None:
    rows = ValidationScores(np.array([True, False, True, False]), np.array([0.9, 0.6, 0.45, 0.1], "float32"))
    # Cost of the cuts from none on: 2, 1, 2, 1, 2.
    found = choose(ThresholdRule(false_negative_cost=1), rows)
    assert decisions.above(rows.scores, found.value).sum() == 3


def test_a_precision_that_no_threshold_reaches_is_told_and_the_nearest_is_taken() -> None:
    rows = ValidationScores(np.array([False, True, True, False]), np.array([0.9, 0.8, 0.7, 0.1], "float32"))
    found = choose(ThresholdRule(precision=0.9), rows)
    assert found.notice == "no threshold reaches it: the highest precision is 0.6667"
    assert decisions.above(rows.scores, found.value).sum() == 3


def test_a_recall_that_scores_of_zero_keep_out_of_reach_is_told() -> None:
    rows = ValidationScores(np.array([True, True, False]), np.array([0.9, 0.0, 0.4], "float32"))
    found = choose(ThresholdRule(recall=1.0), rows)
    assert found.notice == "no threshold reaches it: the highest recall is 0.5000"
    assert 0.4 <= found.value < 0.9


def test_rows_of_one_class_leave_the_default_and_say_so() -> None:
    found = choose(ThresholdRule(maximize="f1"), ValidationScores(np.zeros(3, bool), np.array([0.1, 0.2, 0.9])))
    assert (found.value, found.notice) == (0.5, "the validation rows are of one class")


# Women: positives 0.9, 0.4 (rows 0, 1); men: positives 0.8, 0.7 (2, 3); negatives 0.5 and 0.1 of each.
BY_SEX = ValidationScores(
    np.array([True, True, True, True, False, False]),
    np.array([0.9, 0.4, 0.8, 0.7, 0.5, 0.1], "float32"),
    groups={"sex=Female": np.array([0, 1, 4]), "sex=Male": np.array([2, 3, 5])},
)


def test_equal_opportunity_takes_the_highest_f1_among_cuts_whose_groups_are_near_each_other() -> None:
    # TPR of women and men by cut: 1/2 0, 1/2 1/2, 1/2 1, 1/2 1, 1 1, 1 1. F1: 2/5, 4/6, 6/7, 6/8, 8/9.
    rule = {"equal_opportunity": ["sex"], "max_gap": 0.1}
    found = choose(ThresholdRule.model_validate(rule), BY_SEX)
    assert decisions.above(BY_SEX.scores, found.value).sum() == 5
    assert "by sex at most 0.1 apart (F1 0.8889, 0.0000 apart)" in found.how


def test_equal_opportunity_does_not_take_one_class_for_everybody() -> None:
    # The positive 0.2 of the women comes last: only to predict positive of everybody brings the groups together.
    rows = ValidationScores(
        np.array([True, True, True, False, False]),
        np.array([0.9, 0.2, 0.8, 0.3, 0.7], "float32"),
        groups={"sex=Female": np.array([1, 3]), "sex=Male": np.array([0, 2, 4])},
    )
    found = choose(ThresholdRule.model_validate({"equal_opportunity": ["sex"], "max_gap": 0.1}), rows)
    assert "no useful threshold brings them so near: they are 1.0000 apart at best" in found.notice
    assert decisions.above(rows.scores, found.value).sum() == 2


def test_a_group_without_a_positive_row_does_not_count() -> None:
    groups = {**BY_SEX.groups, "sex=unknown": np.array([5])}
    rows = ValidationScores(BY_SEX.positive, BY_SEX.scores, groups=groups)
    rule = ThresholdRule.model_validate({"equal_opportunity": ["sex"], "max_gap": 0.1})
    assert choose(rule, rows).value == choose(rule, BY_SEX).value


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({}, "give exactly one of maximize, false_negative_cost, precision, recall, equal_opportunity; none is given"),
        ({"precision": 0.8, "recall": 0.9}, "precision and recall are given"),
        ({"precision": 0.8, "max_gap": 0.1}, "equal_opportunity and max_gap belong together"),
        ({"equal_opportunity": ["sex"]}, "equal_opportunity and max_gap belong together"),
    ],
)
def test_a_rule_is_exactly_one(rule: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        ThresholdRule.model_validate(rule)
