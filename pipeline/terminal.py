"""What a person reads in the terminal, and nothing else; the libraries' noise goes to a file."""

import contextlib
import errno
import io
import os
import shutil
import sys
import tempfile
import time
import traceback
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TextIO

from modules.base import progress
from modules.base.errors import UserError
from modules.base.version import NAME
from pipeline.stopping import INTERRUPTED

_WIDEST = 10_000
_LONGEST = 300  # of a reason
_SHOW_SECONDS = 0.25
_REST_OF_LINE = "\x1b[K"  # erases it
# What a machine runs out of: room on the disk, a quota, the largest file, memory, open files.
_EXHAUSTED = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EIO)
# And what it does not let a program do.
_REFUSED = (errno.EROFS, errno.EACCES, errno.EPERM)
# The classes of characters that turn the direction of what follows (Unicode Standard Annex 9).
_TURNING = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


def say(text: str) -> None:
    """Prints to standard output. Whoever read it may have gone: what they do not read stops nothing."""
    _print(text, sys.stdout)


def complain(text: str) -> None:
    """Prints to standard error."""
    _print(text, sys.stderr)


@contextlib.contextmanager
def progress_line() -> Iterator[None]:
    """Shows how far a command has come, in a line of standard error that is gone in the end; only in a terminal."""
    stream, shown = sys.stderr, 0.0

    def show(come: progress.Progress) -> None:
        nonlocal shown
        if time.monotonic() - shown >= _SHOW_SECONDS:
            shown = time.monotonic()
            line = plain(come.note).replace("\n", " ")[: shutil.get_terminal_size().columns - 1]
            print(f"\r{line}{_REST_OF_LINE}", end="", file=stream, flush=True)

    if not stream.isatty():
        yield
        return
    with progress.listen(show):
        try:
            yield
        finally:
            if shown:
                print(f"\r{_REST_OF_LINE}", end="", file=stream, flush=True)


# Why standard output could not be written to its end, if somebody still wanted it.
_lost: list[OSError] = []


def _print(text: str, stream: TextIO) -> None:
    try:
        print(plain(text), file=stream, flush=True)
    except OSError as error:
        _to_nowhere(stream)
        if error.errno != errno.EPIPE and stream is sys.stdout:
            _lost.append(error)


def _to_nowhere(stream: TextIO) -> None:
    """Sends a stream that nobody takes any more, and what is still in it, to the null device."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def plain(text: str) -> str:
    """Returns a text without what a terminal acts on: characters of control are spelled, line breaks and tabs stay.

    Names and cells of a table are a stranger's: they could move the cursor, colour what follows, or turn its direction.
    """
    return "".join(
        character if character in "\n\t" or not _acts(character) else character.encode("unicode_escape").decode()
        for character in text
    )


def _acts(character: str) -> bool:
    kind = unicodedata.category(character)
    return kind in ("Cc", "Cs") or unicodedata.bidirectional(character) in _TURNING


def reason(error: BaseException) -> str:
    """Returns why something failed, in a line: the error behind the others where the machine could or would not do it.

    Libraries wrap the error of the operating system in others, and some keep no more than its text.
    """
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or link.__context__
    for link in reversed(chain):
        if isinstance(link, MemoryError):
            return f"no memory is left{f': {link}' if str(link) else ''}"[:_LONGEST]
        if isinstance(link, OSError) and link.errno in _EXHAUSTED + _REFUSED:
            return f"{os.strerror(link.errno)}{f': {short(str(link.filename))}' if link.filename else ''}"
        told = next((text for text in map(os.strerror, _EXHAUSTED + _REFUSED) if text in str(link)), None)
        if told is not None and not isinstance(link, UserError):
            return told
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}"[:_LONGEST] if lines else type(error).__name__


def status(command: Callable[[], int | str | None]) -> int:
    """Runs a command of a runner, and says in one line what its user can fix.

    Args:
        command: Returns its exit status, of which None is 0, or what is to be printed.

    Returns:
        The exit status: that of the command, 1 after an error that nobody expected or if its output could not be
        written, 2 after a `UserError`, 130 after Ctrl-C.
    """
    _lost.clear()
    try:
        answer = command() or 0
        if isinstance(answer, str):
            say(answer)
            answer = 0
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read the output has seen enough, such as `head`
        _to_nowhere(sys.stdout)
        return 0
    except KeyboardInterrupt:
        complain("Stopped.")
        return INTERRUPTED
    except UserError as error:
        complain(str(error))
        return 2
    except OSError as error:
        if error.errno not in _EXHAUSTED or error.filename is not None:
            return _unexpected(error)
        _to_nowhere(sys.stdout)
        _lost.append(error)
        answer = 0
    except Exception as error:
        return _unexpected(error)
    if not _lost:
        return answer
    complain(f"Standard output: cannot be written ({_lost[0].strerror}). Make room, or send it elsewhere.")
    return answer or 1


def _unexpected(error: Exception) -> int:
    """Says that the program is at fault, and where the traceback is; returns the exit status."""
    where = "no file for the details could be written"
    with contextlib.suppress(OSError):
        descriptor, path = tempfile.mkstemp(prefix=f"{NAME}-", suffix=".log")
        with open(descriptor, "w", encoding="utf-8") as file:
            traceback.print_exception(error, file=file)
        where = f"the details are in {path}"
    complain(f"Stopped by an error in the program ({reason(error)}): {where}. Please report it with them.")
    return 1


class _Steady(io.TextIOWrapper):
    """Text for a person who may go, or whose terminal may be closed: a run goes on without them."""

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except OSError:
            _to_nowhere(self)
            return len(text)

    def flush(self) -> None:
        try:
            super().flush()
        except OSError:
            _to_nowhere(self)


@contextlib.contextmanager
def quiet(log_path: str) -> Iterator[TextIO]:
    """Sends all that this process writes to the log file, C++ code included, and yields the real standard output.

    Args:
        log_path: The file; its folder is made, and it is appended to. Where the disk is full, nothing is.

    Raises:
        OSError: The file cannot be opened, or is a link.
    """
    os.makedirs(os.path.dirname(log_path), exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    log = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o644)
    saved = [os.dup(1), os.dup(2)]
    out = _Steady(io.FileIO(os.dup(1), "w"), encoding="utf-8", errors="replace", line_buffering=True)
    try:
        os.dup2(log, 1)
        os.dup2(log, 2)
        yield out
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError):
                stream.flush()
        out.close()
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
    return plain(f"  {name:<16} {took:>8}   {what}")


def repeat_line(name: str, why: str) -> str:
    """Formats the line of a step that runs again, because its earlier result is no longer what it made."""
    return f"  {name:<16} {'again':>8}   {why}"


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
