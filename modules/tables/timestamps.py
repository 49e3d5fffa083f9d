"""Dates and times as text, to seconds since 1970-01-01 UTC and back: one reading for ExampleGen and `predict`."""

import datetime
import re

# What a model sees of a time besides the time itself: hours with their fraction, 0 to below 24; 0 for Monday to 6; day
# of the month, 1 to 31; month, 1 to 12.
PARTS = ("hour", "weekday", "day", "month")

UNIT = "seconds since 1970-01-01T00:00:00Z"

_EPOCH = datetime.datetime(1970, 1, 1)
_WHOLE = re.compile(r"[+-]?[0-9]{1,19}")
_ISO = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[ T](?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?P<fraction>[.,][0-9]+)?"
    r"(?P<zone> ?Z| ?[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)


def to_seconds(text: str) -> int:
    """Reads a time.

    Args:
        text: A date, or a date and a time, by ISO 8601 (`2024-01-31`, `2024-01-31 12:30`, `2024-01-31T12:30:59.5Z`,
            `2024-01-31T12:30:59+01:00`), with the years 0001 to 9999; or a whole number, which is seconds already. A
            time without a zone is taken as UTC.

    Returns:
        Seconds since 1970-01-01 UTC; a fraction of a second is cut off.

    Raises:
        ValueError: If the text is none of these.
    """
    if _WHOLE.fullmatch(text):
        seconds = int(text)
        if not -(2**63) < seconds < 2**63:
            raise ValueError(f"{text!r} is beyond 2^63 seconds")
        return seconds
    found = _ISO.fullmatch(text)
    if found is None or (found["fraction"] and len(found["time"]) < len("00:00:00")):
        raise ValueError(f"{text!r} is no time")
    moment = datetime.datetime.fromisoformat(f"{found['date']}T{found['time'] or '00:00'}")
    return (moment - _EPOCH) // datetime.timedelta(seconds=1) - _zone_seconds((found["zone"] or "").strip())


def _zone_seconds(zone: str) -> int:
    """Returns how many seconds a zone such as +05:30 is ahead of UTC."""
    if zone in ("", "Z"):
        return 0
    hours, minutes = int(zone[1:3]), int(zone[3:].lstrip(":") or 0)
    if hours > 23 or minutes > 59:
        raise ValueError(f"{zone!r} is no time zone")
    return (1 if zone[0] == "+" else -1) * (hours * 3_600 + minutes * 60)


def to_text(seconds: int) -> str:
    """Writes seconds since 1970-01-01 UTC as ISO 8601, or as the number where the year is beyond 0001 to 9999."""
    try:
        return (_EPOCH + datetime.timedelta(seconds=seconds)).isoformat() + "Z"
    except OverflowError:
        return str(seconds)
