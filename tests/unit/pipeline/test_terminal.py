import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

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
