"""Charts that look alike: Altair's, with one palette that serves light and dark pages."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import altair
from altair.utils import schemapi

# Wong, 2011, "Points of view: Color blindness" (doi:10.1038/nmeth.1618), without its yellow, black and pale blue, which
# vanish on a white or on a dark page.
PALETTE = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#a6761d", "#7570b3"]
FIRST, SECOND, THIRD = PALETTE[:3]
GOOD, BAD, MUTED = "#009e73", "#d55e00", "#8a8f98"

# `currentColor` is the text's colour, whatever the page's: SVG takes it from the style sheet.
_TEXT = "currentColor"
_CONFIG: dict[str, Any] = {
    "background": None,
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "range": {"category": PALETTE},
    "mark": {"color": FIRST},
    "text": {"color": _TEXT},
    "axis": {
        "labelColor": _TEXT,
        "titleColor": _TEXT,
        "domainColor": _TEXT,
        "tickColor": _TEXT,
        "gridColor": _TEXT,
        "gridOpacity": 0.15,
        "domainOpacity": 0.4,
        "tickOpacity": 0.4,
        "labelFontSize": 11,
        "labelSeparation": 4,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
    },
    "legend": {"labelColor": _TEXT, "titleColor": _TEXT, "orient": "top", "title": None},
    "header": {"labelColor": _TEXT, "titleColor": _TEXT},
    "title": {"color": _TEXT},
}


def spec(chart: Any) -> dict[str, Any]:
    """Returns a chart's Vega-Lite specification, with its data in it.

    Args:
        chart: An Altair chart of any kind. One with `width="container"` fits the page.

    Raises:
        SchemaValidationError: The chart is not one of Vega-Lite's; within `unchecked`, nobody looks.
    """
    with altair.data_transformers.enable(max_rows=None):
        made = chart.to_dict(validate=schemapi.DEBUG_MODE)
    made.pop("$schema", None)
    made["config"] = _CONFIG
    return made


@contextlib.contextmanager
def unchecked() -> Iterator[None]:
    """Lets charts be built without a check against Vega-Lite's schema, which takes a third of a chart's time.

    The form of a chart depends on the code alone, and tests build it with the check.
    """
    with schemapi.debug_mode(False):
        yield


def at_least(values: Sequence[float], known: tuple[float, float] | None) -> list[float]:
    """Returns the ends of an axis that spans the values and, around them, at least as much as an interval.

    Args:
        values: What is drawn, at least one.
        known: An interval of a value of this kind, if there is one.
    """
    low, high = min(values), max(values)
    missing = max(0.0, known[1] - known[0] - (high - low)) if known else 0.0
    room = missing / 2 or (high - low) * 0.05 or abs(low) * 0.01 or 0.01
    return [low - room, high + room]


def tip(field: str, title: str, form: str = "") -> Any:
    """Returns one line of what is shown beside a point: a field, in the words of the page.

    Args:
        field: The field with its type, such as `share:Q`.
        title: What it is called.
        form: How d3 formats a number, such as `.1%`; as it is if empty.
    """
    return altair.Tooltip(field, title=title, format=form) if form else altair.Tooltip(field, title=title)


def data(rows: list[dict[str, Any]]) -> Any:
    """Returns rows as the data of a chart."""
    return altair.Data(values=tuple(rows))  # a list is copied, row by row, each time that a chart is refined
