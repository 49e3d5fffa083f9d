import pytest

from modules.judging.promises.estimate import Estimate
from modules.judging.promises.settling import Claim, settle

pytestmark = pytest.mark.unit


def claim(value: float, half: float, rule: str = "at most", limit: float = 0.1) -> Claim:
    estimate = Estimate(value, value - half, value + half, 100, "bootstrap")
    return Claim("p", "compression", "auc", "s", rule, limit, estimate, 1_000, 10)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "rule", "state"),
    [
        (0.05, "at most", "kept"),
        (0.08, "at most", "kept"),
        (0.085, "at most", "undecided"),
        (0.115, "at most", "undecided"),
        (0.125, "at most", "broken"),
        (0.125, "at least", "kept"),
        (0.115, "at least", "undecided"),
        (0.075, "at least", "broken"),
    ],
)
def test_the_ends_of_the_interval_decide(value: float, rule: str, state: str) -> None:
    (found,) = settle([claim(value, 0.02, rule)], False)
    assert (found.state, found.stops) == (state, state == "broken")


def test_an_undecided_promise_stops_the_model_where_it_may() -> None:
    assert [settle([claim(value, 0.02)], True)[0].stops for value in (0.05, 0.1, 0.2)] == [False, True, True]


def test_what_is_beyond_by_itself_can_be_chance_among_many() -> None:
    # 1.1 half-widths are 2.16 standard errors: p = 0.0155, times 2 it is above 0.025.
    beyond = claim(0.122, 0.02)
    (alone,) = settle([beyond], False)
    among = settle([beyond, claim(0.05, 0.02)], False)
    assert (alone.state, alone.p_value) == ("broken", pytest.approx(0.0155, abs=5e-5))
    assert [of.state for of in among] == ["undecided", "kept"]
    assert among[0].p_value == pytest.approx(0.031, abs=1e-4)
    assert among[0].reason == "beyond the limit by itself, but among 2 such values one would be by chance"


def test_holm_lets_the_second_be_broken_once_the_first_is() -> None:
    found = settle([claim(0.122, 0.02), claim(0.2, 0.02)], False)
    assert [of.state for of in found] == ["broken", "broken"]


def test_that_all_slices_keep_it_needs_no_correction() -> None:
    assert {of.state for of in settle([claim(0.08, 0.02)] * 50, False)} == {"kept"}


def test_the_rows_that_would_decide_grow_with_the_square_of_what_is_missing() -> None:
    # The half-width is twice the distance to the limit: four times the rows.
    (found,) = settle([claim(0.09, 0.02)], False)
    assert found.rows_to_decide == 4_100
    assert found.reason == "the limit lies within the interval"
