"""The page: one HTML file with its style, its scripts and its data in it; it asks the network for nothing."""

import datetime
import functools
import json
import pathlib
import types
import urllib.parse
from collections.abc import Mapping, Sequence
from typing import Any

import jinja2
import markupsafe

from components.reporter.blocks import Section
from components.reporter.build import build
from components.reporter.sections import promises
from modules.base import vega

_TEMPLATES = pathlib.Path(__file__).parent / "templates"
_SCRIPTS = ("data", "charts", "tables", "threshold", "page")  # the first are used by those after them


def render(
    summary: Mapping[str, Any],
    links: Mapping[str, str] = types.MappingProxyType({}),
    sections: Sequence[Section] | None = None,
) -> str:
    """Renders the report of a run.

    Args:
        summary: The content of summary.json. What it lacks, the page leaves out: a run that was stopped has a page too.
        links: Paths of files of the run, relative to the page, by what they are called.
        sections: All that `build` made of it; None if they are to be built now.
    """
    if summary.get("stopped"):
        verdict = ("bad", "Stopped")
    else:
        mark = "good" if promises.covers_groups(summary) else "warning"
        verdict = (mark, "May ship") if summary["blessed"] else ("bad", "May not ship")
    when = f"{datetime.datetime.fromisoformat(summary['finished']):%Y-%m-%d %H:%M %Z}" if "finished" in summary else ""
    parts = build(summary) if sections is None else sections
    return render_sections(str(summary["name"]), verdict, when, parts, links)


def render_sections(
    title: str,
    verdict: tuple[str, str],
    when: str,
    parts: Sequence[Section],
    links: Mapping[str, str] = types.MappingProxyType({}),
) -> str:
    """Renders a page of sections.

    Args:
        title: The page's heading.
        verdict: A mark as blocks have it, and its words; two empty texts for none.
        when: Shown below the heading.
        parts: The sections.
        links: As for `render`.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["as_json"] = as_json
    return environment.get_template("page.html").render(
        title=title,
        verdict=verdict,
        when=when,
        links={name: urllib.parse.quote(path) for name, path in links.items()},
        sections=[part.model_dump() for part in parts],
        style=_asset("page.css"),
        script=markupsafe.Markup("\n").join(_asset(f"scripts/{name}.js") for name in _SCRIPTS),
        vega=_vega(),
    )


def as_json(value: Any, *without: str) -> markupsafe.Markup:
    """Returns a value as JSON that may stand within a <script>, whatever text a table holds.

    Args:
        value: The value.
        *without: Keys of it, a dictionary, that are left out.
    """
    if without:
        value = {key: of for key, of in value.items() if key not in without}
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return markupsafe.Markup(text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))


def _asset(name: str) -> markupsafe.Markup:
    return markupsafe.Markup((_TEMPLATES / name).read_text(encoding="utf-8"))


@functools.cache
def _vega() -> markupsafe.Markup:
    """Returns the scripts that draw the charts, as they may stand within a <script>."""
    return markupsafe.Markup(vega.bundle().replace("</script", "<\\/script"))
