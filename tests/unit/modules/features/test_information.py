import pytest

from modules.features import information
from modules.features.counting import BoundedCounter

pytestmark = pytest.mark.unit


def counter(values: list[bytes]) -> BoundedCounter:
    made = BoundedCounter()
    made.add(values)
    return made


def test_numbers_without_a_value_or_with_one_value_tell_nothing() -> None:
    left_out = information.of_numbers(
        ["empty", "same", "large", "varied", "marked"],
        edges=[[0, 1], [2.5, 3.5], [0, 1], [0, 1, 2], [7, 8]],
        offsets=[0, 0, 17_031_000_001, 0, 0],
        present=[0, 1, 1, 1, 0.5],
    )
    assert left_out == {"empty": "no value", "same": "always 2.5", "large": "always 17031000001"}


def test_a_constant_above_its_offset_is_written_to_the_last_digit() -> None:
    assert information.of_numbers(["n"], [[3.0, 4.0]], [2**53], [1]) == {"n": "always 9007199254740995"}


def test_a_constant_time_is_written_as_a_date() -> None:
    left_out = information.of_numbers(
        ["a[hour]", "b[hour]", "a", "b"],
        edges=[[12.5, 13.5], [3, 4], [0, 1], [0, 1]],
        offsets=[0, 0, 1_706_704_200, 0],
        present=[1, 0.5, 1, 0.5],
        times=["a", "b"],
        parts=["a[hour]", "b[hour]"],
    )
    # Whether b is missing tells something; whether its hour is tells no more.
    assert left_out == {"a[hour]": "always 12.5", "b[hour]": "always 3", "a": "always 2024-01-31T12:30:00Z"}


def test_categories_without_a_value_or_with_one_value_tell_nothing() -> None:
    names = ["empty", "nothing", "same", "marked", "varied"]
    counters = [
        counter([b"", b""]),
        counter([]),
        counter(["é".encode()] * 3),
        counter([b"a", b"a", b""]),
        counter([b"a", b"a", b"b"]),
    ]
    left_out, notices = information.of_categories(names, counters, min_count=2)
    assert left_out == {"empty": "no value", "nothing": "no value", "same": "always 'é'"}
    assert notices == {}


def test_a_column_of_rare_values_is_worth_a_notice() -> None:
    counters = [counter([b"a", b"a", b"b"]), counter([b"a", b"a", b"a", b"b"]), counter([b"a", b""])]
    left_out, notices = information.of_categories(["rare", "known", "mostly missing"], counters, min_count=3)
    assert left_out == {}
    assert set(notices) == {"rare", "mostly missing"}
    assert notices["rare"].startswith("no value occurs 3 times (features.min_count)")
