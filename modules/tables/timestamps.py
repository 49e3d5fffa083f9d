"""Dates and times as text, to seconds since 1970-01-01 UTC and back: one reading for ExampleGen and `predict`."""

import datetime
import re

# What a model sees of a time besides the time itself: hours with their fraction, 0 to below 24; 0 for Monday to 6; day
# of the month, 1 to 31; month, 1 to 12.
PARTS = ("hour", "weekday", "day", "month")

UNIT = "seconds since 1970-01-01T00:00:00Z"

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_WHOLE = re.compile(r"([+-]?[0-9]{1,19})(\.0*)?")  # pandas writes 5.0 where a column has gaps
# `fromisoformat` takes far more than this: week dates, any letter between date and time, a time of hours alone, whose
# comma or minus may be a slip. It refuses a space before the zone, which databases write.
_ISO = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?( ?(Z|[+-][0-9]{2}(:?[0-5][0-9])?))?)?"
)
# What databases and spreadsheets write where there is no date.
_PLACEHOLDER = re.compile(r"(0000-00-00|1900-01-00|9999-12-31)([ T].*)?|NaT")
# From so large a number on, a count since 1970 is one of milliseconds, microseconds or nanoseconds: as seconds, the
# first would lie in the year 5138. Largest first.
FINER = ((10**17, 10**9), (10**14, 10**6), (10**11, 10**3))


def is_placeholder(text: str) -> bool:
    """Tells whether a text stands where there is no date, as 0000-00-00, 1900-01-00, 9999-12-31 and NaT do."""
    return _PLACEHOLDER.fullmatch(text) is not None


def to_seconds(text: str) -> int:
    """Reads a time.

    Args:
        text: A date, or a date and a time, by ISO 8601 (`2024-01-31`, `2024-01-31 12:30`, `2024-01-31T12:30:59.5Z`,
            `2024-01-31T12:30:59+01:00`), with the years 0001 to 9999; or a whole number, which counts seconds, or what
            is finer where it is as large as `FINER` says. A time without a zone is taken as UTC.

    Returns:
        Seconds since 1970-01-01 UTC; a fraction of a second is cut off.

    Raises:
        ValueError: If the text is none of these.
    """
    if whole := _WHOLE.fullmatch(text):
        seconds = int(whole[1])
        if not -(2**63) < seconds < 2**63:
            raise ValueError(f"{text!r} is beyond 2^63 seconds")
        return next((seconds // parts for least, parts in FINER if abs(seconds) >= least), seconds)
    if not _ISO.fullmatch(text):
        raise ValueError(f"{text!r} is not a time")
    date, time = text[:10], text[10:]
    moment = datetime.datetime.fromisoformat(date + time[:1] + time[1:].replace(" ", ""))
    moment = moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
    return (moment - _EPOCH) // datetime.timedelta(seconds=1)


def to_text(seconds: int) -> str:
    """Writes seconds since 1970-01-01 UTC as ISO 8601, or as the number where the year is beyond 0001 to 9999."""
    try:
        return (_EPOCH + datetime.timedelta(seconds=seconds)).replace(tzinfo=None).isoformat() + "Z"
    except OverflowError:
        return str(seconds)
