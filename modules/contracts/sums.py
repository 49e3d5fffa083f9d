"""SHA256SUMS: the digests of a pushed version's files, as `sha256sum -c` reads them."""

import hashlib
from collections.abc import Mapping

FILE = "SHA256SUMS"


def digest(content: bytes) -> str:
    """Returns the SHA-256 of a file's content, 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def render(contents: Mapping[str, bytes]) -> bytes:
    """Returns the content of SHA256SUMS for files, by their names."""
    return "".join(f"{digest(content)}  {name}\n" for name, content in sorted(contents.items())).encode()


def problem_of(contents: Mapping[str, bytes], sums: bytes) -> str | None:
    """Returns which file is not the one that SHA256SUMS lists, as a sentence without its subject; None if all are.

    Args:
        contents: The files' contents, by their names.
        sums: The content of SHA256SUMS.
    """
    listed = {}
    for line in sums.decode("utf-8", "replace").splitlines():
        digits, _, name = line.partition("  ")
        listed[name] = digits
    for name, content in contents.items():
        if name not in listed:
            return f"has no line for {name} in {FILE}"
        if listed[name] != digest(content):
            return f"holds a {name} of {len(content):,} bytes that is not the one that was pushed, by {FILE}"
    return None
