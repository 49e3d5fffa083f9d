"""Figures of the data: a column's values in each split, and what the components explain."""

from collections.abc import Mapping
from typing import Any

from components.reporter import charts
from components.reporter.blocks import Figure
from modules.base import numerals

_COLOURS = {"train": charts.FIRST, "validation": charts.THIRD, "test": charts.SECOND}
_OTHERS = "(all others)"
_HEIGHT = 130


def figure(column: Mapping[str, Any]) -> Figure:
    """Draws how a column is distributed in each split: steps of numbers, bars of classes.

    Args:
        column: A column of summary.json's `data`, with its `distribution`.
    """
    shown = column["distribution"]
    caption = column["name"] + {"label": " (label)", "feature": ""}.get(column["role"], f" ({column['role']})")
    chart, told = _bars(shown) if "values" in shown else _steps(shown)
    gaps = ", ".join(f"{split} {share:.1%}" for split, share in column["missing"].items() if share)
    drift = ", ".join(f"{split} {distance:.3f}" for split, distance in column["drift"].items())
    parts = [f"{caption}, {column['kind']}: {told}", f"Missing: {gaps}" if gaps else "No value is missing"]
    parts += [f"{column['measure']} from the training rows: {drift}"] if drift else []
    return Figure(caption=caption, description=". ".join(parts) + ".", spec=charts.spec(chart), small=True)


def _colour(splits: list[str]) -> Any:
    import altair

    palette = [_COLOURS.get(split, charts.MUTED) for split in splits]
    return altair.Color("split:N").scale(domain=splits, range=palette).legend(symbolType="square", symbolSize=50)


def _steps(shown: Mapping[str, Any]) -> tuple[Any, str]:
    """Draws numbers; each split's line has one step per bin."""
    import altair

    edges, shares = shown["edges"], shown["shares"]
    rows = [
        {"split": split, "from": low, "share": share}
        for split, values in shares.items()
        for low, share in zip(edges, [*values, values[-1]], strict=True)
    ]
    x = altair.X("from:Q", title=None).scale(domain=[edges[0], edges[-1]], nice=False)
    look: dict[str, Any] = {"format": "~s", "tickCount": 3} if max(map(abs, edges)) >= 1e5 else {"tickCount": 5}
    y = altair.Y("share:Q", title=None).axis(format="%", tickCount=3)
    lines = (
        altair.Chart(charts.data(rows))
        .mark_line(interpolate="step-after", strokeWidth=1.5)
        .encode(x=x.axis(grid=False, **look), y=y, color=_colour(list(shares)))
    )
    # Steps of several splits lie on each other: what is said of a bin names all of them.
    places = zip(edges, edges[1:], *shares.values(), strict=False)
    bins = [{"from": low, "end": high} | dict(zip(shares, of, strict=True)) for low, high, *of in places]
    tips = [charts.tip("from:Q", "from", ",.4~g"), charts.tip("end:Q", "to", ",.4~g")]
    tips += [charts.tip(f"{split}:Q", f"{split} rows", ".1%") for split in shares]
    whole = altair.Chart(charts.data(bins)).mark_rect(opacity=0).encode(x=x, x2="end:Q", tooltip=tips)
    chart = altair.layer(lines, whole).properties(width="container", height=_HEIGHT)
    first, values = next(iter(shares.items()))
    top = max(range(len(values)), key=lambda number: values[number])
    ends = numerals.interval(edges[top], edges[top + 1], ".6g")
    return chart, f"{values[top]:.1%} of the {first} values lie from {ends}"


def _bars(shown: Mapping[str, Any]) -> tuple[Any, str]:
    """Draws classes; each value has one bar per split."""
    import altair

    shares = shown["shares"]
    values = [*shown["values"], *([_OTHERS] if shown["others"] else [])]
    rows = [
        {"value": value, "split": split, "share": share}
        for split, of_split in shares.items()
        for value, share in zip(values, of_split, strict=True)
    ]
    y = altair.Y("value:N", title=None, sort=values).scale(paddingInner=0.25).axis(labelLimit=120, grid=False)
    chart = (
        altair.Chart(charts.data(rows))
        .mark_bar()
        .encode(
            y=y,
            yOffset=altair.YOffset("split:N", sort=list(shares)),
            x=altair.X("share:Q", title=None).axis(format="%", tickCount=4),
            color=_colour(list(shares)),
            tooltip=[
                charts.tip("value:N", "value"),
                charts.tip("split:N", "split"),
                charts.tip("share:Q", "share of the split", ".2%"),
            ],
        )
        .properties(width="container", height=max(60, (5 * len(shares) + 4) * len(values)))
    )
    first, of_first = next(iter(shares.items()))
    told = ", ".join(f"{value} {share:.1%}" for value, share in list(zip(values, of_first, strict=True))[:3])
    return chart, f"in {first} {told}"


def explained(reduction: Mapping[str, Any] | None) -> list[Figure]:
    """Draws the variance that each principal component explains, and all up to it; empty without a reduction."""
    import altair

    if not reduction or not reduction["explained_variance"]:
        return []
    kept = reduction["components"]
    rows = [
        {"component": number, "share": share, "cumulative": total, "kept": number <= kept}
        for number, (share, total) in enumerate(
            zip(reduction["explained_variance"], reduction["cumulative"], strict=True), start=1
        )
    ]
    base = altair.Chart(charts.data(rows)).encode(
        x=altair.X("component:O", title="principal component").axis(labelAngle=0, labelOverlap=True)
    )
    y = altair.Y("share:Q", title="share of the variance").axis(format="%").scale(domain=[0, 1])
    tips = [
        charts.tip("component:O", "principal component"),
        charts.tip("share:Q", "share of the variance", ".1%"),
        charts.tip("cumulative:Q", "all up to it", ".1%"),
    ]
    bars = base.mark_bar().encode(
        y=y, color=altair.condition("datum.kept", altair.value(charts.FIRST), altair.value(charts.MUTED)), tooltip=tips
    )
    line = base.mark_line(color=charts.SECOND, point=altair.OverlayMarkDef(color=charts.SECOND, size=30)).encode(
        y=altair.Y("cumulative:Q"), tooltip=tips
    )
    chart = altair.layer(bars, line).properties(width="container", height=200)
    share = reduction["cumulative"][kept - 1] if kept else 0.0
    told = f"the {kept} of {len(rows)} that are kept explain {share:.1%}" if kept else f"none of {len(rows)} is kept"
    kind = {"pca": "PCA", "ica": "FastICA, whose components span as many principal ones"}.get(reduction["method"])
    caption = f"Explained variance of the numeric columns ({kind}): bars: each component, line: all up to it; {told}"
    first = reduction["explained_variance"][0]
    return [Figure(caption=caption, description=f"{caption}. The first explains {first:.1%}.", spec=charts.spec(chart))]
