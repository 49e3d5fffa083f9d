"""How small is it: every model from the teacher to the smallest form, in a table and against its quality."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.reporter import readings, teaching
from components.reporter.blocks import Block, Cell, Column, Section, Table, number, percent, text
from components.reporter.figures import fronts
from modules import tasks
from modules.base import numerals


def section(summary: Mapping[str, Any]) -> Section | None:
    """Builds the section; a run that stopped before the Ladder has none."""
    ladder = summary.get("ladder")
    if not ladder:
        return None
    shipped = tasks.rung_name(summary.get("shipped_form", ""))
    task = summary["task"]
    tables = [_table(ladder, task, shipped), _against_student(ladder, task, shipped), _device_table(ladder, shipped)]
    blocks: list[Block] = [table for table in tables if table]
    if "size" in summary:
        blocks = [*fronts.figures(ladder, summary["size"], shipped), *blocks]
    if "pruning" in summary:
        blocks.append(_pruning(summary["pruning"]))
    if "selection" in summary:
        blocks.append(_tried(summary["selection"]))
    lead = " ".join(filter(None, (_answer(summary, shipped), teaching.note_on_files(summary))))
    return Section(id="size", title="How small is it?", lead=lead, order=40, blocks=blocks)


def _answer(summary: Mapping[str, Any], shipped: str) -> str:
    rungs = {rung["form"]: rung for rung in summary["ladder"]}
    first, last = summary["ladder"][0], rungs.get(shipped)
    if last is None or last is first:
        return f"{len(rungs)} model{' was' if len(rungs) == 1 else 's were'} measured on the test rows."
    metric = tasks.METRICS[summary.get("size", {}).get("metric") or tasks.LADDER[summary["task"]][0]]
    name = next(name for name, known in tasks.METRICS.items() if known is metric)
    before, after = first[name], last[name]
    change = (
        "the same"
        if f"{after - before:.4f}" in ("0.0000", "-0.0000")
        else (f"{abs(after - before):.4f} {'higher' if after > before else 'lower'}")
    )
    known = readings.interval_of(summary, name)
    told = ", which lies within its 95 % interval" if known and known[0] <= before <= known[1] else ""
    ours, its = (numerals.written(value, ".4f") for value in (after, before))
    return (
        f"The {shipped} model that ships is {first['gzip_bytes'] / last['gzip_bytes']:.1f} times smaller than the "
        f"{first['form']}: {last['gzip_bytes']:,} bytes after gzip instead of {first['gzip_bytes']:,}. "
        f"Its {metric.title} is {change}: {ours}, and the {first['form']}'s {its}{told}."
    )


def _table(ladder: Sequence[dict[str, Any]], task: str, shipped: str) -> Table:
    metrics = tasks.LADDER[task]
    titles = [tasks.METRICS[name].title for name in metrics]
    return Table(
        caption="Ladder: every model, measured on the test rows",
        columns=[
            Column(title="form", numeric=False),
            *(Column(title=title) for title in [*titles, "bytes", "after gzip", "sparsity", "p50, µs", "p99, µs"]),
        ],
        rows=[
            [
                _name(rung, shipped),
                *(number(rung.get(name)) for name in metrics),
                number(rung["bytes"], 0),
                number(rung["gzip_bytes"], 0),
                percent(rung["sparsity"], 0),
                number(rung["latency_p50_us"], 0),
                number(rung["latency_p99_us"], 0),
            ]
            for rung in ladder
        ],
        note="Latency of one row, one thread, preprocessing included: the median (p50) and the 99th percentile (p99).",
    )


def _against_student(ladder: Sequence[dict[str, Any]], task: str, shipped: str) -> Table | None:
    """Returns what compressing cost; None of a ladder that does not say."""
    compared = [rung for rung in ladder if rung.get("gain") is not None]
    if not compared:
        return None
    title = tasks.METRICS[tasks.LADDER[task][0]].title
    return Table(
        caption="Against the uncompressed student, on the same test rows",
        columns=[
            Column(title="form", numeric=False),
            *(Column(title=name) for name in (f"{title} higher by", "95 % from", "to", "same decisions")),
        ],
        rows=[
            [
                _name(rung, shipped),
                *(number(rung[name], 5) for name in ("gain", "gain_low", "gain_high")),
                percent(rung["same_decisions"], 2),
            ]
            for rung in compared
        ],
        note="The interval is of the difference, both models being measured on the same rows: as a rule narrower than "
        "that of either.",
    )


def _device_table(ladder: Sequence[dict[str, Any]], shipped: str) -> Table:
    titles = ["time of a row, ratio", "memory, bytes", "kernel difference", "decisions changed"]
    return Table(
        caption="On a device: what every model takes, and how far its answers depend on the kernels",
        columns=[Column(title="form", numeric=False), *(Column(title=title) for title in titles)],
        rows=[
            [
                _name(rung, shipped),
                number(rung.get("latency_ratio"), 2),
                number(rung.get("memory_bytes"), 0),
                _rounded(rung.get("kernel_difference")),
                percent(rung.get("kernel_changed_decisions"), 2),
            ]
            for rung in ladder
        ],
        note="Time: over that of a product of two matrices of 32 by 32, timed in turn. Memory: what LiteRT allocates "
        "to open the file and answer one row. Difference and decisions: between the delegate that apps use by default "
        "and the reference kernels, over the test rows.",
    )


def _name(rung: Mapping[str, Any], shipped: str) -> Cell:
    return text(f"{rung['form']} (ships)", "good") if rung["form"] == shipped else text(rung["form"])


def _rounded(difference: float | None) -> Cell:
    """Returns a cell with two significant digits: differences span many orders of magnitude."""
    return number(None) if difference is None else Cell(text=f"{difference:.2g}", sort=difference)


def _pruning(networks: Sequence[Mapping[str, Any]]) -> Table:
    """Returns what pruning left of the student at each sparsity."""
    titles = ["zeros", "inputs left", "of", "hidden units left", "of", "weights after gzip", "of"]
    return Table(
        caption="What pruning left of the student",
        columns=[Column(title="zeros asked for"), *(Column(title=title) for title in titles)],
        rows=[
            [
                percent(one["sparsity"], 0),
                percent(one["measured"]),
                *(number(one[name][place], 0) for name in ("inputs", "units") for place in (1, 0)),
                number(one["gzip_bytes"], 0),
                number(one["gzip_bytes_before"], 0),
            ]
            for one in networks
        ],
        note="Zeros and gzip are of the network before anything is left out. An input is an element of the encoded "
        "row; what is left out changes no answer.",
    )


def _tried(selection: Mapping[str, Any]) -> Table:
    """Returns which form was taken, and why each of the others was passed over."""
    title = tasks.METRICS[selection["metric"]].title
    rows = [
        [
            text(one["form"], "good" if one["chosen"] else ""),
            number(one["bytes"], 0),
            number(one.get("gzip_bytes"), 0),
            number(one["metrics"].get(selection["metric"])),
            text(one["why"]),
        ]
        for one in selection["forms"]
    ]
    threshold = selection["threshold"]
    note = f"Chosen on {selection['rows']:,} validation rows."
    if threshold is not None:
        note += f" Decision threshold {threshold:g}: {selection['threshold_how']}."
    if selection["threshold_notice"]:
        note += f" {selection['threshold_notice'][0].upper()}{selection['threshold_notice'][1:]}."
    columns = [
        ("form", False),
        ("bytes", True),
        ("after gzip", True),
        (f"{title} on validation rows", True),
        ("why", False),
    ]
    return Table(
        caption="Which form was taken, and why the others were passed over",
        columns=[Column(title=name, numeric=numeric) for name, numeric in columns],
        rows=rows,
        note=note,
    )
