"""Small files of this machine that travel inside the compiled file: a schema needs no place in a bucket or an image."""

import base64
import gzip
import hashlib
import os

from modules.base.errors import UserError

# A Linux command line takes 128 KiB an argument.
_LONGEST = 120_000


def uri(path: str) -> str:
    """Returns a file's name within a compiled pipeline, with a digest of its content: Kubeflow's cache sees names."""
    return f"embedded://{hashlib.sha256(_read(path)).hexdigest()[:16]}/{os.path.basename(path)}"


def pack(path: str) -> str:
    """Returns a file's content as an argument of a command line.

    Raises:
        UserError: If it is too large for one.
    """
    packed = base64.b64encode(gzip.compress(_read(path), mtime=0)).decode()
    if len(packed) > _LONGEST:
        what = f"is {len(packed):,} bytes when packed, and a step's command takes {_LONGEST:,}"
        raise UserError(path, what, "Leave out what the schema need not say, such as long lists of text values")
    return packed


def unpack(name: str, packed: str, folder: str) -> str:
    """Writes an embedded file below a folder, and returns its path."""
    path = os.path.join(folder, os.path.basename(name))
    with open(path, "wb") as file:
        file.write(gzip.decompress(base64.b64decode(packed)))
    return path


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
