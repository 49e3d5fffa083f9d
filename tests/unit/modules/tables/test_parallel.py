import os
import threading
from collections.abc import Iterator

import pytest

from modules.tables import parallel

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


def test_results_come_in_the_order_of_the_items_whichever_is_ready_first() -> None:
    second_is_done = threading.Event()

    def work(number: int) -> int:
        if number == 0:
            assert second_is_done.wait(30)  # one at a time, this would never come
        if number == 1:
            second_is_done.set()
        return number * 10

    assert list(parallel.in_order(work, range(50))) == [number * 10 for number in range(50)]


def test_only_a_few_items_are_drawn_ahead_of_the_results() -> None:
    drawn = 0

    def items() -> Iterator[int]:
        nonlocal drawn
        for number in range(100):
            drawn += 1
            yield number

    # Two threads: while a result is used, at most two items are in work or wait.
    for used, _ in enumerate(parallel.in_order(str, items()), 1):
        assert drawn <= used + 2


def test_the_first_error_in_the_order_of_the_items_is_raised() -> None:
    first_may_fail = threading.Event()

    def items() -> Iterator[int]:
        yield 0
        yield 1
        raise KeyError("drawing the third")

    def work(number: int) -> int:
        if number == 0:
            assert first_may_fail.wait(30)
            raise ValueError("the first")
        first_may_fail.set()
        raise ValueError("the second")

    with pytest.raises(ValueError, match="the first"):
        list(parallel.in_order(work, items()))
    with pytest.raises(KeyError, match="drawing the third"):
        list(parallel.in_order(str, items()))
