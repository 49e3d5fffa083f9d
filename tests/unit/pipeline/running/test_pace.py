import pytest

from modules.base.progress import Progress
from pipeline.running.pace import Pace, duration

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0 s"),
        (12.4, "12 s"),
        (89.0, "89 s"),
        (90.0, "2 min"),
        (200.0, "3 min"),
        (5_399.0, "1 h 30 min"),
        (7_500.0, "2 h 05 min"),
    ],
)
def test_a_duration_is_said_in_the_unit_that_tells_most(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_what_is_left_is_the_rest_of_the_work_at_the_speed_since_the_first_report() -> None:
    pace = Pace("Teacher", started=100.0)
    pace.tell(Progress(1, 11, "epoch 1 of 11"), 110.0)  # ten seconds of making ready count for nothing
    assert pace.remaining(110.0) is None
    pace.tell(Progress(3, 11, "epoch 3 of 11"), 114.0)  # two seconds an epoch
    assert pace.remaining(114.0) == 16.0
    assert pace.remaining(117.0) == 13.0
    assert pace.remaining(150.0) == 0.0
    assert pace.words(115.0) == "epoch 3 of 11, 15 s, about 15 s left"


def test_a_bound_is_said_to_be_one() -> None:
    pace = Pace("Tuner", started=0.0)
    pace.tell(Progress(10, 30, "trial 2 of 3", at_most=True), 1.0)
    pace.tell(Progress(20, 30, "trial 3 of 3", at_most=True), 6.0)
    assert pace.words(6.0) == "trial 3 of 3, 6 s, at most 5 s left"


def test_without_reports_the_last_run_tells_how_long_it_takes() -> None:
    pace = Pace("Transform", started=50.0, expected=20.0)
    assert pace.remaining(55.0) == 15.0
    assert pace.share(55.0) == 0.25
    assert pace.words(55.0) == "5 s, about 15 s left"


def test_a_step_that_takes_longer_than_the_last_time_says_no_more_than_how_long_it_has_taken() -> None:
    pace = Pace("Transform", started=50.0, expected=20.0)
    assert pace.remaining(71.0) is None
    assert pace.share(71.0) == 1.0
    assert pace.words(71.0) == "21 s"


def test_where_nothing_tells_nothing_is_guessed() -> None:
    pace = Pace("StatisticsGen", started=0.0)
    assert (pace.remaining(9.0), pace.share(9.0), pace.words(9.9)) == (None, None, "9 s")


def test_work_of_unknown_extent_is_counted() -> None:
    pace = Pace("TableExampleGen", started=0.0)
    for seconds in (1.0, 2.0):
        pace.tell(Progress(1_000 * seconds, None, f"{1_000 * seconds:,.0f} rows"), seconds)
    assert (pace.share(2.0), pace.words(2.0)) == (None, "2,000 rows, 2 s")


def test_after_the_last_report_the_last_run_tells_again() -> None:
    pace = Pace("Teacher", started=0.0, expected=30.0)
    pace.tell(Progress(1, 2, "epoch 1 of 2"), 5.0)
    pace.tell(Progress(2, 2, "epoch 2 of 2"), 10.0)
    assert pace.remaining(12.0) == 18.0


def test_reports_that_start_over_start_the_count() -> None:
    pace = Pace("TableExampleGen", started=0.0)
    for done, seconds in ((100, 1.0), (900, 2.0), (100, 10.0), (200, 20.0)):
        pace.tell(Progress(done, 1_000, f"{done} rows"), seconds)
    assert pace.remaining(20.0) == 80.0
