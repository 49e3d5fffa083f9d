"""How long the step that runs has taken, and how long it may still take."""

import dataclasses
import math

from modules.base.progress import Progress


def duration(seconds: float) -> str:
    """Formats a time in the unit that tells most: `12 s`, `3 min` or `2 h 05 min`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02d} min"


@dataclasses.dataclass
class Pace:
    """The step that runs.

    Attributes:
        name: The step.
        started: When it started, in seconds of some clock.
        expected: Seconds that it took the last time, if there was one.
        latest: What it reported last, and when.
    """

    name: str
    started: float
    expected: float | None = None
    latest: tuple[Progress, float] | None = None
    _first: tuple[Progress, float] | None = None

    def tell(self, progress: Progress, now: float) -> None:
        """Takes a report into account; one that starts over, as the next of two trainings does, starts the count."""
        if self.latest is None or progress.done < self.latest[0].done:
            self._first = progress, now
        self.latest = progress, now

    def remaining(self, now: float) -> float | None:
        """Returns the seconds that are left, at least 0; None where nothing tells.

        They are the rest of the work at the speed since the first report, which leaves out what a step does before it;
        without reports, what the last run took.
        """
        if self.latest is not None and self._first is not None and self.latest[0].total is not None:
            (first, since), (latest, at) = self._first, self.latest
            rest = self.latest[0].total - latest.done
            if rest > 0 and latest.done > first.done and at > since:
                return max(rest * (at - since) / (latest.done - first.done) - (now - at), 0.0)
        if self.expected is not None and now - self.started < self.expected:
            return self.expected - (now - self.started)
        return None

    def share(self, now: float) -> float | None:
        """Returns how much of the work is done, in [0, 1]; None where nothing tells."""
        if self.latest is not None and self.latest[0].total:
            return min(self.latest[0].done / self.latest[0].total, 1.0)
        if self.expected:
            return min((now - self.started) / self.expected, 1.0)
        return None

    def words(self, now: float) -> str:
        """Says how far the step has come, how long it has taken and may take: `epoch 3 of 40, 12 s, about 9 s left`."""
        parts = [self.latest[0].note] if self.latest is not None else []
        parts.append(duration(math.floor(now - self.started)))
        left = self.remaining(now)
        if left is not None:
            bound = "at most" if self.latest is not None and self.latest[0].at_most else "about"
            parts.append(f"{bound} {duration(math.ceil(left))} left")
        return ", ".join(parts)
