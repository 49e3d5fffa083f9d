"""Ctrl-C and SIGTERM in a running pipeline, in a terminal and in a pipe; the runs follow each other, in one output."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
# A run is to end within 10 s; a machine that runs other tests beside it may take three times as long.
END_SECONDS = 3 * 10
STEP_SECONDS = 300
SHOW_CURSOR = "\x1b[?25h"
_TUNER = "max_epochs: 9, factor: 3"
# Transform takes two seconds: where the signal comes when it is over, the next step is the one that is stopped.
_TRANSFORM = r"Transform[^\r\n]*(rows[^\r\n]*, \d+ s|cached)"
_TRANSFORM_OR_NEXT = "( in step (Transform|Tuner))?"


def heed_ctrl_c() -> None:
    """Undoes that tests which run in the background ignore SIGINT, and so would what they start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Stopped:
    """A run that was stopped.

    Args:
        output: Its folder.
        step: When to stop: as soon as this matches what it has written since it started.
        number: The signal; SIGINT is a pressed Ctrl-C where there is a terminal.
        terminal: Whether it has one, or writes into a pipe.
        tuner: The section of the config.
    """

    def __init__(self, output: Path, step: str, number: signal.Signals, terminal: bool, tuner: str):
        overrides = [f"tuner={{{tuner}}}"]
        self._command = [sys.executable, "local_runner.py", "run", "--config", "data/penguins/pipeline.yaml"]
        self._command += ["--output", str(output), "--set", *overrides]
        read, write = pty.openpty() if terminal else os.pipe()
        if terminal:
            fcntl.ioctl(write, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
        environment = {key: value for key, value in os.environ.items() if key != "CI"} | {"TERM": "xterm"}
        process = subprocess.Popen(
            ["setsid", "--ctty", *self._command] if terminal else self._command,
            cwd=ROOT,
            stdin=write if terminal else subprocess.DEVNULL,
            stdout=write,
            stderr=write,
            env=environment,
            start_new_session=not terminal,
            preexec_fn=heed_ctrl_c,
        )
        os.close(write)
        self._read, self._process, self._text = read, process, b""
        try:
            self._read_until(step.encode(), STEP_SECONDS)
            if terminal and number == signal.SIGINT:
                os.write(read, b"\x03")
            else:
                process.send_signal(number)
            self._read_until(None, END_SECONDS)
            self.status = process.wait(END_SECONDS)
        finally:
            process.kill()
            os.close(read)
        self.text = self._text.decode()
        logs = output / "logs"
        self.log = max(logs.iterdir()).read_text(errors="replace")

    def _read_until(self, pattern: bytes | None, seconds: float) -> None:
        """Reads until a pattern occurs, or to the end."""
        deadline = time.monotonic() + seconds
        while pattern is None or not re.search(pattern, self._text):
            ready, _, _ = select.select([self._read], [], [], max(deadline - time.monotonic(), 0.0))
            assert ready, f"after {seconds} s there is only {self._text[-2_000:].decode(errors='replace')}"
            try:
                part = os.read(self._read, 65_536)
            except OSError:  # how a pseudo-terminal of Linux ends
                part = b""
            if not part:
                assert pattern is None, f"it ended with {self._text[-2_000:].decode(errors='replace')}"
                return
            self._text += part

    @property
    def message(self) -> list[str]:
        """The last two lines, without what moves the cursor."""
        last = self.text.replace("\r\n", "\n").rstrip("\n").split("\n")[-2:]
        return [re.sub(r".*\x1b\[2K|\x1b\[[0-9;?]*[a-zA-Z]", "", line).strip("\r") for line in last]

    def group_is_gone(self) -> bool:
        """Tells whether no process of the run's group is left."""
        try:
            os.killpg(self._process.pid, 0)
        except ProcessLookupError:
            return True
        return False


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stopped]:
    """Five runs, none stopped at an earlier step than the one before."""
    output = tmp_path_factory.mktemp("stopped") / "out"
    moments: dict[str, tuple[str, signal.Signals, bool, str]] = {
        "while Transform computes": (_TRANSFORM, signal.SIGINT, True, _TUNER),
        "while Transform computes, terminated": (_TRANSFORM, signal.SIGTERM, True, _TUNER),
        "while a network learns": (r"trial [3-9] of 23", signal.SIGINT, True, _TUNER),
        "while processes train": (r"trial \d+ of 23", signal.SIGINT, True, f"{_TUNER}, workers: 2"),
        "in a pipe": (r"Transform +(\S+ s|cached) ", signal.SIGTERM, False, _TUNER),
    }
    return {name: Stopped(output, *moment) for name, moment in moments.items()}


EXPECTED = {
    "while Transform computes": (130, _TRANSFORM_OR_NEXT, set()),
    "while Transform computes, terminated": (143, _TRANSFORM_OR_NEXT, {"TableExampleGen", "StatisticsGen"}),
    "while a network learns": (
        130,
        " in step Tuner",
        {"TableExampleGen", "StatisticsGen", "SchemaCurator", "DataGate"},
    ),
    "while processes train": (
        130,
        " in step Tuner",
        {"TableExampleGen", "StatisticsGen", "SchemaCurator", "DataGate", "Transform"},
    ),
    "in a pipe": (143, "( in step Tuner)?", {"TableExampleGen", "StatisticsGen", "SchemaCurator", "Transform"}),
}


@pytest.mark.parametrize("moment", EXPECTED)
def test_a_stopped_run_ends_soon_with_the_signals_status_and_where_to_look(
    runs: dict[str, Stopped], moment: str
) -> None:
    run, (status, step, _) = runs[moment], EXPECTED[moment]
    assert run.status == status, run.text
    stopped, report = run.message
    assert re.fullmatch(rf"Stopped{step}\. To go on from there: .* local_runner.py run .*", stopped)
    found = re.fullmatch(r"Report: (.*/reports/(\d)/index\.html) \(of this run, out/\2\)", report)
    assert found is not None, report
    assert int(found[2]) == 1 + list(EXPECTED).index(moment)
    assert "was stopped by Ctrl-C" in Path(found[1]).read_text()
    assert "Traceback" not in run.text
    assert run.text.count("Stopped") == 1


@pytest.mark.parametrize("moment", EXPECTED)
def test_no_process_is_left(runs: dict[str, Stopped], moment: str) -> None:
    assert runs[moment].group_is_gone()


@pytest.mark.parametrize("moment", EXPECTED)
def test_the_next_run_takes_finished_steps_from_the_cache(runs: dict[str, Stopped], moment: str) -> None:
    cached = set(re.findall(r"(\w+) +cached ", runs[moment].text)) - {"DataBaseline", "Baseline"}
    assert cached >= EXPECTED[moment][2]


@pytest.mark.parametrize("moment", [moment for moment in EXPECTED if moment != "in a pipe"])
def test_the_terminal_gets_its_cursor_back(runs: dict[str, Stopped], moment: str) -> None:
    text = runs[moment].text
    assert text.rindex(SHOW_CURSOR) > text.rindex("\x1b[?25l")


def test_a_pipe_gets_no_escape_sequence(runs: dict[str, Stopped]) -> None:
    assert "\x1b" not in runs["in a pipe"].text
