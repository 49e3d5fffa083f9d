"""May it ship, and why: the verdict, the shipped form in figures, every release check, and what to try."""

from collections.abc import Mapping
from typing import Any

from components.reporter import decisions, readings
from components.reporter.blocks import Block, Cell, Column, Fact, Facts, Notice, Section, Table, number, text
from components.reporter.sections import advice, promises
from modules import tasks
from modules.base import numerals
from modules.contracts.verdict import Decision

_WARNINGS = 8


def section(summary: Mapping[str, Any]) -> Section:
    """Builds the section; a stopped run has it too, which then says where and why it stopped."""
    blocks: list[Block] = []
    stopped = summary.get("stopped")
    if stopped:
        blocks.append(Notice(mark="bad", text=stopped["message"]))
    blocks += [*promises.uncovered(summary), Facts(facts=_figures(summary)), *promises.tables(summary)]
    blocks.append(_gates(summary["gates"]))
    blocks += [Notice(mark="muted", text=f"What to try: {said}") for said in advice.on_refusal(summary)]
    blocks += _warnings(summary["data_gate"])
    return Section(
        id="verdict", title="May it ship?", lead=_answer(summary), order=10, blocks=[b for b in blocks if _filled(b)]
    )


def _filled(block: Block) -> bool:
    return not (isinstance(block, Table) and not block.rows) and not (isinstance(block, Facts) and not block.facts)


def _answer(summary: Mapping[str, Any]) -> str:
    if summary.get("stopped"):
        judged = "" if summary["slices"] else ", and no model was judged"
        return f"No: the run stopped at {summary['stopped']['step']}{judged}."
    said = _decided(summary)
    foremost = promises.foremost(decisions.of(summary))
    if foremost:
        said += f" {foremost}"
    return said if promises.covers_groups(summary) else f"{said} No promise covers groups."


def _decided(summary: Mapping[str, Any]) -> str:
    gates, promised = summary["gates"], decisions.of(summary)
    failed = [gate for gate in gates if not gate["passed"]]
    stopping = [one for one in promised if one.stops]
    if summary["blessed"]:
        kept = sum(one.state == "kept" for one in promised)
        held = f", kept {kept} of {len(promised)} promises" if promised else ""
        return f"Yes: the {summary['shipped_form']} model passed all {len(gates)} release checks{held} and was pushed."
    reasons = []
    if failed:
        reasons.append(f"{len(failed)} of {len(gates)} release checks failed")
    if stopping:
        reasons.append(f"{len(stopping)} of {len(promised)} promises {_refusing(stopping)}")
    if not reasons:
        return "No: the Verdict gave no blessing."
    return f"No: {' and '.join(reasons)}, and nothing was pushed."


def _refusing(stopping: list[Decision]) -> str:
    """Says what is the matter with the promises that keep a model from shipping."""
    verb = "is" if len(stopping) == 1 else "are"
    states = {one.state for one in stopping}
    return f"{verb} {' or '.join(state for state in ('broken', 'undecided') if state in states)}"


def _figures(summary: Mapping[str, Any]) -> list[Fact]:
    rung, facts = readings.shipped(summary), []
    if rung:
        intervals = readings.by_slice(summary)["intervals"].get(readings.OVERALL, {})
        for name in tasks.LADDER[summary["task"]]:
            known = intervals.get(name) or {}
            notes = []
            if known.get("low") is not None:
                notes.append(f"95 %: {numerals.interval(known['low'], known['high'], '.4f')}")
            notes += [
                f"{reference['name']}: {numerals.written(reference['metrics'][name], '.4f')}"
                for reference in summary.get("references", [])
                if reference["metrics"].get(name) is not None
            ]
            value = numerals.written(rung[name], ".4f")
            facts.append(Fact(name=tasks.METRICS[name].title, value=value, note="\n".join(notes)))
        facts += [
            Fact(name="size", value=f"{rung['bytes']:,} B", note=f"{rung['gzip_bytes']:,} B after gzip"),
            Fact(name="one row", value=f"{rung['latency_p50_us']:.0f} µs", note="median, one thread"),
        ]
    return facts


def _gates(gates: list[dict[str, Any]]) -> Table:
    return Table(
        caption="Release checks",
        columns=[Column(title=name, numeric=name in ("value", "limit", "distance")) for name in _GATE_COLUMNS],
        rows=[
            [
                text(gate["name"]),
                text("yes", "good") if gate["passed"] else text("no", "bad"),
                _value(gate["value"]),
                Cell(text=f"{gate['rule']} {_value(gate['limit']).text}", sort=float(gate["limit"])),
                _distance(gate),
                _sure(gate),
                text(gate["slice"]),
            ]
            for gate in gates
        ],
        note="The distance is how far the value lies within its limit; it is negative where the check failed.",
    )


_GATE_COLUMNS = ("check", "passed", "value", "limit", "distance", "sure", "slice")


def _distance(gate: Mapping[str, Any]) -> Cell:
    margin = gate.get("margin")
    if margin is None:
        return number(None)
    return Cell(text=numerals.written(margin, "+," if isinstance(margin, int) else "+,.4f"), sort=float(margin))


def _sure(gate: Mapping[str, Any]) -> Cell:
    """Says whether other test rows could turn the check; a run of an earlier version did not ask."""
    known = gate.get("sure")
    if known is None:
        return text("–", "muted")
    if known:
        return text("yes")
    settle = gate["rows_to_settle"]
    return text("unsure" + (f": about {settle:,} rows would settle it" if settle else ""), "warning")


def _value(value: float | None) -> Cell:
    if value is None:  # precision, where no row is predicted positive
        return text("undefined")
    return number(value, 0) if isinstance(value, int) else number(value)


def _warnings(findings: list[dict[str, Any]]) -> list[Notice]:
    shown = [Notice(mark="warning", text=finding["message"]) for finding in findings[:_WARNINGS]]
    if len(findings) > _WARNINGS:
        shown.append(Notice(mark="warning", text=f"{len(findings) - _WARNINGS} more warnings are in summary.json"))
    return shown
