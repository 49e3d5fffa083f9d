"""Where does it come from: which step made what from what, how long it took, and with which code, data and settings."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.reporter import charts
from components.reporter.blocks import Block, Cell, Code, Column, Details, Figure, Section, Table, number, text
from components.reporter.sections import lineage

_KNOWN = {
    "finished": "finished",
    "command": "command",
    "seed": "seed",
    "data_fingerprint": "fingerprint of the data",
    "code_digest": "digest of the code",
    "model_sha256": "sha256 of the .tflite",
}


def section(summary: Mapping[str, Any]) -> Section | None:
    """Builds the section; only the runner knows steps and lineage, and what it does not know is left out."""
    graph = summary.get("lineage") or {"nodes": [], "edges": []}
    # ML Metadata knows what came from the cache; the runner also counts looking a baseline up.
    cached = {node["step"]: node["cached"] for node in graph["nodes"]}
    steps = [dict(step) | {"cached": cached.get(step["name"], step["cached"])} for step in summary.get("steps") or []]
    blocks: list[Block] = []
    if graph["nodes"]:
        blocks.append(lineage.figure(graph, {step["name"]: step["seconds"] for step in steps}))
    if steps:
        blocks.append(_seconds(steps))
    blocks += _facts(summary)
    folded = [*_versions(summary), *_steps(steps, graph), *_artifacts(graph), *_config(summary)]
    if not blocks and not folded:
        return None
    lead = _answer(steps, summary)
    return Section(id="origin", title="Where does it come from?", lead=lead, order=70, blocks=[*blocks, *folded])


def _answer(steps: Sequence[Mapping[str, Any]], summary: Mapping[str, Any]) -> str:
    if not steps:
        return "The data, code, versions and settings of this run."
    cached = sum(step["cached"] for step in steps)
    longest = max(steps, key=lambda step: step["seconds"])
    told = f"{len(steps)} step{'' if len(steps) == 1 else 's'} took {sum(step['seconds'] for step in steps):.1f} s"
    told += f", {cached} of them from the cache" if cached else ", none of them from the cache"
    seed = f" The seed was {summary['seed']}." if "seed" in summary else ""
    return f"{told}; the longest was {longest['name']} with {longest['seconds']:.1f} s.{seed}"


def _facts(summary: Mapping[str, Any]) -> list[Block]:
    rows = [[text(title), text(str(summary[name]))] for name, title in _KNOWN.items() if name in summary]
    return [Table(caption="The run", columns=_columns("what", "value"), rows=rows)] if rows else []


def _versions(summary: Mapping[str, Any]) -> list[Block]:
    rows = [[text(name), text(version)] for name, version in summary.get("versions", {}).items()]
    table = Table(caption="This project, Python and its packages", columns=_columns("package", "version"), rows=rows)
    return [Details(title="Versions", blocks=[table])] if rows else []


def _columns(*titles: str, numeric: Sequence[str] = ()) -> list[Column]:
    return [Column(title=title, numeric=title in numeric) for title in titles]


def _cached(cached: bool) -> Cell:
    return text("from the cache", "muted") if cached else text("run")


def _steps(steps: Sequence[Mapping[str, Any]], graph: Mapping[str, Any]) -> list[Block]:
    if not steps:
        return []
    nodes = {node["step"]: node for node in graph["nodes"]}
    rows = [
        [
            text(step["name"]),
            number(step["seconds"], 2),
            _cached(step["cached"]),
            number(nodes.get(step["name"], {}).get("execution"), 0),
            text(nodes.get(step["name"], {}).get("code", "–")),
        ]
        for step in steps
    ]
    columns = _columns("step", "seconds", "how", "execution", "digest of the code", numeric=("seconds", "execution"))
    return [Details(title="Steps", blocks=[Table(caption="Steps, in their order", columns=columns, rows=rows)])]


def _artifacts(graph: Mapping[str, Any]) -> list[Block]:
    if not graph["edges"]:
        return []
    users: dict[tuple[Any, ...], list[str]] = {}
    for edge in graph["edges"]:
        users.setdefault(tuple(edge[key] for key in ("id", "artifact", "from", "uri")), []).append(edge["to"])
    rows = [
        [Cell(text=str(number), sort=number), text(kind), text(maker), text(", ".join(used_by)), text(uri)]
        for (number, kind, maker, uri), used_by in users.items()
    ]
    columns = _columns("artifact", "type", "made by", "used by", "folder")
    caption = "Artifacts: which step made them, and which steps used them"
    return [Details(title="Artifacts", blocks=[Table(caption=caption, columns=columns, rows=rows)])]


def _config(summary: Mapping[str, Any]) -> list[Block]:
    if "config" not in summary:
        return []
    import yaml

    written = yaml.safe_dump(summary["config"], sort_keys=False, allow_unicode=True)
    return [Details(title="Config, with every default", blocks=[Code(caption="Config as YAML", text=written)])]


def _seconds(steps: Sequence[Mapping[str, Any]]) -> Figure:
    import altair

    rows = [
        {"step": step["name"], "seconds": step["seconds"], "how": "from the cache" if step["cached"] else "run"}
        for step in steps
    ]
    names = [row["step"] for row in rows]
    base = altair.Chart(charts.data(rows)).encode(
        y=altair.Y("step:N", sort=names, title=None).axis(labelLimit=140, grid=False, ticks=False, domain=False),
        x=altair.X("seconds:Q", title="seconds").axis(tickCount=5),
    )
    colour = altair.Color("how:N").scale(domain=["run", "from the cache"], range=[charts.FIRST, charts.MUTED])
    tips = [charts.tip("step:N", "step"), charts.tip("seconds:Q", "seconds", ".2f"), charts.tip("how:N", "how")]
    bars = base.mark_bar().encode(color=colour, tooltip=tips)
    words = base.mark_text(align="left", dx=4, fontSize=10, color="currentColor").encode(
        text=altair.Text("seconds:Q", format=".1f")
    )
    longest = sorted(steps, key=lambda step: -step["seconds"])[:3]
    told = ", ".join(f"{step['name']} {step['seconds']:.1f}" for step in longest)
    return Figure(
        caption="Seconds per step, in the order in which they ran",
        description=f"{sum(step['seconds'] for step in steps):.1f} seconds in all; the longest steps: {told}.",
        spec=charts.spec(altair.layer(bars, words).properties(width="container", height=17 * len(rows))),
    )
