"""What a notebook shows of a run: its steps while they run, and its page in a frame."""

import html
import os
import sys
import time
from typing import Any

from modules.base.progress import Progress
from pipeline.running import display
from pipeline.running.pace import Pace

_HEIGHT = 720  # of the frame, in pixels
_REFRESH_SECONDS = 0.4
# Links within the page would lead to the notebook's address otherwise; those to files beside it lead nowhere from here.
_WITHIN = '<base href="about:srcdoc"><style>.links { display: none; }</style>'
# A front end that does not trust a notebook takes the frame away and leaves this text.
_UNTRUSTED = "Not shown, because this notebook was executed elsewhere and is not trusted yet: run the cell again."


def is_notebook() -> bool:
    """Tells whether this process is a notebook's kernel."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return hasattr(shell, "kernel")


class NotebookSteps(display.Display):
    """Shows the steps of a run in the output of a cell: the finished ones, and the one that is running below them."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._pace: Pace | None = None
        self._handle: Any = None
        self._shown_at = 0.0

    def __enter__(self) -> "NotebookSteps":
        from IPython import display as of_ipython

        self._handle = of_ipython.display(self._content(), raw=True, display_id=True)
        return self

    def close(self) -> None:
        """Leaves the finished steps."""
        self._pace = None
        self.refresh(at_once=True)

    def start(self, name: str, expected: float | None = None) -> None:
        """Shows a step as running."""
        self._pace = Pace(name, time.monotonic(), expected)
        self.refresh(at_once=True)

    def tell(self, progress: Progress) -> None:
        """Takes a step's report into account."""
        if self._pace is not None:
            self._pace.tell(progress, time.monotonic())
        self.refresh()

    def finish(self, line: str) -> None:
        """Shows the line of a finished step."""
        self._lines.append(line)
        self._pace = None
        self.refresh(at_once=True)

    def refresh(self, at_once: bool = False) -> None:
        """Shows how long the step has been running, a few times a second at most."""
        if self._handle is not None and (at_once or time.monotonic() - self._shown_at >= _REFRESH_SECONDS):
            self._shown_at = time.monotonic()
            self._handle.update(self._content(), raw=True)

    def _content(self) -> dict[str, str]:
        now = time.monotonic()
        running = [f"  {self._pace.name:<16} {'running':>8}   {self._pace.words(now)}"] if self._pace else []
        text = "\n".join([*self._lines, *running])
        style = "margin:0;white-space:pre-wrap;line-height:1.3;font-size:var(--jp-code-font-size,inherit)"
        return {"text/plain": text, "text/html": f'<pre style="{style}">{html.escape(text)}</pre>'}


class RunPage(os.PathLike[str]):
    """The page of a run: a notebook shows it in the cell, anything else takes it as a path.

    Args:
        path: The file.
    """

    def __init__(self, path: str) -> None:
        self.path = path

    def __fspath__(self) -> str:
        return self.path

    def __str__(self) -> str:
        return self.path

    def __repr__(self) -> str:
        return f"RunPage({self.path!r})"

    def _repr_html_(self) -> str:
        """Returns the page within a sandboxed frame, which needs neither a network nor a server."""
        with open(self.path, encoding="utf-8") as file:
            page = file.read()
        page = page.replace("<head>", f"<head>{_WITHIN}", 1)
        return (
            f'<iframe title="Report" sandbox="allow-scripts allow-downloads" width="100%" height="{_HEIGHT}" '
            f'style="border:1px solid #ddd;width:100%" srcdoc="{html.escape(page)}">{_UNTRUSTED}</iframe>'
        )
