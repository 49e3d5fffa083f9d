"""Small files of this machine that travel inside the compiled file: a schema needs no place in a bucket or an image."""

import base64
import gzip
import hashlib
import os
import zlib

from modules.base.errors import UserError

# A Linux command line takes 128 KiB an argument.
_LONGEST = 120_000
# What that much may unpack to: a thousandfold, as gzip packs at most.
_LONGEST_UNPACKED = 1_000 * _LONGEST


def uri(path: str) -> str:
    """Returns a file's name within a compiled pipeline, with a digest of its content: Kubeflow's cache sees names."""
    return _name(_read(path), os.path.basename(path))


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
    """Writes an embedded file below a folder, and returns its path.

    Raises:
        UserError: As `content` does.
    """
    path = os.path.join(folder, os.path.basename(name))
    with open(path, "wb") as file:
        file.write(content(name, packed))
    return path


def content(name: str, packed: str) -> bytes:
    """Returns what an embedded file holds.

    Args:
        name: As `uri` gives it.
        packed: As `pack` gives it.

    Raises:
        UserError: If it is cut or another file.
    """
    fix = "Compile the pipeline anew"
    try:
        unpacker = zlib.decompressobj(wbits=31)
        unpacked = unpacker.decompress(base64.b64decode(packed, validate=True), _LONGEST_UNPACKED)
    except (ValueError, zlib.error):
        raise UserError(name, "is cut or damaged", fix) from None
    if not unpacker.eof:
        raise UserError(name, "is cut or too large", fix)
    if name != _name(unpacked, name.rpartition("/")[2]):
        raise UserError(name, "is not the file of that name: its digest is another", fix)
    return unpacked


def _name(content: bytes, base: str) -> str:
    return f"embedded://{hashlib.sha256(content).hexdigest()[:16]}/{base}"


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
