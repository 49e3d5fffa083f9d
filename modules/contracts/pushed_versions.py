"""How the versions in a folder of pushed models are named, and in which order they stand."""

import datetime
from collections.abc import Iterable


def is_version(name: str) -> bool:
    """Tells whether a folder is a version by its name: digits alone. Others are a user's own, or in the making."""
    return name.isascii() and name.isdigit()


def newest_version(names: Iterable[str]) -> str | None:
    """Returns the newest version among names, or None if none of them is a version."""
    return max(filter(is_version, names), key=int, default=None)


def name_version(now: datetime.datetime, names: Iterable[str]) -> str:
    """Names a new version: the time to the millisecond, or the number after the newest where the clock went back.

    Args:
        now: The time in UTC.
        names: What is there, versions or not.
    """
    newest = newest_version(names)
    return str(max(int(f"{now:%Y%m%d%H%M%S%f}"[:-3]), int(newest) + 1 if newest else 0))
