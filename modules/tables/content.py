"""What the files of tables hold, as a digest, and whether it stays so while they are read. Knows no TFX."""

import contextlib
import hashlib
from collections.abc import Iterator

from modules.base.errors import DataError
from modules.tables import sources

_BLOCK_BYTES = 2**20


def data_digest(*tables: str | list[str] | None) -> str:
    """Digests the content of the files of tables, file by file; what the files are called does not matter.

    Args:
        *tables: Files, folders or patterns, as in `data.train`; None is no table.

    Returns:
        32 hexadecimal digits.
    """
    digest = hashlib.sha256()
    for table in tables:
        files = []
        for path in _files(table):
            content = hashlib.sha256()
            with sources.open_file(path) as file:
                while block := file.read(_BLOCK_BYTES):
                    content.update(block)
            files.append(content.digest())
        digest.update(b"|".join(sorted(files)) + b"\0")
    return digest.hexdigest()[:32]


@contextlib.contextmanager
def announced(digest: str, *tables: str | list[str] | None) -> Iterator[None]:
    """Makes sure that what is read of tables within the block is what was announced.

    The cache remembers what a step made by the digest of its tables, which was taken before the step began. A table
    that was written to in between, or while it was read, would be remembered as another.

    Args:
        digest: What `data_digest` returned before.
        *tables: As for `data_digest`.

    Raises:
        DataError: At the end of the block, if a file has changed since it began, or the content is another.
    """
    before = _states(tables)
    yield
    content = data_digest(*tables)
    after = _states(tables)
    changed = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    if changed:
        raise DataError(changed[0], "was written to while it was read", "Run again once nothing writes to the table")
    if content != digest:
        names = ", ".join(sorted(before))
        fix = "Run again once nothing writes to the table; for Kubeflow, compile again"
        raise DataError(names[:200], "does not hold what it held when its digest was taken", fix)


def _files(table: str | list[str] | None) -> list[str]:
    return sources.expand(table) if table is not None else []


def _states(tables: tuple[str | list[str] | None, ...]) -> dict[str, tuple[int, int | None]]:
    """Returns size and time of the last change of every file of tables, by its path."""
    states = {}
    for path in (path for table in tables for path in _files(table)):
        place = sources.locate(path)
        (info,) = place.filesystem.get_file_info([place.path])
        states[path] = (info.size, info.mtime_ns)
    return states
