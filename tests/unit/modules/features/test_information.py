from typing import Any

import pytest

from modules.features import information
from modules.features.counting import BoundedCounter
from modules.features.profile import NumericColumn

pytestmark = pytest.mark.unit


def counter(values: list[bytes]) -> BoundedCounter:
    made = BoundedCounter()
    made.add(values)
    return made


@pytest.mark.parametrize(
    ("learnt", "why"),
    [
        ({"present": 0, "edges": (0, 1)}, "no value"),
        ({"edges": (2.5, 3.5)}, "always 2.5"),
        ({"edges": (0, 1), "offset": 17_031_000_001}, "always 17031000001"),
        ({"edges": (3.0, 4.0), "offset": 2**53}, "always 9007199254740995"),  # to the last digit
        ({"edges": (0, 1, 2)}, ""),
        ({"edges": (7, 8), "present": 0.5}, ""),  # whether it is missing tells something
    ],
)
def test_numbers_without_a_value_or_with_one_value_tell_nothing(learnt: dict[str, Any], why: str) -> None:
    assert information.numeric_left_out(NumericColumn("n", **learnt)) == why


@pytest.mark.parametrize(
    ("learnt", "why"),
    [
        ({"name": "a[hour]", "edges": (12.5, 13.5), "part_of": "a"}, "always 12.5"),
        # Whether b is missing tells something; whether its hour is tells no more.
        ({"name": "b[hour]", "edges": (3, 4), "part_of": "b", "present": 0.5}, "always 3"),
        ({"name": "b", "edges": (0, 1), "timestamp": True, "present": 0.5}, ""),
        ({"name": "a", "edges": (0, 1), "timestamp": True, "offset": 1_706_704_200}, "always 2024-01-31T12:30:00Z"),
        ({"name": "a", "edges": (0, 1), "timestamp": True}, "always 1970-01-01T00:00:00Z"),
    ],
)
def test_a_constant_time_is_written_as_a_date(learnt: dict[str, Any], why: str) -> None:
    assert information.numeric_left_out(NumericColumn(**learnt)) == why


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([b"", b""], "no value"),
        ([], "no value"),
        (["é".encode()] * 3, "always 'é'"),
        ([b"a", b"a", b""], ""),
        ([b"a", b"a", b"b"], ""),
    ],
)
def test_categories_without_a_value_or_with_one_value_tell_nothing(values: list[bytes], why: str) -> None:
    assert information.categorical_left_out(counter(values)) == why


def test_a_column_of_rare_values_is_worth_a_notice() -> None:
    rare = information.rarity_notice(counter([b"a", b"a", b"b"]), min_count=3)
    assert rare.startswith("no value occurs 3 times (features.min_count)")
    assert information.rarity_notice(counter([b"a", b""]), min_count=3) == rare
    assert information.rarity_notice(counter([b"a", b"a", b"a", b"b"]), min_count=3) == ""
