"""What to try when a release check failed or a promise was not kept; a part of the section on the verdict."""

from collections.abc import Mapping
from typing import Any

from components.reporter import decisions, readings
from components.reporter.sections import advice_on_promises
from modules import tasks
from modules.contracts.verdict import Decision

_BASELINE = " against the baseline"
_PROMISES = 5  # that get advice


def on_refusal(summary: Mapping[str, Any]) -> list[str]:
    """Returns what to try, one or two sentences for each check that failed and each promise that refuses the model.

    Nothing of a run that was stopped, and of many promises what is to say of the worst.

    Args:
        summary: The content of summary.json.
    """
    if summary.get("stopped"):
        return []
    said = [_of_gate(gate, summary) for gate in summary["gates"] if not gate["passed"]]
    stopping = [one for one in decisions.ranked(decisions.of(summary)) if one.stops]
    # Of several decisions on one measure, what is to say of the worst is to say of all.
    worst: dict[tuple[str, ...], Decision] = {}
    for one in stopping:
        worst.setdefault((one.kind, one.measure, one.state), one)
    said += [advice_on_promises.of_decision(one, summary) for one in [*worst.values()][:_PROMISES]]
    return list(dict.fromkeys(said))


def _of_gate(gate: Mapping[str, Any], summary: Mapping[str, Any]) -> str:
    name = gate["name"]
    if name == "data gate: stops":
        return "correct the data that the data gate names, or let that rule warn under data_gate in the config."
    if name == "sparsity":
        return "raise pruner.epochs, or lower pruner.sparsity."
    metric = name.removesuffix(_BASELINE)
    title = tasks.METRICS[metric].title if metric in tasks.METRICS else metric
    if name != metric:
        return (
            f"{title} fell since the last blessed model. Compare both runs with the command `report --compare`, which "
            "shows what changed in data, code and config."
        )
    if gate.get("sure") is False and gate.get("rows_to_settle"):
        rows = f"about {gate['rows_to_settle']:,} test rows would settle it."
        return f"the limit of {title} lies within its interval: {rows}"
    passing = _passing(gate, metric, summary)
    if passing:
        several = any(tasks.numeric_form(name) != name for name in passing)
        setting = "quantizer.form and pruner.sparsity" if several else "quantizer.form"
        return f"{_listed(passing)} would pass in {title}. Set {setting} to one of these, or lower pruner.sparsity."
    return (
        f"no smaller or larger form reaches the limit of {title}. Add rows or columns that tell more about the label, "
        "search longer (tuner.max_epochs, tuner.iterations), or set another limit under evaluation.gates."
    )


def _passing(gate: Mapping[str, Any], metric: str, summary: Mapping[str, Any]) -> list[str]:
    """Returns the forms that could ship and would pass."""
    shipped = readings.shipped(summary)
    sign = 1 if gate["rule"] == "at least" else -1
    return [
        rung["form"]
        for rung in summary["ladder"]
        if rung is not shipped
        and rung["form"] not in ("teacher", "student")
        and rung.get(metric) is not None
        and sign * rung[metric] >= sign * gate["limit"]
    ]


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
