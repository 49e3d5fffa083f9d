"""The documentation says what the code does: keys, defaults, links and targets."""

import json
import re
from pathlib import Path

import pydantic
import pytest

from modules.base.settings import PipelineSettings
from tests.faults import table

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
REQUIRED = "**required**"


def settings_keys(model: type[pydantic.BaseModel], prefix: str = "") -> dict[str, str]:
    """Returns every key with its default as the documentation writes it; gates and nested steps are not spelled out."""
    found: dict[str, str] = {}
    for name, field in model.model_fields.items():
        nested = field.annotation
        if isinstance(nested, type) and issubclass(nested, pydantic.BaseModel) and name != "gates":
            found |= settings_keys(nested, f"{prefix}{name}.")
        else:
            default = field.get_default(call_default_factory=True)
            text = REQUIRED if field.is_required() else f"`{json.dumps(default, ensure_ascii=False)}`"
            found[prefix + name] = text
    return found


def documented_keys() -> dict[str, str]:
    section: str | None = None
    found = {}
    for line in (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            heading = re.match(r"## (?:`(\w+)`:|The pipeline itself)", line)
            section = heading and f"{heading[1]}." * bool(heading[1])
        row = re.match(r"\| `([\w.]+)` \| (\S.*?) \| (\S.*) \|$", line)
        if row and section is not None:
            found[section + row[1]] = row[2]
    return found


def test_every_key_of_the_config_is_documented_with_its_default() -> None:
    assert documented_keys() == settings_keys(PipelineSettings)


def test_the_readme_is_at_most_200_lines() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 200


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_the_table_of_faults_is_that_of_the_tests() -> None:
    assert table.table() in table.PAGE.read_text(), "python -m tests.faults.table writes it"


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_target_that_a_page_names_is_in_the_makefile(page: Path) -> None:
    named = re.findall(r"(?:`|^)make ([a-z][a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(named) <= targets()


def tree() -> list[str]:
    """Returns the paths that the tree in CONTRIBUTING.md begins its lines with."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    block = text[text.index("## The tree") : text.index("Who may import whom")]
    found: list[str] = []
    parents = {0: ""}
    for line in block.splitlines():
        entry = re.match(r"( {4,8})(\S+?)(/?)(?:  (\S+/))?  +\S", line)
        if not entry or "*" in entry[2]:
            continue
        depth = len(entry[1])
        parents[depth] = entry[2] + "/"
        names = [entry[2], *([entry[4]] if entry[4] else [])]
        found += [("" if depth == 4 else parents[4]) + name for name in names]
    return found


def test_the_tree_names_what_there_is() -> None:
    assert len(tree()) > 40
    assert [path for path in tree() if not (ROOT / path).exists()] == []


def test_every_room_has_its_line_in_the_tree() -> None:
    named = {path.rstrip("/") for path in tree()}
    for parent in ("pipeline", "components", "modules"):
        rooms = {f"{parent}/{path.parent.name}" for path in (ROOT / parent).glob("*/__init__.py")}
        assert rooms <= named, rooms - named
