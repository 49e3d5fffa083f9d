import random

import numpy as np
import pyarrow as pa
import pytest

from components.table_example_gen import splitting
from modules.base.errors import DataError

pytestmark = pytest.mark.unit


def shares(columns: dict[str, list[str | None]]) -> list[float]:
    arrays = [pa.array(cells, pa.string()) for cells in columns.values()]
    return splitting.shares(pa.record_batch(arrays, list(columns))).tolist()


def _columns(count: int) -> dict[str, list[str | None]]:
    return {"id": [str(i) for i in range(count)], "t": [None if i % 7 == 0 else f"t{i % 11}" for i in range(count)]}


def test_a_rows_share_depends_neither_on_its_place_nor_on_the_order_of_the_columns() -> None:
    columns = _columns(200)
    order = list(range(200))
    random.Random(14).shuffle(order)
    shuffled = shares({name: [cells[i] for i in order] for name, cells in reversed(columns.items())})
    expected = shares(columns)
    assert shuffled == [expected[i] for i in order]


def test_equal_rows_have_equal_shares_and_others_others() -> None:
    found = shares({"a": ["1", "1", "2", "1", None], "b": ["x", "x", "x", None, "1"]})
    assert found[0] == found[1]
    assert len(set(found)) == 4


def test_a_rows_share_stays_what_it_is() -> None:
    # Written down once; another number would move rows between training and validation in every data set.
    assert shares({"a": ["1"], "b": [None]}) == [0.8267231854248931]


def test_shares_are_spread_evenly() -> None:
    # 10,000 rows: the share below p has a standard deviation of at most √(1/4 / 10,000) = 0.005.
    found = np.array(shares(_columns(10_000)))
    assert found.min() >= 0
    assert found.max() < 1
    for limit in (0.1, 0.2, 0.5, 0.9):
        assert abs(np.mean(found < limit) - limit) < 0.015


def _assign(splitter: splitting.Splitter, **columns: list) -> list[int]:
    return splitter.assign(pa.record_batch([pa.array(cells) for cells in columns.values()], list(columns))).tolist()


def test_the_shares_of_validation_and_test_rows_are_met() -> None:
    # 20 % test rows, and 10 % of the other 80 % validation rows; standard deviation at most √(1/4 / 20,000) = 0.0035.
    found = np.array(_assign(splitting.Splitter(0.1, 0.2), id=list(range(20_000))))
    assert abs(np.mean(found == 2) - 0.2) < 0.012
    assert abs(np.mean(found == 1) - 0.08) < 0.012


def test_a_group_lies_on_one_side() -> None:
    customers = [i % 50 for i in range(2_000)]
    found = _assign(splitting.Splitter(0.2, 0.3, group="customer"), id=list(range(2_000)), customer=customers)
    sides = {
        customer: {side for c, side in zip(customers, found, strict=True) if c == customer} for customer in range(50)
    }
    assert all(len(side) == 1 for side in sides.values())
    assert {0, 1, 2} == set(found)


def test_the_latest_rows_are_test_rows_and_those_before_them_validation_rows() -> None:
    # Ten times: 20 % of 10 are 2 test rows; 25 % of the other 8 are 2 validation rows.
    times = [3, 9, 1, 0, 5, 7, 2, 8, 4, 6]
    cuts = splitting.time_cuts(np.array(times, float), 0.25, 0.2)
    assert list(cuts) == [6.0, 8.0]
    found = _assign(splitting.Splitter(0.25, 0.2, time="t", cuts=cuts), t=times)
    assert dict(zip(times, found, strict=True)) == {**dict.fromkeys(range(6), 0), 6: 1, 7: 1, 8: 2, 9: 2}


def test_equal_times_stay_on_one_side_and_a_missing_one_is_for_training() -> None:
    cuts = splitting.time_cuts(np.array([1.0] * 5 + [2.0] * 5), 0.2, 0.2)
    found = _assign(splitting.Splitter(0.2, 0.2, time="t", cuts=cuts), t=[1.0, 2.0, 2.0, None])
    assert found[1] == found[2]
    assert found[3] == 0


def test_times_may_be_written_as_dates() -> None:
    batch = pa.record_batch([pa.array(["2024-01-02", "2024-01-01 12:00:00", None])], ["t"])
    later, earlier, missing = splitting.time_values(batch, "t").tolist()
    # Half a day lies between them.
    assert later - earlier == 43_200
    assert missing == -np.inf


def test_a_text_that_is_no_time_is_refused() -> None:
    with pytest.raises(DataError, match="no time"):
        splitting.time_values(pa.record_batch([pa.array(["soon"])], ["t"]), "t")
