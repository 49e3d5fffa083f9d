"""What is said of a promise, on numbers made up by hand."""

import pytest

from components.reporter import decisions
from tests.unit.components.reporter.made_up import device, kept, parity, undecided

pytestmark = pytest.mark.unit


def test_a_broken_gap_names_pair_interval_limit_and_the_rates_of_both_groups() -> None:
    assert decisions.sentence(parity()) == (
        "demographic_parity_ratio (sex=Female / sex=Male) is 0.336 (0.310 to 0.360), at least 0.8 is needed: "
        "positive rate 0.087 (0.080 to 0.095) and 0.259 (0.250 to 0.267)"
    )


def test_an_undecided_promise_says_how_many_rows_would_decide() -> None:
    assert decisions.sentence(undecided()) == (
        "loss of auc (sex=Male) is 0.0010 (−0.0100 to 0.0120), at most 0.002 is allowed; undecided: the limit lies "
        "within the interval; about 9,000 rows of sex=Male would decide"
    )
    assert decisions.doubt(undecided(reason="no row is positive", rows_to_decide=None)) == "no row is positive"
    assert decisions.doubt(undecided(slice="overall")).endswith("about 9,000 test rows would decide")
    pair = parity(state="undecided", rows_to_decide=800)
    assert "about 800 rows of sex=Female and sex=Male would decide" in decisions.sentence(pair)


def test_a_promise_about_the_file_has_no_slice_and_no_interval() -> None:
    exact = device(value=5208.0, low=5208.0, high=5208.0)  # figures are no estimates
    for decision in (device(), exact):
        assert decisions.sentence(decision) == "max_bytes is 5,208, at most 3,000 is allowed"


def test_that_a_pair_is_the_worst_of_several_is_said() -> None:
    assert decisions.sentence(parity(reason="the worst of 10 pairs (2 broken, 8 kept)")).endswith(
        "and 0.259 (0.250 to 0.267); the worst of 10 pairs (2 broken, 8 kept)"
    )


@pytest.mark.parametrize(
    ("limit", "value", "shown"),
    [
        (0.8, 0.33649, "0.336"),
        (0.8, 0.79999, "0.79999"),
        (0.8, 0.8, "0.800"),
        (0.002, 0.00034, "0.0003"),
        (0.002, -0.00004, "0.0000"),
        (0.0003, 0.000212, "0.00021"),
        (0, 0.25, "0.250"),
        (25_000, 31_234.567, "31,235"),
        (2.5, None, "undefined"),
    ],
)
def test_a_value_has_the_digits_that_tell_it_from_its_limit(limit: float, value: float | None, shown: str) -> None:
    assert decisions.figure(kept(limit=limit), value) == shown


def test_the_distance_to_the_limit_has_the_digits_of_the_limit() -> None:
    assert [decisions.distance(one) for one in (kept(value=0.00001), parity(), device())] == [
        "0.0020",
        "0.464",
        "2,208",
    ]
    assert decisions.distance(kept(value=None)) == ""


def test_what_is_compared_is_named() -> None:
    change = kept(promise="promises.quality[0].max_drop", kind="quality")
    changed = kept(measure="changed_decisions")
    assert [decisions.named(one) for one in (kept(), change, changed, device())] == [
        *("loss of auc", "auc against the baseline", "changed_decisions", "max_bytes"),
    ]


def test_broken_promises_come_first_then_those_nearest_to_their_limit() -> None:
    near, far = kept(value=0.0019), kept(value=0.0001)
    worse, unknown = device(value=9000), kept(value=None, state="undecided")
    given = [far, unknown, near, device(), undecided(), worse]
    assert decisions.ranked(given) == [worse, device(), undecided(), unknown, near, far]
    assert decisions.counted(given) == "2 broken, 2 undecided, 2 kept"


def test_promises_about_all_rows_and_about_the_file_cover_no_group() -> None:
    given = [kept(slice="overall"), device(), kept(), parity()]
    assert decisions.of_groups(given) == [kept(), parity()]
