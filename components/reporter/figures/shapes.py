"""What several figures are made of: scales, a diagonal, points with their intervals."""

from collections.abc import Sequence
from typing import Any

import altair
import numpy as np

from components.reporter import charts

# Of a figure that stands beside others, in pixels.
HEIGHT = 260


def share(field: str, title: str, channel: Any) -> Any:
    """Returns an axis from 0 to 1.

    Args:
        field: The field of the data.
        title: The axis' title.
        channel: `altair.X` or `altair.Y`.
    """
    axis = altair.Axis(tickCount=5, format=".1~f")
    return channel(f"{field}:Q", title=title, scale=altair.Scale(domain=[0, 1]), axis=axis)


def bins(title: str, low: float, high: float) -> Any:
    """Returns the axis of a histogram, whose bins reach from the field `start` to the field `end`."""
    scale = altair.Scale(domain=[low, high], nice=False)
    return altair.X("start:Q", bin="binned", title=title, scale=scale, axis=altair.Axis(tickCount=5))


def bin_tips(title: str, form: str) -> list[Any]:
    """Returns what is said of a bin, which reaches from the field `start` to the field `end`."""
    return [charts.tip("start:Q", f"{title} from", form), charts.tip("end:Q", "to", form)]


def calibration_tips(predicted: str, observed: str, form: str) -> list[Any]:
    """Returns what is said of a group of rows: its mean prediction, what is observed, and the interval of that."""
    return [
        charts.tip("rows:Q", "rows", ",~r"),
        charts.tip("prediction:Q", predicted, form),
        charts.tip("label:Q", observed, form),
        charts.tip("low:Q", "95 % interval from", form),
        charts.tip("high:Q", "to", form),
    ]


def diagonal(low: float, high: float, x: Any, y: Any) -> Any:
    """Returns a dashed line from corner to corner, of a chart whose fields are `x` and `y`."""
    ends = charts.data([{"x": end, "y": end} for end in (low, high)])
    return altair.Chart(ends).mark_line(color=charts.MUTED, strokeDash=[4, 4], strokeWidth=1).encode(x=x, y=y)


def dots_with_intervals(rows: list[dict[str, Any]], x: Any, y: Any, tooltip: Sequence[Any]) -> Any:
    """Returns points at `x` and `y`, each with a line from `low` to `high`."""
    points = altair.Chart(charts.data(rows))
    return points.mark_rule(color=charts.FIRST, strokeWidth=2).encode(
        x=x, y=altair.Y("low:Q"), y2="high:Q"
    ) + points.mark_point(color=charts.FIRST, filled=True, size=45, opacity=1).encode(x=x, y=y, tooltip=list(tooltip))


def rounded(values: Sequence[float], digits: int = 4) -> list[float]:
    """Returns numbers as a drawing needs them: a page is small if they are short."""
    return [round(float(value), digits) for value in values]


def ratio(part: float, whole: float) -> float | None:
    """Returns a share, or None of nothing."""
    return part / whole if whole else None


def date(seconds: float) -> str:
    """Writes a time in seconds since 1970 as its date and minute, in UTC."""
    return str(np.datetime64(int(seconds), "s").astype("datetime64[m]")).replace("T", " ")
