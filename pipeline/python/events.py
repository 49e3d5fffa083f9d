"""What the process that runs a pipeline tells the one that started it, line by line in between its text."""

import json
from typing import Any

# Begins a line that is an event, and no text for a person; the record separator of RFC 7464.
_MARK = "\x1e"


def write(kind: str, **content: Any) -> str:
    """Returns an event as a line, with its end."""
    return f"{_MARK}{json.dumps({'event': kind, **content}, ensure_ascii=False)}\n"


def read(line: str) -> dict[str, Any] | None:
    """Returns the event of a line, its kind under `event`; None if the line is text."""
    return json.loads(line[len(_MARK) :]) if line.startswith(_MARK) else None
