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


def listed(sums: bytes) -> dict[str, str]:
    """Returns the digests that SHA256SUMS lists, by the names of the files."""
    lines = (line.partition("  ") for line in sums.decode("utf-8", "replace").splitlines())
    return {name: digits for digits, _, name in lines}


def is_inside(name: str) -> bool:
    """Tells whether a listed name is that of a file within the folder: a stranger's list may lead out of it."""
    return bool(name) and "\\" not in name and all(part not in ("", ".", "..") for part in name.split("/"))


def problem_of(contents: Mapping[str, bytes], sums: bytes) -> str | None:
    """Returns which file is not the one that SHA256SUMS lists, as a sentence without its subject; None if all are.

    Args:
        contents: The files' contents, by their names.
        sums: The content of SHA256SUMS.
    """
    digests = listed(sums)
    for name, content in contents.items():
        if name not in digests:
            return f"has no line for {name} in {FILE}"
        if digests[name] != digest(content):
            article = "an" if name[0].lower() in "aeio" else "a"
            return f"holds {article} {name} of {len(content):,} bytes that is not the one that was pushed, by {FILE}"
    return None
