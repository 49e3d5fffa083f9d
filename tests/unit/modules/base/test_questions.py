import pydantic
import pytest

from modules.base.questions import Debugger, Explainer

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("kind", [Explainer, Debugger])
def test_the_budget_says_how_many_rows_and_seconds_unless_they_are_given(kind: type) -> None:
    assert (kind().sampled_rows, kind().most_seconds) == (1_000, 60)
    assert (kind(budget="full").sampled_rows, kind(budget="full").most_seconds) == (5_000, 300)
    assert (kind(rows=20, seconds=7).sampled_rows, kind(rows=20, seconds=7).most_seconds) == (20, 7)


@pytest.mark.parametrize(
    "wrong", [{"rows": 19}, {"seconds": 0}, {"directions": {"age": "up"}}, {"budget": "more"}, {"concepts": {"": "x"}}]
)
def test_settings_out_of_bounds_are_refused(wrong: dict) -> None:
    with pytest.raises(pydantic.ValidationError):
        Explainer.model_validate(wrong)
