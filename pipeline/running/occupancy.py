"""One run at a time in an output folder, and telling whether there is one."""

import contextlib
import datetime
import errno
import fcntl
import os
import stat
from collections.abc import Iterator

from modules.base.errors import UserError

_FILE = ".running"  # in the output folder; the lock on it ends with the process, however it ends
_TAKEN = (errno.EAGAIN, errno.EACCES)


@contextlib.contextmanager
def occupy(output: str) -> Iterator[None]:
    """Holds an output folder for a run. Where the filesystem has no locks, nobody is kept out.

    Args:
        output: The folder, which is there.

    Raises:
        UserError: Another run is going on in it, or the file that says so is a link, a device or a folder.
    """
    with open(os.path.join(output, _FILE), "a+", encoding="utf-8", opener=_open) as file:
        if not _lock(file.fileno(), fcntl.LOCK_EX):
            file.seek(0)
            what = f"is where another run is going on (process {file.read().strip() or 'unknown'})"
            raise UserError(f"--output {output}", what, "Wait for its end, stop it, or give another folder")
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def occupied_since(output: str) -> datetime.datetime | None:
    """Returns when the run began that is going on in an output folder, in local time; None if there is none."""
    try:
        with open(os.path.join(output, _FILE), encoding="utf-8", opener=_open) as file:
            free = _lock(file.fileno(), fcntl.LOCK_SH)
            return None if free else datetime.datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime)
    except (OSError, UserError):
        return None


def _open(path: str, flags: int) -> int:
    """Opens the file that is locked, and nothing that somebody has put in its place; waits for nobody at a pipe."""
    try:
        descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            return descriptor
        os.close(descriptor)
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.EISDIR, errno.ENXIO):
            raise
    raise UserError(path, "is a link, a device or a folder, and should be a plain file", "Remove it")


def _lock(descriptor: int, kind: int) -> bool:
    """Locks a file until it is closed; returns whether nobody else has it."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in _TAKEN
    return True
