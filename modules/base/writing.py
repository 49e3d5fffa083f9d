"""Files on this machine that appear whole or not at all, and never through a link that somebody has planted."""

import contextlib
import os
import uuid
from collections.abc import Iterator
from typing import IO, Any

STAGED = ".new"  # how the name of a hidden file ends that is still being written


@contextlib.contextmanager
def whole(path: str, mode: str = "w", permissions: int = 0o666, newline: str | None = None) -> Iterator[IO[Any]]:
    """Opens a file for writing that gets its name when it is complete and on the disk.

    It is written beside its place, under a random name that nobody can have taken before, and then renamed (rename(2)),
    which replaces a link and does not follow it. A device or a pipe, such as /dev/stdout, is written to as it is.

    Args:
        path: Its name; the folder is there.
        mode: `w`, for text in UTF-8, or `wb`.
        permissions: Of the new file, as far as the process' umask allows them.
        newline: As in `open`.

    Raises:
        OSError: It cannot be written; what was there before is still there, and nothing else.
    """
    encoding = None if "b" in mode else "utf-8"
    if os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path):
        with open(path, mode, encoding=encoding, newline=newline) as file:
            yield file
        return
    folder = os.path.dirname(path) or os.curdir
    staged = os.path.join(folder, f".{uuid.uuid4().hex}{STAGED}")
    descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, permissions)
    try:
        with open(descriptor, mode, encoding=encoding, newline=newline) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(staged, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.remove(staged)
        raise
    flush_folder(folder)


def flush_folder(folder: str) -> None:
    """Brings the names in a folder to the disk, where the filesystem can: a renamed file survives a power cut."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
