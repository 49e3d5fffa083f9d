"""The scores of concepts at each hidden layer, beside those of random directions."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.reporter import charts
from components.reporter.blocks import Figure

_ROW, _OF_ANSWER = 18, 12  # pixels of a concept, and of each further answer
_SEVERAL = 4  # more layers or answers are in the table alone


def figures(content: Mapping[str, Any]) -> list[Figure]:
    """Returns a figure for each hidden layer.

    Args:
        content: What the method found.
    """
    if not content["scores"]:
        return []
    return [_figure(content, number, name) for number, name in enumerate(content["layers"][:_SEVERAL])]


def _figure(content: Mapping[str, Any], layer: int, name: str) -> Figure:
    import altair

    outputs = content["outputs"][:_SEVERAL]
    scores = [its for its in content["scores"] if its["layer"] == layer and its["output"] < len(outputs)]
    rows = [_row(its, outputs) for its in scores]
    names = list(dict.fromkeys(row["concept"] for row in rows))
    x = altair.X("score:Q", title="share of rows whose answer rises", scale=altair.Scale(domain=[0, 1]))
    x = x.axis(format="%", tickCount=5)
    y = altair.Y(
        "concept:N", sort=names, title=None, axis=altair.Axis(labelLimit=130, labelPadding=8, ticks=False, domain=False)
    )
    base = altair.Chart(charts.data(rows)).encode(y=y, color=altair.value(charts.FIRST))
    if len(outputs) > 1:
        colour = altair.Color("answer:N", sort=outputs, scale=altair.Scale(domain=outputs))
        base = base.encode(yOffset=altair.YOffset("answer:N", sort=outputs), color=colour)
    tips = [
        charts.tip("concept:N", "concept"),
        charts.tip("answer:N", "answer"),
        charts.tip("score:Q", "score", ".1%"),
        charts.tip("random:Q", "random directions", ".1%"),
        charts.tip("p_value:Q", "p-value, corrected", ".3g"),
    ]
    solid = altair.condition("datum.used", altair.value(1.0), altair.value(0.35))
    chart = altair.layer(
        base.mark_rule(strokeWidth=2).encode(x=altair.X("low:Q"), x2="high:Q", opacity=solid),
        base.mark_tick(thickness=2, size=9).encode(x=altair.X("random:Q"), color=altair.value(charts.MUTED)),
        base.mark_point(filled=True, size=60).encode(x=x, tooltip=tips, opacity=solid),
    )
    height = (_ROW + _OF_ANSWER * (len(outputs) - 1)) * len(names)
    return Figure(
        caption=f"At {name}: in how many rows the answer rises with a concept, with 95 % intervals; grey ticks are "
        "random directions, pale points are no further from them than chance goes",
        description=_described(scores, outputs, name),
        spec=charts.spec(chart.properties(width="container", height=height + 10)),
        small=len(content["layers"]) > 1,
    )


def _row(score: Mapping[str, Any], outputs: Sequence[str]) -> dict[str, Any]:
    return {
        "concept": score["concept"],
        "answer": outputs[score["output"]],
        "score": round(score["score"], 4),
        "low": round(score["low"], 4),
        "high": round(score["high"], 4),
        "random": round(score["random_score"], 4),
        "p_value": float(f"{score['p_value']:.3g}"),
        "used": score["is_used"],
    }


def _described(scores: Sequence[Mapping[str, Any]], outputs: Sequence[str], name: str) -> str:
    said = ", ".join(
        f"{its['concept']} of {outputs[its['output']]} {its['score']:.0%} (random {its['random_score']:.0%})"
        for its in scores[:6]
    )
    return f"Share of rows whose answer rises in the direction of a concept, at {name}: {said}."
