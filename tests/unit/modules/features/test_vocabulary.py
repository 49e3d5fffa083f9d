import pytest

from modules.base.settings import Features
from modules.features.vocabulary import Count, Vocabulary, capacity, choose, shared_codes

pytestmark = pytest.mark.unit

RANKED = [(b"c", 9), (b"a", 7), (b"e", 7), (b"d", 5), (b"b", 5), (b"f", 1)]


def features(**settings: int) -> Features:
    return Features(min_count=2, max_vocabulary=2, shared_slots=8).model_copy(update=settings)


@pytest.mark.parametrize(("slots", "values"), [(0, 0), (1, 0), (2, 1), (3, 1), (4, 4), (9, 16), (512, 65_536)])
def test_slots_tell_apart_the_square_of_half_their_number(slots: int, values: int) -> None:
    assert capacity(slots) == values


@pytest.mark.parametrize("slots", [0, 1, 2, 3, 7, 8, 9, 20, 31])
def test_no_two_values_have_equal_codes_and_no_slot_is_beyond_the_last(slots: int) -> None:
    for values in range(capacity(slots) + 1):
        codes = shared_codes(values, slots)
        assert codes.slots == codes.groups + codes.remainders <= slots
        pairs = {(value // codes.size, value % max(codes.remainders, 1)) for value in range(values)}
        assert len(pairs) == values
        assert {group for group, _ in pairs} == set(range(codes.groups))  # no slot without a value
        assert all(remainder < max(codes.remainders, 1) for _, remainder in pairs)


def test_few_values_have_a_slot_each() -> None:
    codes = shared_codes(4, 8)
    assert (codes.size, codes.groups, codes.remainders) == (1, 4, 0)


def test_more_values_lie_in_groups_as_small_as_the_slots_allow() -> None:
    codes = shared_codes(10, 8)
    assert (codes.size, codes.groups, codes.remainders) == (3, 4, 4)


def vocabulary(own: dict[str, int], shared: dict[str, int]) -> Vocabulary:
    return Vocabulary(tuple(Count(*pair) for pair in own.items()), tuple(Count(*pair) for pair in shared.items()))


def test_the_most_frequent_values_have_their_own_slots_and_the_next_are_sorted() -> None:
    chosen = choose(RANKED, features())
    assert chosen == vocabulary({"c": 9, "a": 7}, {"b": 5, "d": 5, "e": 7})
    assert chosen.values == ["c", "a", "b", "d", "e"]


def test_values_beyond_the_capacity_are_left_to_the_unseen() -> None:
    assert choose(RANKED, features(shared_slots=2)) == vocabulary({"c": 9, "a": 7}, {"e": 7})
    assert choose(RANKED, features(shared_slots=0)) == vocabulary({"c": 9, "a": 7}, {})


def test_rare_values_are_left_to_the_unseen() -> None:
    assert choose(RANKED, features(min_count=7)) == vocabulary({"c": 9, "a": 7}, {"e": 7})


def test_the_most_frequent_value_always_has_a_slot() -> None:
    assert choose(RANKED, features(min_count=10)) == vocabulary({"c": 9}, {})
    assert choose([], features()) == vocabulary({}, {})
