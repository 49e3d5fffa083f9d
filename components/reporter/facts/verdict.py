"""Whether the model may ship, and every gate with its value and its limit."""

from typing import Any

from components.reporter.sources import Sources
from modules.base.settings import Score
from modules.contracts import report_section, tflite
from modules.judging import tfma_results


def facts(sources: Sources) -> dict[str, Any]:
    """Returns `name`, `task`, `classes`, `blessed`, `pushed`, `shipped_form`, `gates`, `data_gate`, `sections`."""
    settings, records = sources.settings, sources.records
    found = {
        "name": settings.name,
        "task": settings.label.task,
        "classes": sources.classes,
        "blessed": False,
        "pushed": None,
        "gates": _gates(sources),
        "data_gate": [finding.to_json() for finding in sources.findings or []],
        "sections": [report_section.read(record.uri) for record in sources.sections],
    }
    if "quantized_model" in records:
        found["shipped_form"] = records["quantized_model"].properties["form"]
    if "blessing" in records:
        found["blessed"] = bool(records["blessing"].properties.get("blessed"))
    if found["blessed"] and "pushed_model" in records:
        found["pushed"] = _pushed(sources)
    return found


def _gates(sources: Sources) -> list[dict[str, Any]]:
    findings, pruner = sources.findings, sources.settings.pruner
    gates = []
    if findings is not None:
        gates.append(_gate("data gate: stops", sum(finding.severity == "stop" for finding in findings), most=0))
    if "pruned_model" in sources.records:
        pruned = sources.records["pruned_model"].properties["sparsity"]
        gates.append(_gate("sparsity", pruned, least=pruner.sparsity - pruner.tolerance))
    return gates + (_of_metrics(sources) if sources.metrics else [])


def _gate(name: str, value: float | None, *, least: float | None = None, most: float | None = None) -> dict[str, Any]:
    passed = value is not None and (value >= least if least is not None else value <= (most or 0))
    limit, rule = (least, "at least") if least is not None else (most, "at most")
    return {"name": name, "slice": "overall", "value": value, "rule": rule, "limit": limit, "passed": bool(passed)}


def _of_metrics(sources: Sources) -> list[dict[str, Any]]:
    settings, overall = sources.settings, sources.metrics["overall"]
    before = tfma_results.baseline_metrics(sources.records["evaluation"].uri)
    gates = []
    for name, gate in settings.evaluation.gates.given.items():
        change = overall[name] - before[name] if name in overall and name in before else None
        if isinstance(gate, Score):
            limit, change_limit = {"least": gate.minimum}, {"least": None if gate.max_drop is None else -gate.max_drop}
        else:
            limit, change_limit = {"most": gate.maximum}, {"most": gate.max_rise}
        if None not in limit.values():
            gates.append(_gate(name, overall.get(name), **limit))
        if before and None not in change_limit.values():
            gates.append(_gate(f"{name} against the baseline", change, **change_limit))
    return gates


def _pushed(sources: Sources) -> dict[str, Any]:
    artifact, overall = sources.records["pushed_model"], sources.metrics["overall"]
    card = tflite.read_card(artifact.uri)
    return {
        "path": artifact.properties["pushed_destination"],
        "version": artifact.properties["pushed_version"],
        "form": card.form,
        **card.pushed["size"],
        "metrics": overall,
    }
