"""Whether the model may ship, every gate with its value and its limit, and how every promise fared."""

from typing import Any

from components.reporter import decisions
from components.reporter.sources import Sources
from modules import tasks
from modules.base.settings import Score
from modules.contracts import report_section, tflite
from modules.judging import tfma_results
from modules.judging.gates import Evidence, GateResult, Rule, evidence_of
from modules.tasks import measures


def facts(sources: Sources) -> dict[str, Any]:
    """Returns what decides: verdict, shipped form and its threshold, gates, promises, warnings, and steps' sections."""
    settings, records = sources.settings, sources.records
    part = {
        "name": settings.name,
        "task": settings.label.task,
        "classes": sources.classes,
        "blessed": False,
        "pushed": None,
        "gates": _gates(sources),
        decisions.KEY: [one.to_json() for one in sources.verdict.decisions] if sources.verdict else [],
        "data_gate": [finding.to_json() for finding in sources.findings or []],
        "sections": [report_section.read(record.uri) for record in sources.sections],
    }
    if "quantized_model" in records:
        part["shipped_form"] = records["quantized_model"].properties["form"]
        part["threshold"] = sources.card.threshold if sources.card else None
    if "blessing" in records:
        part["blessed"] = bool(records["blessing"].properties.get("blessed"))
    if part["blessed"] and "pushed_model" in records:
        part["pushed"] = _pushed(sources)
    return part


def _gates(sources: Sources) -> list[dict[str, Any]]:
    findings, pruner = sources.findings, sources.settings.pruner
    results: list[GateResult] = []
    if findings is not None:
        stops = sum(finding.severity == "stop" for finding in findings)
        results.append(GateResult("data gate: stops", stops, "at most", 0, exact=True))
    if "pruned_model" in sources.records:
        pruned = sources.records["pruned_model"].properties["sparsity"]
        least = max(pruner.sparsities[0] - pruner.tolerance, 0.0)
        results.append(GateResult("sparsity", pruned, "at least", least, exact=True))
    return [gate.to_json() for gate in results + (_of_metrics(sources) if sources.metrics else [])]


def _of_metrics(sources: Sources) -> list[GateResult]:
    overall, before = sources.metrics["overall"], sources.before
    results = []
    for name, gate in sources.settings.evaluation.gates.given.items():
        value, earlier = overall.get(name), before.get(name)
        if isinstance(gate, Score):
            limit, allowed = gate.minimum, None if gate.max_drop is None else -gate.max_drop
        else:
            limit, allowed = gate.maximum, gate.max_rise
        rule: Rule = "at least" if isinstance(gate, Score) else "at most"
        if limit is not None:
            reference = sources.reference.metrics.get(name) if sources.reference else None
            results.append(GateResult(name, value, rule, limit, _evidence(sources, name), reference=reference))
        if before and allowed is not None:
            change = None if value is None or earlier is None else value - earlier
            results.append(GateResult(f"{name} against the baseline", change, rule, allowed))
    return results


def _evidence(sources: Sources, name: str) -> Evidence | None:
    """Returns what the Intervals say of a metric of all test rows; None if the run did not get there."""
    overall = sources.intervals.slices[0] if sources.intervals else None
    if overall is None or name not in overall.metrics:
        return None
    measure = tasks.METRICS[name].measures[sources.settings.label.task]
    return evidence_of(overall.metrics[name], overall.rows, not isinstance(measure, measures.Sums))


def _pushed(sources: Sources) -> dict[str, Any]:
    artifact, overall = sources.records["pushed_model"], tfma_results.defined(sources.metrics["overall"])
    card = tflite.read_card(artifact.uri)
    return {
        "path": artifact.properties["pushed_destination"],
        "version": artifact.properties["pushed_version"],
        "form": card.form,
        **card.pushed["size"],
        "metrics": overall,
    }
