import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from modules.base import progress
from modules.base.errors import UserError
from pipeline import terminal

pytestmark = pytest.mark.unit


def test_a_table_is_aligned_and_marks_rows() -> None:
    text = terminal.table("Title", ["form", "AUC"], [["float32", "0.9"], ["int8", 12345]], marks=[False, True])
    assert text.splitlines() == [
        "Title",
        "  form       AUC",
        "  float32    0.9",
        "→ int8     12345",
    ]


def test_a_table_keeps_long_rows_on_one_line_and_shows_cells_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setenv("FORCE_COLOR", "1")
    rows = [["[bold]x[/bold]", ":smile:", "y" * 500], ["a", "b", "c"]]
    text = terminal.table("Title", ["one", "two", "three"], rows, left=3)
    assert text.splitlines() == [
        "Title",
        "  one             two      three",
        f"  [bold]x[/bold]  :smile:  {'y' * 500}",
        "  a               b        c",
    ]


def test_a_table_counts_the_columns_that_a_wide_character_takes() -> None:
    assert terminal.table("Title", ["city", "n"], [["東京", 1], ["Rome", 2]]).splitlines()[1:] == [
        "  city  n",
        "  東京  1",
        "  Rome  2",
    ]


def test_the_line_of_a_step_says_how_long_it_took_or_that_it_was_cached() -> None:
    assert terminal.step_line("Tuner", "5 trials", 12.34, False) == "  Tuner              12.3 s   5 trials"
    assert terminal.step_line("Tuner", "5 trials", 12.34, True) == "  Tuner              cached   5 trials"


def test_what_a_person_reads_and_complaints_go_to_different_streams(capsys: pytest.CaptureFixture) -> None:
    terminal.say("good")
    terminal.complain("bad")
    assert capsys.readouterr() == ("good\n", "bad\n")


PROGRAM = """
import os, subprocess, sys
from pipeline import terminal
print("before")
with terminal.quiet(sys.argv[1]) as out:
    print("python")
    os.write(1, b"c++ out\\n")
    os.write(2, b"c++ err\\n")
    subprocess.run(["echo", "child"])
    print("more", file=sys.stderr)
    out.write("step é\\n")
print("after")
print("error", file=sys.stderr)
"""


def test_in_quiet_only_what_is_meant_for_a_person_reaches_the_terminal(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "run.log"
    log.parent.mkdir()
    log.write_text("earlier\n")
    root = Path(terminal.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(log)],
        cwd=root,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        timeout=60,
        check=True,
    )
    assert done.stdout == "before\nstep é\nafter\n"
    assert done.stderr == "error\n"
    lines = log.read_text().splitlines()
    assert lines[0] == "earlier"
    assert set(lines[1:]) == {"python", "c++ out", "c++ err", "child", "more"}


FAILING = """
import sys
from pipeline import terminal
try:
    with terminal.quiet(sys.argv[1]):
        1 / 0
except ZeroDivisionError:
    print("back")
"""


def test_the_streams_come_back_after_an_error(tmp_path: Path) -> None:
    root = Path(terminal.__file__).parents[1]
    command = [sys.executable, "-c", FAILING, str(tmp_path / "a" / "log")]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60, check=True)
    assert (done.stdout, done.stderr) == ("back\n", "")


def stopped() -> None:
    raise KeyboardInterrupt


def refused() -> None:
    raise UserError("a.csv", "is empty", "Give another")


@pytest.mark.parametrize(
    ("command", "status", "says"),
    [
        (lambda: None, 0, ""),
        (lambda: 3, 3, ""),
        (stopped, 130, "Stopped.\n"),
        (refused, 2, "a.csv: is empty. Give another.\n"),
    ],
    ids=["nothing to say", "a status of its own", "stopped", "refused"],
)
def test_a_command_ends_with_its_status_and_at_most_one_line(
    command: Callable[[], int | None], status: int, says: str, capsys: pytest.CaptureFixture
) -> None:
    assert terminal.status(command) == status
    assert capsys.readouterr() == ("", says)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2Jcleared", "\\x1b[2Jcleared"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("good\rbad", "good\\rbad"),
        ("a\x9bb", "a\\x9bb"),
        ("abc\u202egnp.exe", "abc\\u202egnp.exe"),
        ("\ud800", "\\ud800"),
        ("né 東京 €\tone\ntwo", "né 東京 €\tone\ntwo"),
    ],
)
def test_no_name_of_a_stranger_acts_on_the_terminal(text: str, shown: str, capsys: pytest.CaptureFixture) -> None:
    terminal.say(text)
    terminal.complain(text)
    assert capsys.readouterr() == (f"{shown}\n", f"{shown}\n")
    assert terminal.step_line("Tuner", text, 1.0, False).endswith(shown)


