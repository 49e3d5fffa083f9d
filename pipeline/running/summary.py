"""What came of a run, for the terminal: the ladder, the forms, the gates, the promises, the verdict."""

from typing import Any

from components.reporter import decisions, teaching
from components.reporter.facts.size import pareto_front
from modules import tasks
from modules.base import numerals
from pipeline.running import promised

# Warnings of the data gate, slices too small to judge, and promises that refuse a model, shown in the terminal.
_WARNINGS, _SLICES, _SAID = 5, 5, 3
# Models that a table of the terminal shows; of more, those that no other one beats.
_MODELS = 8
_UNCOMPRESSED = ("teacher", "student")


def render(summary: dict[str, Any]) -> str:
    """Formats the summary for the terminal: ladder, forms, gates, promises, warnings, slices that are too small."""
    from pipeline import terminal

    gates = terminal.table(
        "Gates",
        ["gate", "slice", "value", "95 %", "limit", "passed", "sure"],
        [
            [
                gate["name"],
                gate["slice"],
                _number(gate["value"]),
                "" if gate["low"] is None else f"{_number(gate['low'])} to {_number(gate['high'])}",
                f"{gate['rule']} {_number(gate['limit'])}",
                "yes" if gate["passed"] else "NO",
                _SURE[gate["sure"]],
            ]
            for gate in summary["gates"]
        ],
    )
    unsure = [f"Unsure: {doubt(gate)}." for gate in summary["gates"] if gate["sure"] is False]
    parts = [
        _ladder(summary),
        *_tried(summary.get("selection")),
        gates,
        *(["\n".join(unsure)] if unsure else []),
        *promised.shown(decisions.of(summary)),
    ]
    parts += _warnings(summary["data_gate"])
    small = [
        f"{entry['slice']} ({entry['metrics'].get('example_count', 0):.0f} rows)"
        for entry in summary["slices"]
        if entry["too_small"]
    ]
    if small:
        rest = f"; and {len(small) - _SLICES:,} more, see summary.json" if len(small) > _SLICES else ""
        parts.append("Too small to judge, and not decisive: " + "; ".join(small[:_SLICES]) + rest)
    return "\n\n".join(parts)


def _ladder(summary: dict[str, Any]) -> str:
    from pipeline import terminal

    shown = tasks.LADDER[summary["task"]]
    ships = tasks.rung_name(summary["shipped_form"])
    kept = {*_UNCOMPRESSED, *summary.get("size", {}).get("front", ()), ships}
    rungs, rest = _most_telling(summary["ladder"], kept)
    text = terminal.table(
        "Ladder (test rows; latency of one row, one thread, µs)",
        ["form", *(tasks.METRICS[name].title for name in shown), "bytes", "gzip", "sparsity", "p50", "p99"],
        [
            [
                rung["form"],
                *(numerals.written(rung[name], ".4f") for name in shown),
                f"{rung['bytes']:,}",
                f"{rung['gzip_bytes']:,}",
                f"{rung['sparsity']:.2f}",
                f"{rung['latency_p50_us']:.0f}",
                f"{rung['latency_p99_us']:.0f}",
            ]
            for rung in rungs
        ],
        marks=[rung["form"] == ships for rung in rungs],
    )
    return "\n".join(filter(None, (text + rest, teaching.note_on_files(summary))))


def _tried(selection: dict[str, Any] | None) -> list[str]:
    """Returns why each form was taken or passed over; nothing of a run that did not choose."""
    from pipeline import terminal

    if selection is None:
        return []
    metric = tasks.METRICS[selection["metric"]]
    points = [one | one["metrics"] for one in selection["forms"] if metric.name in one["metrics"]]
    front = pareto_front(points, metric.name, metric.higher_is_better)
    chosen = [one["form"] for one in selection["forms"] if one["chosen"]]
    forms, rest = _most_telling(selection["forms"], {*front, *chosen})
    rows = [[one["form"], one["why"], f"{one['bytes']:,}"] for one in forms]
    marks = [one["chosen"] for one in forms]
    title = "Forms, as held against gates and promises on the validation rows"
    text = terminal.table(title, ["form", "taken, or passed over", "bytes"], rows, marks, left=2) + rest
    if selection["threshold"] is None:
        return [text]
    notice = f"; {selection['threshold_notice']}" if selection["threshold_notice"] else ""
    return [f"{text}\nThreshold {selection['threshold']:g}: {selection['threshold_how']}{notice}."]


def _most_telling(entries: list[dict[str, Any]], kept: set[str]) -> tuple[list[dict[str, Any]], str]:
    """Returns the entries that are shown, and a line on the rest: of many models just those whose form is kept."""
    if len(entries) <= _MODELS:
        return entries, ""
    shown = [one for one in entries if one["form"] in kept]
    beaten = len(entries) - len(shown)
    return (
        shown,
        f"\n  and {beaten} more, none as small and as good as one of these; see summary.json" if beaten else "",
    )


def doubt(gate: dict[str, Any]) -> str:
    """Says of a gate that its test rows do not decide why they do not, and about how many would."""
    what = f"{gate['name']} ({gate['slice']}) is {_number(gate['value'])} on {gate['rows']:,} test rows"
    needed = f"{gate['rule']} {_number(gate['limit'])} is needed"
    if gate["low"] is None:
        why = f"{needed}, and there is no interval ({gate['reason']})"
    else:
        why = f"{needed}, and the interval from {_number(gate['low'])} to {_number(gate['high'])} leaves both open"
    settle = f"; about {gate['rows_to_settle']:,} rows would settle it" if gate["rows_to_settle"] else ""
    return f"{what}: {why}{settle}"


# Of a change there is no interval.
_SURE = {True: "yes", False: "UNSURE", None: ""}


def _warnings(findings: list[dict[str, Any]]) -> list[str]:
    if not findings:
        return []
    lines = [f"Data gate: {len(findings)} warning{'' if len(findings) == 1 else 's'}"]
    lines += [f"  {finding['message']}" for finding in findings[:_WARNINGS]]
    if len(findings) > _WARNINGS:
        lines.append(f"  and {len(findings) - _WARNINGS} more, see summary.json")
    return ["\n".join(lines)]


def _number(value: float | None) -> str:
    if value is None:  # precision, where no row is predicted positive
        return "undefined"
    return str(value) if isinstance(value, int) else numerals.written(value, ".4f")


def refusal(summary: dict[str, Any]) -> str:
    """Says in one sentence why a model was not blessed."""
    failed = [
        f"{gate['name']} ({gate['slice']}) is {_number(gate['value'])}, "
        f"{gate['rule']} {_number(gate['limit'])} is needed"
        for gate in summary["gates"]
        if not gate["passed"]
    ]
    stopping = [one for one in decisions.ranked(decisions.of(summary)) if one.stops]
    failed += [decisions.sentence(one) for one in stopping[:_SAID]]
    if len(stopping) > _SAID:
        failed.append(f"and {len(stopping) - _SAID:,} more promises, see summary.json")
    return "; ".join(failed) or "the Verdict gave no blessing"
