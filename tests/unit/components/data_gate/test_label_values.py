"""Values of the label that the config says nothing of."""

from typing import Any

import pytest

from components.data_gate import label_values
from modules.base.settings import Label

pytestmark = pytest.mark.unit

THREE = {"no": 205, "yes": 30, "maybe": 1}


def found(counts: dict[Any, int], **label: Any) -> list[str]:
    given = {"column": "bought", "positive_class": "yes"} | label
    return [finding.text for finding in label_values.of_label(counts, Label(**given))]


def test_further_values_of_a_binary_label_are_named_with_their_rows() -> None:
    (finding,) = label_values.of_label(THREE, Label(column="bought", positive_class="yes"))
    assert (finding.rule, finding.column, finding.compared) == ("label_values", "bought", "label against the config")
    assert finding.text == (
        "2 values count as negative beside the positive class 'yes' (30 rows): 'no' (205 rows), 'maybe' (1 row); "
        "set label.others: negative if that is meant, or label.negative_class"
    )


def test_numbers_that_are_classes_are_values_like_any_other() -> None:
    assert (
        "beside the positive class 1 (7 rows): 0 (9 rows), 99 (2 rows)"
        in found({0: 9, 1: 7, 99: 2}, positive_class=1)[0]
    )


def test_of_many_values_the_first_are_named_and_the_others_counted() -> None:
    text = found({"yes": 9} | {f"v{i}": 1 for i in range(1_200)})[0]
    assert text.startswith("1,200 values count as negative")
    assert "'v1000' (1 row) and 1,195 more values;" in text


@pytest.mark.parametrize("label", [{"others": "negative"}, {"negative_class": "no"}])
def test_a_config_that_says_what_they_are_is_not_told(label: dict[str, str]) -> None:
    assert found(THREE, **label) == []


def test_two_values_and_numbers_of_a_regression_are_not_told() -> None:
    assert found({"no": 205, "yes": 30}) == []
    assert found({}, task="regression", positive_class=None) == []


def test_classes_in_two_spellings_are_named_where_each_is_learnt() -> None:
    counts = {"Gentoo": 90, "Adelie": 40, "gentoo": 3, "Gentoo ": 1}
    assert found(counts, task="multiclass", positive_class=None) == [
        "classes that differ by case or spaces only are learnt apart: 'Gentoo' (90 rows), 'gentoo' (3 rows), "
        "'Gentoo ' (1 row); write each in one way"
    ]
    assert found({"Gentoo": 90, "Adelie": 40, "Chinstrap": 3}, task="multiclass", positive_class=None) == []