def ended(body: str, out: str) -> subprocess.CompletedProcess:
    """Runs a program whose command is `body`, with its standard output redirected by the shell."""
    program = (
        f"import os, sys\nfrom pipeline import terminal\ndef command():\n    {body}\nsys.exit(terminal.status(command))"
    )
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", f'"$0" -c "$1" {out}', sys.executable, program],
        cwd=Path(terminal.__file__).parents[1],
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    "body",
    ["return 'x' * 100_000", "sys.stdout.write('x' * 100_000)", "sys.stdout.write('x')", "terminal.say('x'); return 3"],
)
def test_a_full_disk_under_standard_output_is_said_and_is_no_success(body: str) -> None:
    done = ended(body, "> /dev/full")
    said = "Standard output: cannot be written (No space left on device). Make room, or send it elsewhere.\n"
    assert (done.returncode, done.stderr) == (3 if "3" in body else 1, said)


@pytest.mark.parametrize(
    "body", ["return 'x\\n' * 100_000", "[terminal.say('x' * 1000) for _ in range(100)]; return 0"]
)
def test_a_reader_who_has_seen_enough_is_no_failure(body: str) -> None:
    done = ended(body, "| head -1")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("x")


def test_an_error_that_nobody_expected_is_one_line_and_its_traceback_a_file(tmp_path: Path) -> None:
    done = ended(f"os.environ['TMPDIR'] = {str(tmp_path)!r}; raise KeyError('lost')", "")
    (details,) = tmp_path.iterdir()
    assert done.returncode == 1
    told = f"Stopped by an error in the program (KeyError: 'lost'): the details are in {details}."
    assert done.stderr == f"{told} Please report it with them.\n"
    assert "Traceback" in details.read_text()


def wrapped(error: BaseException) -> BaseException:
    """Returns an error as a library passes it on."""
    try:
        try:
            raise error
        except BaseException as cause:
            raise RuntimeError("step 3 of the engine\nfailed [while running 'x']") from cause
    except RuntimeError as outer:
        return outer


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ValueError("one\ntwo"), "ValueError: one"),
        (ValueError(), "ValueError"),
        (wrapped(ValueError("one")), "RuntimeError: step 3 of the engine"),
        (MemoryError(), "no memory is left"),
        (wrapped(MemoryError("Unable to allocate 3 GiB")), "no memory is left: Unable to allocate 3 GiB"),
        (OSError(28, "x", "/data/a"), "No space left on device: /data/a"),
        (wrapped(OSError(28, "x")), "No space left on device"),
        (wrapped(OSError(24, "x", "/data/a")), "Too many open files: /data/a"),
        (OSError(30, "x", "/data/a"), "Read-only file system: /data/a"),
        (PermissionError(13, "x", "/data/a"), "Permission denied: /data/a"),
        (shutil.Error([("a", "b", "[Errno 28] No space left on device")]), "No space left on device"),
        (wrapped(RuntimeError("in finalize_write: [OSError(24, 'Too many open files')]")), "Too many open files"),
        (UserError("a", "says No space left on device", "b"), "UserError: a: says No space left on device. b."),
        (OSError(2, "No such file", "/data/a"), "FileNotFoundError: [Errno 2] No such file: '/data/a'"),
    ],
)
def test_the_first_cause_is_what_is_told(error: BaseException, reason: str) -> None:
    assert terminal.reason(error) == reason


GONE = """
import os, sys
from pipeline import bootstrap, terminal
bootstrap.open_streams()
with terminal.quiet(sys.argv[1]) as out:
    for number in range(1000):
        out.write("a step\\n")
    print("the run went on")
    print("to its end", file=sys.stderr)
terminal.say("summary")
sys.exit(3)
"""


@pytest.mark.parametrize("gone", ["| head -1", "> /dev/full", ">&-", "<&- >&- 2>&-"])
def test_a_run_goes_on_when_nobody_reads_what_it_says(tmp_path: Path, gone: str) -> None:
    log = tmp_path / "run.log"
    done = subprocess.run(
        ["bash", "-c", f'"$0" -c "$1" "$2" {gone}; exit ${{PIPESTATUS[0]}}', sys.executable, GONE, str(log)],
        cwd=Path(terminal.__file__).parents[1],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (3, "")
    assert "the run went on" in log.read_text()


def test_the_log_is_not_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "run.log").symlink_to(tmp_path / "victim")
    with pytest.raises(OSError, match="symbolic link"), terminal.quiet(str(tmp_path / "run.log")):
        pass
    assert not (tmp_path / "victim").exists()


class Screen(io.StringIO):
    """Standard error, a terminal or not."""

    def __init__(self, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


@pytest.mark.parametrize(("is_terminal", "text"), [(True, "\rreading a\\x1b: 3 rows\x1b[K\r\x1b[K"), (False, "")])
def test_how_far_a_command_has_come_is_a_line_that_goes_away(
    monkeypatch: pytest.MonkeyPatch, is_terminal: bool, text: str
) -> None:
    screen = Screen(is_terminal)
    monkeypatch.setattr(sys, "stderr", screen)
    with terminal.progress_line():
        progress.report(3, None, "reading a\x1b: 3 rows")
        progress.report(4, None, "reading a\x1b: 4 rows")  # too soon to be shown
    assert screen.getvalue() == text
    progress.report(5, None, "nobody listens")
    assert screen.getvalue() == text
