"""The report: summary.json and the page that is made from it."""

import os
from typing import Any

from modules.contracts import files

SUMMARY_FILE, _PAGE_FILE = "summary.json", "index.html"


def write(folder: str, summary: dict[str, Any], page: str) -> None:
    """Writes both files.

    Args:
        folder: URI of the Report artifact.
        summary: What `collect` collected.
        page: The page, as HTML.
    """
    files.write_json(folder, SUMMARY_FILE, summary)
    files.write_bytes(folder, _PAGE_FILE, page.encode())


def read_summary(folder: str) -> dict[str, Any]:
    """Returns the content of summary.json."""
    return files.read_json("report", folder, SUMMARY_FILE)


def page_path(folder: str) -> str:
    """Returns the path of the page in a folder."""
    return os.path.join(folder, _PAGE_FILE)


def summary_path(folder: str) -> str:
    """Returns the path of summary.json in a folder."""
    return os.path.join(folder, SUMMARY_FILE)
