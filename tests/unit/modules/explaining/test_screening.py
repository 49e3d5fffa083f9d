import numpy as np
import pytest

from modules.explaining import screening
from modules.explaining.raw_function import RawColumn, RawFunction, Rows

pytestmark = pytest.mark.unit


def wide(count: int, *used: str) -> tuple[RawFunction, Rows]:
    columns = [RawColumn(f"x{number}", "numeric", "float32") for number in range(count)]
    generator = np.random.default_rng(0)
    rows = {column.name: generator.normal(size=50).astype(np.float32) for column in columns}
    return RawFunction(columns, ["y"], lambda rows: np.sum([rows[name] for name in used], axis=0)[:, None]), rows


def test_the_columns_that_move_the_answers_are_found_among_many() -> None:
    function, rows = wide(300, "x7", "x120", "x299")
    assert screening.strongest(function, rows, seed=1, most=3) == ["x7", "x120", "x299"]


def test_only_some_columns_are_asked_about() -> None:
    function, rows = wide(300, "x7", "x120", "x299")
    assert screening.strongest(function, rows, seed=1, most=2, among=["x3", "x7", "x8", "x299"]) == ["x7", "x299"]
    assert screening.strongest(function, rows, seed=1, most=2, among=["x3", "x120"]) == ["x3", "x120"]


def test_memory_stays_small_where_columns_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    function, rows = wide(60, "x7", "x31", "x59")
    monkeypatch.setattr(screening, "_CELLS", 60 * 50 * 7)
    asked: list[int] = []

    def noted(given: Rows) -> np.ndarray:
        asked.append(len(given["x0"]))
        return function.answer(given)

    noting = RawFunction(function.columns, function.outputs, noted)
    assert screening.strongest(noting, rows, seed=1, most=3) == ["x7", "x31", "x59"]
    assert max(asked) == 7 * 50


def test_nothing_is_asked_of_a_narrow_table() -> None:
    columns = [RawColumn("x", "numeric", "float32")]
    function = RawFunction(columns, ["y"], lambda rows: pytest.fail("asked"))
    assert screening.strongest(function, {"x": np.zeros(3, np.float32)}, seed=1) == ["x"]
