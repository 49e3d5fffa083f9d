import pytest

from modules.base.kept import Kept

pytestmark = pytest.mark.unit


def test_what_was_asked_for_longest_ago_makes_room() -> None:
    kept: Kept[str] = Kept(10)
    kept.put("a", "first", 4)
    kept.put("b", "second", 4)
    assert kept.get("a") == "first"
    kept.put("c", "third", 4)
    assert [kept.get(key) for key in "abc"] == ["first", None, "third"]


def test_a_value_that_is_larger_than_all_room_is_not_kept_and_pushes_nothing_out() -> None:
    kept: Kept[str] = Kept(10)
    kept.put("a", "first", 10)
    kept.put("b", "second", 11)
    assert (kept.get("a"), kept.get("b")) == ("first", None)


def test_a_value_replaces_the_one_before_and_its_bytes() -> None:
    kept: Kept[str] = Kept(10)
    kept.put("a", "first", 8)
    kept.put("a", "again", 2)
    kept.put("b", "second", 8)
    assert (kept.get("a"), kept.get("b")) == ("again", "second")
