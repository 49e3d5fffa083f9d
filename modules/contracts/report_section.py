"""A section that a component adds to the report: section.json."""

from typing import Any

from modules.contracts import files

_FILE = "section.json"


def write(uri: str, section: dict[str, Any]) -> None:
    """Writes a section, as `components.reporter.blocks.Section.model_dump(mode="json")` gives it."""
    files.write_json(uri, _FILE, section)


def read(uri: str) -> dict[str, Any]:
    """Returns a section, as `components.reporter.blocks.Section.model_validate` takes it."""
    return files.read_json("report section", uri, _FILE)
