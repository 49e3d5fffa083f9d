"""Which setting mattered: the share of the differences between trials that each hyperparameter explains."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.reporter import charts
from components.reporter.blocks import Block, Column, Details, Figure, Table, Text, between, percent, text

_ROW = 26  # pixels of a hyperparameter
_DRAWN = 9  # the table has the others, too
# What the search gives a trial besides its hyperparameters.
_GIVEN = {"tuner/epochs": "epochs that it had"}


def figures(told: Mapping[str, Any]) -> list[Figure]:
    """Draws the shares; none where there is nothing to tell.

    Args:
        told: summary.json's `tuner_importance`.
    """
    return [_figure(told)] if told["alone"] else []


def block(told: Mapping[str, Any]) -> Block:
    """Returns the shares and those of pairs, folded away; or a line that says why there are none."""
    if told["alone"]:
        return Details(title="The importance of each hyperparameter in numbers, and of pairs", blocks=[_table(told)])
    why = (
        f"{told['trials']} trials are too few to tell which hyperparameter mattered: it takes {told['least']}"
        if told["trials"] < told["least"]
        else "Which hyperparameter mattered cannot be told: the trials, or their scores, do not differ"
    )
    return Text(text=f"{why}.")


def title(names: Sequence[str]) -> str:
    """Returns what people call a hyperparameter, or several of them together."""
    return " × ".join(_GIVEN.get(name, name.replace("_", " ")) for name in names)


def _table(told: Mapping[str, Any]) -> Table:
    rest = 1 - sum(share["value"] for share in (*told["alone"], *told["together"]))
    given = any(share["names"][0] in _GIVEN for share in told["alone"])
    rounds = " Better trials were given more epochs, so that both say in part the same." if given else ""
    return Table(
        caption="Importance of each hyperparameter: the share of the differences between scores that it explains",
        columns=[
            Column(title="hyperparameter", numeric=False),
            Column(title="share"),
            Column(title="95 % interval over resampled trials"),
        ],
        rows=[
            [
                text(title(share["names"]) + kind),
                percent(share["value"]),
                between(share["low"], share["high"], 1, share=True),
            ]
            for kind, shares in (("", told["alone"]), (", only together", told["together"]))
            for share in shares
        ],
        note=(
            f"By functional ANOVA (Hutter et al., 2014) of {told['trials']} trials; {max(0.0, rest):.1%} is left to "
            f"other combinations. Ends that lie far apart say that the trials are few.{rounds}"
        ),
    )


def _figure(told: Mapping[str, Any]) -> Figure:
    import altair

    rows = [{**share, "name": title(share["names"])} for share in told["alone"][:_DRAWN]]
    y = altair.Y("name:N", sort=[row["name"] for row in rows], title=None)
    y = y.axis(ticks=False, domain=False, labelLimit=130)
    scale = altair.Scale(domain=[0, 1])
    axis = altair.Axis(format="%", tickCount=5)
    drawn = altair.Chart(charts.data([{key: row[key] for key in ("name", "value", "low", "high")} for row in rows]))
    tips = [
        charts.tip("name:N", "hyperparameter"),
        charts.tip("value:Q", "share", ".1%"),
        charts.tip("low:Q", "95 % interval from", ".1%"),
        charts.tip("high:Q", "to", ".1%"),
    ]
    bars = drawn.mark_bar(opacity=0.35, height={"band": 0.6}).encode(
        x=altair.X("value:Q", title="share of the differences between scores", scale=scale, axis=axis),
        y=y,
        tooltip=tips,
    )
    ends = drawn.mark_rule(color=charts.FIRST, strokeWidth=2).encode(
        x=altair.X("low:Q", scale=scale, title="share of the differences between scores"),
        x2="high:Q",
        y=y,
        tooltip=tips,
    )
    first = "; ".join(f"{row['name']} {row['value']:.0%} ({row['low']:.0%} to {row['high']:.0%})" for row in rows[:3])
    return Figure(
        caption="Which hyperparameter mattered; lines: 95 % intervals",
        description=f"The share of the differences between scores that each hyperparameter explains: {first}.",
        spec=charts.spec((bars + ends).properties(width="container", height=max(3, len(rows)) * _ROW)),
        small=True,
    )
