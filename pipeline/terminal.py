"""What a person reads in the terminal, and nothing else; the libraries' noise goes to a file."""

import contextlib
import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TextIO

from modules.base.errors import UserError
from pipeline.stopping import INTERRUPTED

_WIDEST = 10_000


def say(text: str) -> None:
    """Prints to standard output."""
    print(text, flush=True)


def complain(text: str) -> None:
    """Prints to standard error."""
    print(text, file=sys.stderr, flush=True)


def status(command: Callable[[], int | None]) -> int:
    """Runs a command of a runner, and says in one line what its user can fix.

    Args:
        command: Returns its exit status; None is 0.

    Returns:
        The exit status: that of the command, 2 after a `UserError`, 130 after Ctrl-C.
    """
    try:
        return command() or 0
    except BrokenPipeError:  # whoever read the output has seen enough, such as `head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        complain("Stopped.")
        return INTERRUPTED
    except UserError as error:
        complain(str(error))
        return 2


@contextlib.contextmanager
def quiet(log_path: str) -> Iterator[TextIO]:
    """Sends all that this process writes to the log file, C++ code included, and yields the real standard output.

    Args:
        log_path: The file; its folder is made, and it is appended to.
    """
    os.makedirs(os.path.dirname(log_path), exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    saved = [os.dup(1), os.dup(2)]
    terminal = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8", errors="replace")
    log = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.dup2(log, 1)
        os.dup2(log, 2)
        yield terminal
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        terminal.close()
        for number, copy in enumerate(saved, 1):
            os.dup2(copy, number)
            os.close(copy)
        os.close(log)


def short(path: str) -> str:
    """Returns a path as a person reads it: relative, where it lies below the working directory; an address as it is."""
    if "://" in path:
        return path
    relative = os.path.relpath(path)
    return path if relative.startswith("..") else relative


def step_line(name: str, what: str, seconds: float, cached: bool) -> str:
    """Formats the line of a finished step."""
    took = "cached" if cached else f"{seconds:.1f} s"
    return f"  {name:<16} {took:>8}   {what}"


def table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], marks: Sequence[bool] = (), left: int = 1
) -> str:
    """Formats a table as text: the first columns to the left, the others to the right.

    Args:
        title: A line above it.
        columns: Headings.
        rows: Cells; they are shown as they are.
        marks: For each row, whether it is pointed out.
        left: How many columns stand to the left, at least one.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(*columns, padding=(0, 2, 0, 0))
    for number, column in enumerate(grid.columns):
        column.no_wrap, column.justify = True, "left" if number < left else "right"
    for number, row in enumerate([columns, *rows]):
        mark = "→" if 0 < number <= len(marks) and marks[number - 1] else " "
        first, *others = (str(cell) for cell in row)
        grid.add_row(*map(Text, (f"{mark} {first}", *others)))
    # A row stays one line, however narrow the terminal is: lines that it wraps are whole again when they are copied.
    console = Console(file=io.StringIO(), width=_WIDEST, color_system=None)
    with console.capture() as shown:
        console.print(grid)
    return "\n".join([title, *(line.rstrip() for line in shown.get().removesuffix("\n").split("\n"))])
