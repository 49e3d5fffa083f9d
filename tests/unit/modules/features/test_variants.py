import pytest

from modules.features.variants import variants

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("values", "groups"),
    [
        (["True", "TRUE", "true", "1", "false"], [["True", "TRUE", "true", "1"]]),
        (["yes", "no", "Y", "N", "0"], [["yes", "Y"], ["no", "N", "0"]]),
        (["red", "Red", "blue", "new  york", "New York"], [["red", "Red"], ["new  york", "New York"]]),
        (["True", "true", "unknown", "1"], [["True", "true"]]),  # not all are truth values
        (["true", "false"], []),
        (["T", "F", "N"], []),  # letters alone may be codes of any kind
        (["a", "b", "ab", "strasse"], []),
        ([], []),
    ],
)
def test_spellings_of_one_value_are_grouped(values: list[str], groups: list[list[str]]) -> None:
    assert variants(values) == groups
