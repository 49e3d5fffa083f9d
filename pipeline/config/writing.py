"""Values as YAML on one line, as a user would write them: for what is drafted, and for what a message proposes."""

import json
import re
from typing import Any

_PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9_./-]*")
# What YAML 1.1 or 1.2 reads as something other than text.
_WORDS = ("y", "n", "yes", "no", "true", "false", "on", "off", "null", "none")


def flow(value: Any) -> str:
    """Returns a value as YAML on one line; a text is quoted unless it can be nothing else to any reader."""
    if isinstance(value, list):
        return f"[{', '.join(flow(part) for part in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{flow(key)}: {flow(part)}' for key, part in value.items())}}}"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return visible(json.dumps(value, ensure_ascii=False, default=str))


def visible(text: str) -> str:
    """Returns a text with an escape, as YAML knows it within quotes, for every character that no one sees.

    Among them are all that YAML refuses, even in a comment.
    """
    return "".join(character if character.isprintable() else _escape(ord(character)) for character in text)


def _escape(code: int) -> str:
    if code < 2**8:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 2**16 else f"\\U{code:08x}"
