import pytest

from modules.features.profile import CategoricalColumn, LabelProfile, NumericColumn, Profile, ReductionResult
from modules.features.vocabulary import Count, Vocabulary

pytestmark = pytest.mark.unit

START = NumericColumn("start", whole=True, timestamp=True, offset=2**53, present=0.5, edges=(1.0, 2.5, 3.0))
HOUR = NumericColumn("start[hour]", part_of="start", left_out="always 3")
VOID = NumericColumn("void", left_out="no value")
CITY = CategoricalColumn("city", Vocabulary((Count("é", 2),), (Count("x", 1), Count("y", 1))), 4, notice="rare")
SAME = CategoricalColumn("same", left_out="always 'x'")


def test_a_profile_survives_json() -> None:
    profile = Profile(
        (NumericColumn("a", True, mean=0.1, deviation=2.0), HOUR, START),
        (CITY, SAME),
        ReductionResult("ica", (0.5, 0.25), (1.0,), converged=False),
        LabelProfile((Count("no", 3), Count("yes", 4)), 1.5, 0.5, -1.0, 2.0),
        ("too wide",),
    )
    assert Profile.from_json(profile.to_json()) == profile
    assert Profile.from_json(Profile().to_json()) == Profile()
    assert [column.bins for column in profile.numeric] == [1, 1, 2]


def test_missing_values_are_marked_of_all_columns_but_parts_of_timestamps() -> None:
    profile = Profile((HOUR, START, VOID), (CITY, SAME))
    assert profile.marked == (START, VOID, CITY, SAME)


def test_a_part_that_tells_nothing_has_no_slot_and_is_no_column_of_the_table() -> None:
    profile = Profile((HOUR, START, VOID), (CITY, SAME))
    assert profile.left_out == {"start[hour]": "always 3", "void": "no value", "same": "always 'x'"}
    assert profile.telling_nothing == {"void": "no value", "same": "always 'x'"}
    assert profile.notices == {"city": "rare"}


def test_values_without_a_slot_of_their_own_share_some() -> None:
    # Two values on four slots: a group each.
    assert CITY.codes.slots == 2
    assert SAME.codes.slots == 0


def test_the_shares_of_the_variance_add_up_to_one_unless_there_is_none() -> None:
    assert ReductionResult(explained_variance=(3.0, 1.0)).explained_shares == [0.75, 0.25]
    assert ReductionResult(explained_variance=(0.0, 0.0)).explained_shares == [0, 0]
    assert ReductionResult().explained_shares == []
