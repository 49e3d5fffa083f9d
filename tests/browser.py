"""A browser without a network: Chromium, driven by Playwright; it notes what a page asks for and complains of."""

import contextlib
import io
import shutil
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest

CHROMIUM = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# Said by the browser of the dialogs in TFMA's bundle, which want the focus when they open; a frame may not take it.
_HARMLESS = "Blocked autofocusing on a <paper-button> element"


class Visit:
    """A page that is being looked at.

    Attributes:
        page: Playwright's page.
        left: Addresses that were asked for and lie outside this machine; they get no answer.
        complaints: What the views say on the console as an error, and exceptions that nobody caught there. What the
            page around them says is its own.
        heard: Every error and warning of whatever origin.
    """

    def __init__(self, page: Any):
        self.page = page
        self.left: list[str] = []
        self.complaints: list[str] = []
        self.heard: list[str] = []
        page.route("**/*", self._answer)
        page.on("console", self._hear)
        page.on("pageerror", self._catch)

    def _answer(self, route: Any) -> None:
        address = urlsplit(route.request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname not in ("127.0.0.1", "localhost"):
            self.left.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    def _hear(self, told: Any) -> None:
        if told.type in ("error", "warning"):
            self.heard.append(told.text)
        is_ours = told.location["url"].startswith("about:srcdoc") or "Content Security Policy" in told.text
        if told.type in ("error", "warning") and is_ours and not told.text.startswith(_HARMLESS):
            self.complaints.append(told.text)

    def _catch(self, error: Any) -> None:
        self.heard.append(f"{error}")
        if "about:srcdoc" in (error.stack or "") or "<anonymous>:" in (error.stack or ""):
            self.complaints.append(f"{error}\n{error.stack}")


@contextlib.contextmanager
def browser() -> Iterator[Callable[..., Visit]]:
    """Starts a browser; yields a function that opens an address in a page of its own, of a width and a height."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)

        def visit(address: str, width: int = 1300, height: int = 1000) -> Visit:
            seen = Visit(started.new_page(viewport={"width": width, "height": height}))
            seen.page.goto(address)
            return seen

        yield visit
        started.close()


def ink(image: bytes) -> float:
    """Returns the share of pixels of a PNG that are not white."""
    from PIL import Image

    pixels = np.asarray(Image.open(io.BytesIO(image)).convert("L"))
    return float((pixels < 250).mean())
