"""Local, decompressed copies of files, for libraries that open files by name. Knows no TFX."""

import contextlib
import tempfile
from collections.abc import Iterator

from pyarrow import fs

from modules.base import progress
from modules.base.errors import DataError
from modules.tables import sources
from modules.tables.allowance import Allowance

_COPY_BYTES = 2**20
_MEGABYTE = 10**6


@contextlib.contextmanager
def local_copy(path: str, allowance: Allowance) -> Iterator[str]:
    """Gives a file by name to a library that opens files itself, decompressed; what is local and plain, as it is.

    Args:
        path: The file.
        allowance: What it may unpack to, and for how long.

    Raises:
        DataError: If it cannot be read, or unpacks to too much.
    """
    place = sources.locate(path)
    if isinstance(place.filesystem, fs.LocalFileSystem) and sources.is_plain(path):
        yield place.path
        return
    with tempfile.NamedTemporaryFile() as copy:
        try:
            with sources.open_stream(path) as stream:
                while content := stream.read(_COPY_BYTES):
                    allowance.check_unpacked(len(content))
                    allowance.check_waiting()
                    copy.write(content)
                    progress.report(copy.tell(), None, f"unpacking: {copy.tell() // _MEGABYTE:,} MB")
        except OSError as error:
            fix = "Copy or compress the file again"
            problem = (str(error).strip().splitlines() or ["?"])[0][:200]
            raise DataError(path, f"is damaged ({problem})", fix) from error
        copy.flush()
        yield copy.name
