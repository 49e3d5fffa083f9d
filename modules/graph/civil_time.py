"""From seconds since 1970 to the parts of a date that people live by, in integer arithmetic that TFLite has built in.

The Gregorian calendar repeats after 400 years, that is, 146,097 days or 20,871 weeks. A time is therefore reduced to
its place within such an era first, which fits numbers of 32 bits.
"""

import tensorflow as tf

_DAY = 86_400
_ERA = 146_097 * _DAY
# An era begins with March, so that the leap day is the last of its year: 0000-03-01, a Wednesday.
_ERA_START = -719_468 * _DAY
_ERA_START_WEEKDAY = 2


def parts(seconds: tf.Tensor) -> list[tf.Tensor]:
    """Splits times into parts of the date and the day.

    The date is Howard Hinnant's `civil_from_days` (https://howardhinnant.github.io/date_algorithms.html), which is
    right for every day of the proleptic Gregorian calendar, before 1970 and before 1 BC too.

    Args:
        seconds: Seconds since 1970-01-01 UTC, int64, any shape.

    Returns:
        One float32 tensor of that shape for each of `timestamps.PARTS`.
    """
    # The remainder first: near the ends of int64 the sum would overflow.
    second_of_era = tf.math.floormod(tf.math.floormod(seconds, _ERA) - _ERA_START % _ERA, _ERA)
    second_of_day = tf.math.floormod(second_of_era, _DAY)
    # TFLite divides no int64. The quotient is whole and below 2^18: float32 is off by far less than a half.
    whole_days = tf.cast(second_of_era - second_of_day, tf.float32) * (1.0 / _DAY)
    day_of_era = tf.cast(tf.round(whole_days), tf.int32)
    year_of_era = (day_of_era - day_of_era // 1_460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month_from_march = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * month_from_march + 2) // 5 + 1
    month = tf.math.floormod(month_from_march + 2, 12) + 1
    weekday = tf.math.floormod(day_of_era + _ERA_START_WEEKDAY, 7)
    hour = tf.cast(second_of_day, tf.float32) * (1.0 / 3_600)
    return [hour, *(tf.cast(part, tf.float32) for part in (weekday, day, month))]
