import pytest

from benchmarks import road

pytestmark = pytest.mark.unit


def test_the_median_of_each_step_is_taken_over_the_runs() -> None:
    runs = [{"Tuner": 9.0, "Pusher": 1.0}, {"Tuner": 3.0, "Pusher": 2.0}, {"Tuner": 4.0, "Pusher": 9.0}]
    assert road.medians(runs) == {"Tuner": 4.0, "Pusher": 2.0}


def test_a_line_has_both_seconds_and_their_ratio_and_a_step_of_one_checkout_its_own_alone() -> None:
    lines = road.table([{"Tuner": 18.0, "Predictions": 1.0}, {"Tuner": 36.0}])
    assert lines == ["Tuner                 18.0 s    36.0 s   0.50", "Predictions            1.0 s"]
