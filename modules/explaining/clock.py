"""The seconds that a step may take."""

import time


class Clock:
    """Runs from the moment that it is made.

    A method looks at it between its parts, shows what it has when it is over, and says so. What it shows then depends
    on the machine; what it shows in time, on seed and rows alone.

    Args:
        seconds: How long it runs.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds, self._end = seconds, time.monotonic() + seconds

    @property
    def over(self) -> bool:
        """Whether the seconds are over."""
        return time.monotonic() >= self._end

    @property
    def left_out(self) -> str:
        """A sentence for a method that did not begin."""
        return f"Left out: the {self._seconds:g} seconds of this step were over."

    def stopped(self, done: int, of: int, what: str) -> str:
        """Returns a sentence for a method that did not get to its end.

        Args:
            done: How many parts are done.
            of: How many there are.
            what: What they are, in the plural.
        """
        return f"Stopped after {done:,} of {of:,} {what}: the {self._seconds:g} seconds of this step were over."
