import pytest

from modules.explaining import clock

pytestmark = pytest.mark.unit


def test_a_clock_is_over_when_its_seconds_are_and_says_what_was_done(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(clock.time, "monotonic", lambda: now)
    running = clock.Clock(60)
    now = 159.9
    assert not running.over
    now = 160.0
    assert running.over
    assert running.stopped(3, 1_200, "rows") == "Stopped after 3 of 1,200 rows: the 60 seconds of this step were over."
    assert running.left_out == "Left out: the 60 seconds of this step were over."
