import time

import pytest

from modules.explaining.clock import Clock

pytestmark = pytest.mark.unit


def test_a_clock_is_over_when_its_seconds_are_and_says_what_was_done(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    running = Clock(60)
    assert [_over_at(running, now, at) for at in (159.9, 160.0)] == [False, True]
    assert running.stopped(3, 1_200, "rows") == "Stopped after 3 of 1,200 rows: the 60 seconds of this step were over."
    assert running.left_out == "Left out: the 60 seconds of this step were over."


def _over_at(running: Clock, now: list[float], at: float) -> bool:
    now[0] = at
    return running.over
