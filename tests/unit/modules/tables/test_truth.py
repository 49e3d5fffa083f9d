import pyarrow as pa
import pytest

from modules.tables import truth

pytestmark = pytest.mark.unit

SPELLINGS = ["True", "TRUE", "true", "yes", "Y", "1", "t", "on"]


@pytest.mark.parametrize("known", [["True", "False"], ["FALSE", "TRUE"], ["yes", "no"], ["N", "Y"], ["1", "0"]])
def test_every_spelling_of_a_truth_value_is_the_one_that_the_model_knows(known: list[str]) -> None:
    yes = next(text for text in known if truth.truth_of(text))
    no = next(text for text in known if not truth.truth_of(text))
    found = truth.as_known(pa.array([*SPELLINGS, "False", "off", None]), "string", known)
    assert found.to_pylist() == [yes] * len(SPELLINGS) + [no, no, None]


def test_numbers_of_another_format_are_truth_values_as_well() -> None:
    assert truth.as_known(pa.array([1, 0, None]), "string", ["True", "False"]).to_pylist() == ["True", "False", None]


@pytest.mark.parametrize("known", [[], ["yes", "no", "maybe"], ["True", "true", "false"]])
def test_values_stay_as_they_are_where_the_model_knows_more_than_a_truth_value(known: list[str]) -> None:
    assert truth.as_known(pa.array(["TRUE", "no"]), "string", known).to_pylist() == ["TRUE", "no"]


def test_a_column_of_numbers_takes_true_and_false_as_one_and_zero() -> None:
    assert truth.as_known(pa.array(["True", "false", "7", None]), "int64", []).to_pylist() == ["1", "0", "7", None]
