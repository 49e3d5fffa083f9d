import datetime

import numpy as np
import pytest
import tensorflow as tf

from modules.graph import civil_time
from modules.tables import timestamps

pytestmark = pytest.mark.unit

EPOCH = datetime.datetime(1970, 1, 1)


def parts(*seconds: int) -> np.ndarray:
    """Returns hour, weekday, day and month, [n, 4]."""
    found = civil_time.parts(tf.constant(seconds, tf.int64))
    assert len(found) == len(timestamps.PARTS)
    assert {part.dtype for part in found} == {tf.float32}
    return np.stack([part.numpy() for part in found], axis=1)


def expected(moment: datetime.datetime) -> list[float]:
    hour = moment.hour + moment.minute / 60 + moment.second / 3_600
    return [hour, moment.weekday(), moment.day, moment.month]


def test_random_times_of_all_years_agree_with_datetime() -> None:
    low = int((datetime.datetime.min - EPOCH).total_seconds())
    high = int((datetime.datetime(9999, 12, 31, 23, 59, 59) - EPOCH).total_seconds())
    seconds = [low, high, *np.random.default_rng(0).integers(low, high, 2_000).tolist()]
    moments = [EPOCH + datetime.timedelta(seconds=second) for second in seconds]
    np.testing.assert_allclose(parts(*seconds), [expected(moment) for moment in moments], atol=1e-5)


def test_every_day_around_the_leap_days_of_four_centuries_agrees_with_datetime() -> None:
    moments = [
        datetime.datetime(year, 2, 26) + datetime.timedelta(days=day, seconds=86_399 * (day % 2))
        for year in (1600, 1896, 1900, 1968, 1970, 2000, 2023, 2024, 2100)
        for day in range(8)
    ]
    seconds = [int((moment - EPOCH).total_seconds()) for moment in moments]
    np.testing.assert_allclose(parts(*seconds), [expected(moment) for moment in moments], atol=1e-5)


def test_known_dates_have_their_weekdays() -> None:
    found = parts(-2_203_977_600, 951_782_400, 4_107_542_400, -1, 0)
    assert found[0].tolist() == [0, 2, 28, 2]  # 1900-02-28, a Wednesday
    assert found[1].tolist() == [0, 1, 29, 2]  # 2000-02-29, a Tuesday
    assert found[2].tolist() == [0, 0, 1, 3]  # 2100-03-01, a Monday
    assert found[3][1:].tolist() == [2, 31, 12]  # 1969-12-31, a Wednesday
    assert found[3][0] == pytest.approx(24 - 1 / 3_600, abs=1e-5)
    assert found[4].tolist() == [0, 3, 1, 1]  # 1970-01-01, a Thursday


def test_an_hour_stays_below_24_until_the_last_second() -> None:
    hours = parts(*range(86_399 - 100, 86_400))[:, 0]
    assert (hours < 24).all()
    assert (np.diff(hours) > 0).all()


def test_the_calendar_repeats_after_400_years_up_to_the_ends_of_int64() -> None:
    era = 146_097 * 86_400
    for end in (-(2**63), -(2**63) + 1, 2**63 - 1):
        assert parts(end).tolist() == parts(end % era).tolist()
