"""The report: summary.json, the page that is made from it, and the sections of the page as data."""

import os
from typing import Any

from modules.contracts import files

SUMMARY_FILE, _PAGE_FILE, _SECTIONS_FILE = "summary.json", "index.html", "sections.json"


def write(folder: str, summary: dict[str, Any], page: str, sections: list[dict[str, Any]]) -> None:
    """Writes all files.

    Args:
        folder: URI of the Report artifact.
        summary: What `collect` collected.
        page: The page, as HTML.
        sections: The sections on what the steps found out, as `components.reporter.blocks.Section` dumps them. Whoever
            knows more of the run renders the page again without drawing them anew.
    """
    files.write_json(folder, SUMMARY_FILE, summary)
    files.write_bytes(folder, _PAGE_FILE, page.encode())
    files.write_json(folder, _SECTIONS_FILE, sections)


def read_summary(folder: str) -> dict[str, Any]:
    """Returns the content of summary.json."""
    return files.read_json("report", folder, SUMMARY_FILE)


def read_page(folder: str) -> str:
    """Returns the page, as HTML."""
    return files.read_bytes("report", folder, _PAGE_FILE).decode()


def read_sections(folder: str) -> list[dict[str, Any]]:
    """Returns the sections, as `components.reporter.blocks.Section.model_validate` takes them."""
    return files.read_json("report", folder, _SECTIONS_FILE)


def page_path(folder: str) -> str:
    """Returns the path of the page in a folder."""
    return os.path.join(folder, _PAGE_FILE)


def summary_path(folder: str) -> str:
    """Returns the path of summary.json in a folder."""
    return os.path.join(folder, SUMMARY_FILE)
