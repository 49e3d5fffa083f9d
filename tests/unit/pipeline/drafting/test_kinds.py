from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.drafting import kinds, sample

pytestmark = pytest.mark.unit

N = 400
ROWS = range(N)


def judge(table: Callable, name: str, cells: list) -> kinds.Judgement:
    found = table({name: cells, "other": list(range(len(cells)))})
    return kinds.judge(found.columns[name], found.rows)


def lognormal(deviation: float) -> list[float]:
    """Returns the quantiles of a lognormal distribution, so that nothing depends on chance."""
    draws = np.sort(np.random.default_rng(3).normal(size=100_000))[:: 100_000 // N][:N]
    return np.round(np.exp(deviation * draws), 3).tolist()


CASES = {
    "nothing": ("x", [None] * N, "empty"),
    "one cell": ("x", [None] * (N - 1) + [1], "empty"),
    "constant": ("x", ["a"] * N, "constant"),
    "constant or missing": ("x", ["a", None] * (N // 2), "category"),
    "running number": ("x", list(ROWS), "identifier"),
    "running number, downwards": ("x", [N - i for i in ROWS], "identifier"),
    "running number, shuffled: a rank": ("x", [(i * 7) % N for i in ROWS], "numeric"),
    "running number, shuffled, by its name": ("row", [(i * 7) % N for i in ROWS], "identifier"),
    "running number by tens: an amount": ("x", [10 * i for i in ROWS], "numeric"),
    "amounts with separators": ("x", [f"{1_000 + 7 * i:,}".replace(",", "\u00a0") for i in ROWS], "numeric"),
    "numbers, all different": ("salary", [1_000 + i * i for i in ROWS], "numeric"),
    "identifier of whole numbers": ("PassengerId", [1_000 + i * i for i in ROWS], "identifier"),
    "identifier of text": ("x", [f"k{i}" for i in ROWS], "identifier"),
    "identifier that repeats": ("customer_id", [i // 4 for i in ROWS], "entity"),
    "store of few": ("store_id", [i % 40 for i in ROWS], "code"),
    "one customer has most": ("customer_id", [max(0, i - N // 2) for i in ROWS], "identifier"),
    "free text": ("x", [f"the {i} quick brown foxes jump" for i in ROWS], "free text"),
    "long text that repeats": ("x", [f"the quick brown foxes jump {i % 3}" for i in ROWS], "category"),
    "mostly rare values": ("ticket", [f"t{i % 300}" for i in ROWS], "rare values"),
    "category": ("x", [f"c{i % 30}" for i in ROWS], "category"),
    "yes and no": ("x", ["Yes", "no"] * (N // 2), "boolean"),
    "zero and one": ("x", [0, 1] * (N // 2), "boolean"),
    "zero and one, floating": ("x", ["0.0", "1.0"] * (N // 2), "boolean"),
    "code by name": ("region", [i % 20 for i in ROWS], "code"),
    "two codes only": ("region", [i % 2 + 1 for i in ROWS], "numeric"),
    "code with few rows per value": ("region", [(i * i) % 97 for i in ROWS], "numeric"),
    "postcode": ("zip", [10_000 + i % 150 for i in ROWS], "code"),
    "area in square metres": ("area", [50.5 + i % 9 for i in ROWS], "numeric"),
    "leading zeros": ("x", [f"0{i % 40}" for i in ROWS], "category"),
    "heavy tail": ("x", lognormal(2.0), "heavy tail"),
    "light tail": ("x", lognormal(0.5), "numeric"),
    "negative tail": ("x", [-value for value in lognormal(2.0)], "numeric"),
    "mostly zero": ("x", [0] * 370 + [1_000 + i for i in range(30)], "heavy tail"),
    "large whole numbers": ("x", [20_000_000 + i * i for i in ROWS], "numeric"),
    "example weight": ("fnlwgt", [1_000 + i * i for i in ROWS], "weight"),
    "ISO days": ("x", [f"2024-01-{i % 28 + 1:02}" for i in ROWS], "timestamp"),
    "ISO times": ("x", [f"2024-01-02T03:{i % 60:02}:00" for i in ROWS], "timestamp"),
    "ISO times of a zone": ("x", [f"2024-01-02T03:{i % 60:02}:00Z" for i in ROWS], "timestamp"),
    "no day of a calendar": ("x", ["2024-01-31", "2024-02-31"] * (N // 2), "category"),
    "days of another style": ("x", [f"{i % 28 + 1}.02.2024" for i in ROWS], "date as text"),
    "seconds since 1970": ("created_at", [1_700_000_000 + 60 * (i * i) for i in ROWS], "timestamp"),
    "milliseconds since 1970": ("ts", [1_700_000_000_000 + 60 * (i * i) for i in ROWS], "timestamp"),
    "microseconds since 1970": ("ts", [1_700_000_000_000_000 + 60 * (i * i) for i in ROWS], "timestamp"),
    "milliseconds as pandas writes gaps": (
        "ts",
        [None, *(1_700_000_000_000.0 + 10**6 * i * i for i in ROWS[1:])],
        "timestamp",
    ),
    "large numbers not called a time": ("salary", [1_700_000_000 + 60 * (i * i) for i in ROWS], "numeric"),
    "hours called a time": ("time", [i % 24 for i in ROWS], "numeric"),
    "amounts of money": (
        "x",
        [f"${i * 2 + 1},{i % 9}00.50" if i > 27 else f"${i}.50" for i in ROWS],
        "numbers as text",
    ),
}


@pytest.mark.parametrize(("name", "cells", "kind"), CASES.values(), ids=CASES.keys())
def test_the_kind_of_a_column_is_known_by_its_values_and_its_name(
    table: Callable, name: str, cells: list, kind: str
) -> None:
    assert judge(table, name, cells).kind == kind


@pytest.mark.parametrize(
    ("name", "cells", "reason"),
    [
        ("x", ["a b\t c"] * N, "every row has the value 'a b c'"),
        ("x", list(ROWS), "numbers its rows one by one; take it out of this list to keep it"),
        ("ts", [1_700_000_000_000 + i * i for i in ROWS], "milliseconds since 1970, by name and range"),
        ("customer_id", [i // 4 for i in ROWS], "an identifier by its name, with 4.0 rows per value"),
        ("ticket", [f"t{i % 300}" for i in ROWS], "of 300 values, those that occur 5 times cover 0% of the rows"),
        ("x", [0] * 370 + [1_000 + i for i in range(30)], "half are at most 0, one in 200 is above 1,027"),
        ("x", [None] * (N - 1) + [1], "no more than 1 of 400 rows have a value"),
        ("x", [20_000_000 + i * i for i in ROWS], "400 numbers"),
    ],
)
def test_the_reason_says_what_was_seen(table: Callable, name: str, cells: list, reason: str) -> None:
    assert judge(table, name, cells).reason == reason


def test_times_of_parquet_are_times_by_their_type(tmp_path: Path) -> None:
    times = pa.array(np.arange(N) * 10**9, pa.timestamp("ns"))
    pq.write_table(pa.table({"x": times, "y": list(ROWS)}), tmp_path / "t.parquet")
    found = sample.take(str(tmp_path / "t.parquet"))
    assert kinds.judge(found.columns["x"], N).kind == "timestamp"


def test_few_rows_make_no_identifier(table: Callable) -> None:
    assert judge(table, "x", [3, 1, 2]).kind == "numeric"
    assert judge(table, "city", ["Rome", "Bonn", "Oslo"]).kind == "category"


def test_a_value_is_shown_on_one_short_line() -> None:
    assert kinds.shown("a\nb\x07") == "'a b?'"
    assert kinds.shown("x" * 60) == "'" + "x" * 39 + "…'"
    assert kinds.shown(3) == "3"
