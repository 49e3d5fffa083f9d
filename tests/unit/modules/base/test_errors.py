import pytest

from modules.base.errors import DataError, TargetMissed, UserError

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(("what", "fix"), [("is empty", "Fill it"), ("is empty.", "Fill it.")])
def test_the_message_is_where_what_and_fix_as_two_sentences(what: str, fix: str) -> None:
    assert str(UserError("table.csv, row 2", what, fix)) == "table.csv, row 2: is empty. Fill it."


def test_a_sentence_that_ends_in_a_question_mark_gets_no_full_stop() -> None:
    error = UserError("a.yaml:3", "epoch is not a setting; did you mean 'epochs'?", "Rename it")
    assert str(error) == "a.yaml:3: epoch is not a setting; did you mean 'epochs'? Rename it."


def test_all_errors_for_the_user_are_one_family() -> None:
    assert issubclass(DataError, UserError)
    assert issubclass(TargetMissed, UserError)
