"""What a terminal shows of a run, and what a pipe gets: a pseudo-terminal is read as a terminal would draw it."""

import fcntl
import os
import pty
import re
import struct
import termios
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from modules.base.progress import Progress
from pipeline.running import display
from pipeline.running.display import Display

pytestmark = pytest.mark.unit

HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"
LONG_LINE = "  Transform            5.1 s   " + "imputed, scaled, binned, looked up; " * 5


class Terminal:
    """A pseudo-terminal of some width."""

    def __init__(self, width: int):
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
        self.out = os.fdopen(slave, "w", buffering=1, encoding="utf-8")
        self._text = b""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        while True:
            try:
                part = os.read(self._master, 65_536)
            except OSError:  # how a pseudo-terminal of Linux ends
                return
            self._text += part

    def close(self) -> str:
        """Returns everything that was written."""
        self.out.close()
        self._reader.join()
        os.close(self._master)
        return self._text.decode()


def screen(text: str) -> list[str]:
    """Returns the lines that a terminal then shows; a long one is not wrapped here."""
    text = re.sub(r"[^\n]*\n(\x1b\[\?25h)?\r\x1b\[1A\x1b\[2K", "", text)  # up a line, and that one deleted
    lines = []
    for line in text.replace("\r\n", "\n").split("\n"):
        drawn = re.split(r"\r?\x1b\[2K", line)[-1]
        lines.append(re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", drawn).rstrip("\r "))
    return lines


def frames(text: str) -> list[str]:
    """Returns every state of the live line."""
    return [
        re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", frame).rstrip("\r")
        for line in text.replace("\r\n", "\n").split("\n")
        for frame in re.split(r"\x1b\[2K", line)
    ]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("CI", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    yield


def run(terminal: Terminal) -> None:
    with Display(terminal.out) as shown:
        shown.start("Transform", expected=50.0)
        shown._live.refresh()  # type: ignore[union-attr]
        shown.finish(LONG_LINE)
        shown.start("Tuner")
        for done in (1, 20, 40):
            shown.tell(Progress(done, 75, f"trial {done} of 75, best log loss 0.0230", at_most=True))
            shown._live.refresh()  # type: ignore[union-attr]
        shown.finish("  Tuner               16.4 s   [bold]75[/bold] trials")


@pytest.mark.parametrize("width", [40, 80, 100, 200])
def test_finished_steps_stay_as_they_were_and_nothing_of_the_live_line_does(width: int) -> None:
    terminal = Terminal(width)
    run(terminal)
    assert screen(terminal.close()) == [LONG_LINE.rstrip(), "  Tuner               16.4 s   [bold]75[/bold] trials", ""]


@pytest.mark.parametrize("width", [20, 40, 60, 71, 72, 80, 99, 100, 125])
def test_the_live_line_fits_the_terminal(width: int) -> None:
    terminal = Terminal(width)
    run(terminal)
    live = [
        frame for frame in frames(terminal.close()) if "best" in frame or "trial" in frame and "[bold]" not in frame
    ]
    assert live
    assert max(len(frame) for frame in live) <= width
    if width <= 60:
        assert not any("━" in frame for frame in live)
        assert live[-1].endswith("…")
    if width >= 80:
        assert re.search(r"Tuner +[━╸╺]+ trial 40 of 75, best log loss 0.0230, 0 s, at most \d s left *$", live[-1])


def test_a_terminal_that_does_not_know_its_width_has_eighty_columns() -> None:
    terminal = Terminal(0)
    run(terminal)
    live = [frame for frame in frames(terminal.close()) if "trial 40 of 75" in frame]
    assert live[-1].rstrip().endswith(" s left")


def test_the_cursor_comes_back() -> None:
    terminal = Terminal(80)
    run(terminal)
    text = terminal.close()
    assert text.count(HIDE) == text.count(SHOW) == 1
    assert text.index(HIDE) < text.index(SHOW)


def test_the_cursor_comes_back_after_an_error() -> None:
    terminal = Terminal(80)
    with pytest.raises(KeyboardInterrupt), Display(terminal.out) as shown:
        shown.start("Tuner")
        raise KeyboardInterrupt
    text = terminal.close()
    assert text.count(HIDE) == text.count(SHOW) == 1
    assert screen(text) == [""]


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    colored, plain = Terminal(100), Terminal(100)
    run(colored)
    monkeypatch.setenv("NO_COLOR", "1")
    run(plain)
    colors = r"\x1b\[[0-9;]*(3[0-9]|4[0-9])[0-9;]*m"
    assert re.search(colors, colored.close())
    assert not re.search(colors, plain.close())


@pytest.mark.parametrize(("name", "value"), [("CI", "true"), ("TERM", "dumb")])
def test_there_is_no_live_line_where_it_cannot_be_written_over(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    terminal = Terminal(80)
    with Display(terminal.out) as shown:
        shown.start("Tuner", expected=9.0)
        shown.finish("  Tuner  done")
    assert terminal.close() == "  Tuner  done\r\n"


def test_a_pipe_gets_a_line_each_time_a_step_has_taken_long(tmp_path: Path) -> None:
    written = threading.Event()

    class Pipe(list):
        def isatty(self) -> bool:
            return False

        def write(self, text: str) -> None:
            self.append(text)
            if sum("running" in line for line in self) == 2:
                written.set()

    pipe = Pipe()
    with Display(pipe, plain_seconds=0.01) as shown:  # type: ignore[arg-type]
        shown.start("Tuner")
        shown.tell(Progress(5, 10, "trial 5 of 10"))
        assert written.wait(60)
        shown.finish("  Tuner  done")
    assert pipe[0] == "  Tuner             running   trial 5 of 10, 0 s\n"
    assert pipe[-1] == "  Tuner  done\n"


def test_a_pipe_gets_no_line_of_a_step_that_is_quick() -> None:
    lines: list[str] = []

    class Pipe:
        def isatty(self) -> bool:
            return False

        def write(self, text: str) -> None:
            lines.append(text)

    with Display(Pipe()) as shown:  # type: ignore[arg-type]
        shown.start("Tuner")
        shown.finish("  Tuner  done")
    assert lines == ["  Tuner  done\n"]
    assert display.PLAIN_SECONDS == 30.0
