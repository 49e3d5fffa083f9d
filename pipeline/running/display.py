"""The steps of a run as a person sees them: a live line under the finished ones, or plain lines where there is none."""

import contextlib
import os
import threading
import time
from typing import TextIO

from rich.console import Console, ConsoleDimensions, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from modules.base.progress import Progress
from pipeline.running.pace import Pace

# A step that takes longer than this gets a line of its own, and one more each time so much has passed.
PLAIN_SECONDS = 30.0
_REFRESHES = 4  # a second
_UNKNOWN_SIZE = 80, 24  # of a terminal that says 0, as one on a serial line does
# Width of the terminal from which on there is room for a bar, for the names of steps in a column, and for a long bar.
_NARROW, _WIDE, _LEAST_BAR, _BAR = 72, 100, 8, 24


def is_live(out: TextIO) -> bool:
    """Tells whether a line can be written over: in a terminal that knows how, and not in continuous integration."""
    return out.isatty() and os.environ.get("TERM", "dumb") not in ("dumb", "unknown") and "CI" not in os.environ


class Display:
    """Shows the steps of a run; a context manager, which leaves the terminal as it was.

    Args:
        out: Where to.
        plain_seconds: How often a step that is running is mentioned where there is no live line.
    """

    def __init__(self, out: TextIO, plain_seconds: float = PLAIN_SECONDS) -> None:
        self._out, self._plain_seconds = out, plain_seconds
        self._pace: Pace | None = None
        self._lock, self._closed = threading.Lock(), threading.Event()
        self._mentions = threading.Thread(target=self._mention, name="progress", daemon=True)
        self._live: Live | None = None
        if is_live(out):
            self._console = Console(file=out, force_terminal=True, highlight=False, markup=False, emoji=False)
            self._live = Live(
                console=self._console,
                get_renderable=self._line,
                refresh_per_second=_REFRESHES,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )

    def __enter__(self) -> "Display":
        if self._live is not None:
            self._live.start()
        else:
            self._mentions.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Takes the live line away and gives the cursor back; nothing is shown any more. May be called twice."""
        self._closed.set()
        if self._live is not None:
            self._live.stop()
        else:
            self._mentions.join()

    def start(self, name: str, expected: float | None = None) -> None:
        """Shows a step as running.

        Args:
            name: The step.
            expected: Seconds that it may take, if that is known.
        """
        with self._lock:
            self._pace = Pace(name, time.monotonic(), expected)

    def tell(self, progress: Progress) -> None:
        """Takes a step's report into account."""
        with self._lock:
            if self._pace is not None:
                self._pace.tell(progress, time.monotonic())

    def finish(self, line: str) -> None:
        """Writes the line of a finished step; nothing is running then."""
        with self._lock:
            self._pace = None
            if self._live is None:
                self._out.write(line + "\n")
        if self._live is not None:
            self._live.refresh()  # what is printed has the last live line below it until the next one
            self._console.print(Text(line), soft_wrap=True)

    def _line(self) -> RenderableType:
        with self._lock:
            if self._pace is None:
                return Group()
            now = time.monotonic()
            name, words, share = self._pace.name, self._pace.words(now), self._pace.share(now)
        # Rich asks the standard streams, which are not this terminal. It may have been made wider or narrower.
        width, height = 0, 0
        with contextlib.suppress(OSError):  # it may have been closed
            width, height = os.get_terminal_size(self._out.fileno())
        width, height = width or _UNKNOWN_SIZE[0], height or _UNKNOWN_SIZE[1]
        self._console.size = ConsoleDimensions(width, height)
        cells: list[RenderableType] = [Text(f"  {name:<16}" if width >= _WIDE else f"  {name}")]
        room = width - len(str(cells[0])) - 2
        if share is not None and width >= _NARROW:
            bar = max(min(width - _WIDE, _BAR), _LEAST_BAR)
            cells.append(ProgressBar(1.0, share, width=bar))
            room -= bar + 1
        text = Text(words)
        text.truncate(max(room, 1), overflow="ellipsis")
        row = Table.grid(*("" for _ in cells), "", padding=(0, 1))
        row.add_row(*cells, text)
        return row

    def _mention(self) -> None:
        """Writes a line each time that a step has been running for so many seconds."""
        mentioned, due = None, 0.0
        while not self._closed.wait(min(self._plain_seconds / 10, 1.0)):
            with self._lock:
                pace, now = self._pace, time.monotonic()
                if pace is not mentioned:
                    mentioned, due = pace, self._plain_seconds
                if pace is None or now - pace.started < due:
                    continue
                due += self._plain_seconds
                self._out.write(f"  {pace.name:<16} {'running':>8}   {pace.words(now)}\n")
