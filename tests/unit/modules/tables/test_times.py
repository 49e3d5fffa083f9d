import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from modules.base.settings import Limits
from modules.tables import times, typed
from modules.tables.allowance import Allowance

pytestmark = pytest.mark.unit

NOON = 1_706_704_200  # 2024-01-31 12:30 UTC


def test_text_becomes_seconds_and_null_stays_null() -> None:
    column = pa.array(["2024-01-31 12:30", None, "1969-12-31T23:59:58.5", "7", "2024-01-31 12:30"])
    found = times.from_text(column)
    assert found.type == pa.int64()
    assert found.to_pylist() == [NOON, None, -2, 7, NOON]


def test_a_column_without_text_has_no_seconds() -> None:
    assert times.from_text(pa.array([], pa.string())).equals(pa.array([], pa.int64()))
    assert times.from_text(pa.array([None, None], pa.string())).equals(pa.array([None, None], pa.int64()))


def test_text_that_is_no_time_is_refused() -> None:
    column = pa.array(["2024-01-31", None, "soon", "later"])
    with pytest.raises(ValueError, match="'soon' is not a time"):
        times.from_text(column)


def test_days_become_seconds() -> None:
    days = [datetime.date(1970, 1, 1), None, datetime.date(1969, 12, 31), datetime.date(2024, 1, 31)]
    days += [datetime.date(1, 1, 1), datetime.date(9999, 12, 31)]
    expected = [0, None, -86_400, NOON - 45_000, -62_135_596_800, None]
    for kind in (pa.date32(), pa.date64()):
        found = times.from_typed(pa.array(days, kind))
        assert found.type == pa.int64()
        assert found.to_pylist() == expected


@pytest.mark.parametrize(("unit", "second"), [("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9)])
@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Berlin"])
def test_timestamps_of_any_unit_and_zone_become_seconds(unit: str, second: int, zone: str | None) -> None:
    # Arrow counts from 1970 in UTC, whatever zone the values are shown in.
    cells = [0, NOON * second, None, -second, -1, second - 1, -2_203_891_200 * second]
    found = times.from_typed(pa.array(cells, pa.int64()).cast(pa.timestamp(unit, zone)))
    assert found.type == pa.int64()
    assert found.to_pylist() == [0, NOON, None, -1, -1, 0, -2_203_891_200]


def test_a_column_of_nothing_but_nulls_and_an_empty_one_stay_so() -> None:
    for kind in (pa.date32(), pa.date64(), pa.timestamp("us")):
        assert times.from_typed(pa.array([None, None], kind)).equals(pa.array([None, None], pa.int64()))
        assert times.from_typed(pa.array([], kind)).equals(pa.array([], pa.int64()))


def test_a_slice_of_a_column_is_read_from_its_own_beginning() -> None:
    column = pa.array([0, None, 2_000, 3_999], pa.timestamp("ms"))[1:]
    assert times.from_typed(column).to_pylist() == [None, 2, 3]


def test_dates_and_timestamps_are_times_and_nothing_else_is() -> None:
    assert all(times.is_time(kind) for kind in (pa.date32(), pa.date64(), pa.timestamp("ns"), pa.timestamp("s", "UTC")))
    assert not any(times.is_time(kind) for kind in (pa.int64(), pa.string(), pa.time32("s"), pa.duration("s")))


def test_parquet_timestamps_become_seconds(tmp_path: Path) -> None:
    moments = [datetime.datetime(2024, 1, 31, 12, 30, 0, 999_999), None, datetime.datetime(1969, 12, 31, 23, 59, 59, 1)]
    table = pa.table(
        {
            "ms": pa.array([NOON * 1_000 + 999, None, -999], pa.timestamp("ms")),
            "us": pa.array(moments, pa.timestamp("us")),
            "ns": pa.array([NOON * 10**9 + 1, None, -1], pa.timestamp("ns", "America/New_York")),
            "day": pa.array([datetime.date(2024, 1, 31), None, datetime.date(1969, 12, 31)], pa.date32()),
            "coded": pa.array(moments, pa.timestamp("us")).dictionary_encode(),
            "count": pa.array([1, None, 3], pa.int32()),
        }
    )
    path = str(tmp_path / "times.parquet")
    pq.write_table(table, path, version="2.6")
    found = pa.Table.from_batches(list(typed.read_parquet(path, Allowance(path, Limits()))))
    assert set(found.schema.types) == {pa.int64()}
    assert found.to_pydict() == {
        "ms": [NOON, None, -1],
        "us": [NOON, None, -1],
        "ns": [NOON, None, -1],
        "day": [NOON - 45_000, None, -86_400],
        "coded": [NOON, None, -1],
        "count": [1, None, 3],
    }
    assert typed.parquet_columns(path) | {"coded": True} == dict.fromkeys(table.column_names, True) | {"count": False}


@pytest.mark.parametrize(
    "text",
    ["0000-00-00", "0000-00-00 00:00:00", "1900-01-00", "9999-12-31", "9999-12-31T23:59:59.999", "NaT"],
)
def test_a_placeholder_of_a_database_is_no_time(text: str) -> None:
    assert times.from_text(pa.array([text, "2024-01-31 12:30"])).to_pylist() == [None, NOON]


def test_counts_of_any_unit_become_seconds_as_their_text_does() -> None:
    counts = [NOON, NOON * 10**3 + 1, NOON * 10**6 + 1, NOON * 10**9 + 1, None, -5, -NOON * 10**3]
    expected = [NOON, NOON, NOON, NOON, None, -5, -NOON]
    assert times.from_numbers(pa.array(counts, pa.int64())).to_pylist() == expected
    texts = [None if count is None else str(count) for count in counts]
    assert times.from_text(pa.array(texts, pa.string())).to_pylist() == expected
