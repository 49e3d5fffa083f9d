"""What came of a run: the ladder, the gates, the verdict and the pushed model, as one JSON object."""

import itertools
import os
from typing import Any

from modules import tasks, tfma_results
from modules.settings import PipelineSettings, Score
from pipeline import evaluation
from pipeline import steps as step_words
from pipeline.lineage import Artifact, Lineage, read_json, read_profile

_WARNINGS = 5  # of the data gate, shown in the terminal


def collect(settings: PipelineSettings, lineage: Lineage, steps: list[dict[str, Any]]) -> dict[str, Any]:
    """Collects the summary of the latest run.

    Args:
        settings: The config of the run.
        lineage: The lineage store.
        steps: Name, seconds and cached of every step.

    Returns:
        The content of summary.json; the README's section "summary.json" describes it.
    """
    outputs = {step["name"]: _outputs(lineage, step["name"]) for step in steps}
    judged = outputs["Evaluator"]
    card = read_json(outputs["Quantizer"]["quantized_model"], "Format-Serving", "model.json")
    metrics = tfma_results.metrics_by_slice(judged["evaluation"].uri, card["outputs"][0].get("classes", ()))
    ladder = read_json(outputs["Ladder"]["ladder"], "ladder.json")
    findings = read_json(outputs["DataGate"]["findings"], "findings.json")
    pruned = outputs["Pruner"]["pruned_model"].properties["sparsity"]
    gates = [
        _gate("data gate: stops", sum(finding["severity"] == "stop" for finding in findings), most=0),
        _gate("sparsity", pruned, least=settings.pruner.sparsity - settings.pruner.tolerance),
        *_metric_gates(settings, judged, metrics["overall"]),
    ]
    blessed = bool(judged["blessing"].properties.get("blessed"))
    return {
        "name": settings.name,
        "task": settings.label.task,
        "classes": card["outputs"][0].get("classes", []),
        "blessed": blessed,
        "pushed": _pushed(outputs["Pusher"]["pushed_model"], metrics["overall"], settings.label.task)
        if blessed
        else None,
        "ladder": ladder,
        "shipped_form": outputs["Quantizer"]["quantized_model"].properties["form"],
        "gates": gates,
        "data_gate": findings,
        "columns": step_words.columns(read_profile(outputs["Transform"]["transform_graph"])),
        "slices": _slices(metrics, settings.evaluation.min_slice_examples),
        "intervals": read_json(outputs["Intervals"]["intervals"], "intervals.json"),
        "curves": read_json(outputs["Intervals"]["intervals"], "curves.json"),
        "reduction": _reduction(outputs["Transform"]["transform_graph"]),
        "tuner": _leaderboard(outputs["Tuner"]["tuner_results"], settings.label.watched),
        "steps": steps,
    }


def _outputs(lineage: Lineage, step: str) -> dict[str, Artifact]:
    run = lineage.latest(step)
    return run.outputs if run else {}


def _gate(name: str, value: float | None, *, least: float | None = None, most: float | None = None) -> dict[str, Any]:
    passed = value is not None and (value >= least if least is not None else value <= (most or 0))
    limit, rule = (least, "at least") if least is not None else (most, "at most")
    return {"name": name, "slice": "overall", "value": value, "rule": rule, "limit": limit, "passed": bool(passed)}


def _metric_gates(
    settings: PipelineSettings, judged: dict[str, Artifact], overall: dict[str, float]
) -> list[dict[str, Any]]:
    gates = []
    before = tfma_results.baseline_metrics(judged["evaluation"].uri)
    for name, gate in settings.evaluation.gates.given.items():
        *_, metric = evaluation.GATED[settings.label.task][name]
        change = overall[metric] - before[metric] if metric in overall and metric in before else None
        if isinstance(gate, Score):
            limit, change_limit = {"least": gate.minimum}, {"least": None if gate.max_drop is None else -gate.max_drop}
        else:
            limit, change_limit = {"most": gate.maximum}, {"most": gate.max_rise}
        if None not in limit.values():
            gates.append(_gate(name, overall.get(metric), **limit))
        if before and None not in change_limit.values():
            gates.append(_gate(f"{name} against the baseline", change, **change_limit))
    return gates


def _pushed(artifact: Artifact, overall: dict[str, float], task: str) -> dict[str, Any]:
    card = read_json(artifact, "model.json")
    named = {name: overall[metric] for name, (*_, metric) in evaluation.GATED[task].items() if metric in overall}
    return {
        "path": artifact.properties["pushed_destination"],
        "version": artifact.properties["pushed_version"],
        "form": card["form"],
        **card["size"],
        "metrics": overall | named,
    }


def _slices(metrics: dict[str, dict[str, float]], smallest: int) -> list[dict[str, Any]]:
    """Returns every slice; the overall one decides, however few its rows are."""
    return [
        {
            "slice": name,
            "too_small": name != "overall" and values.get("example_count", 0) < smallest,
            "metrics": values,
        }
        for name, values in metrics.items()
    ]


def _reduction(graph: Artifact) -> dict[str, Any]:
    profile = read_profile(graph)
    return {
        "method": profile.reduction,
        "components": profile.components,
        "explained_variance": profile.explained_shares,
        "cumulative": list(itertools.accumulate(profile.explained_shares)),
        "converged": profile.converged,
    }


def _leaderboard(artifact: Artifact, metric: str) -> list[dict[str, Any]]:
    """Returns all trials, the best first."""
    trials = read_json(artifact, "tuner_results.json")
    return sorted(trials, key=lambda trial: trial["score"], reverse=tasks.METRICS[metric].higher_is_better)


def render(summary: dict[str, Any]) -> str:
    """Formats the summary for the terminal: ladder, gates, warnings, slices that are too small, verdict."""
    from pipeline import terminal

    shown = tasks.LADDER[summary["task"]]
    ladder = terminal.table(
        "Ladder (test rows; latency of one row, one thread, µs)",
        ["form", *(tasks.METRICS[name].title for name in shown), "bytes", "gzip", "sparsity", "p50", "p99"],
        [
            [
                rung["form"],
                *(f"{rung[name]:.4f}" for name in shown),
                f"{rung['bytes']:,}",
                f"{rung['gzip_bytes']:,}",
                f"{rung['sparsity']:.2f}",
                f"{rung['latency_p50_us']:.0f}",
                f"{rung['latency_p99_us']:.0f}",
            ]
            for rung in summary["ladder"]
        ],
        marks=[rung["form"] == _rung_name(summary["shipped_form"]) for rung in summary["ladder"]],
    )
    gates = terminal.table(
        "Gates",
        ["gate", "slice", "value", "limit", "passed"],
        [
            [
                gate["name"],
                gate["slice"],
                _number(gate["value"]),
                f"{gate['rule']} {_number(gate['limit'])}",
                "yes" if gate["passed"] else "NO",
            ]
            for gate in summary["gates"]
        ],
    )
    parts = [ladder, gates, *_warnings(summary["data_gate"])]
    small = [
        f"{entry['slice']} ({entry['metrics'].get('example_count', 0):.0f} rows)"
        for entry in summary["slices"]
        if entry["too_small"]
    ]
    if small:
        parts.append("Too small to judge, and not decisive: " + "; ".join(small))
    return "\n\n".join(parts)


def _warnings(findings: list[dict[str, Any]]) -> list[str]:
    if not findings:
        return []
    lines = [f"Data gate: {len(findings)} warning{'' if len(findings) == 1 else 's'}"]
    lines += [f"  {finding['message']}" for finding in findings[:_WARNINGS]]
    if len(findings) > _WARNINGS:
        lines.append(f"  and {len(findings) - _WARNINGS} more, see summary.json")
    return ["\n".join(lines)]


def _rung_name(form: str) -> str:
    return "pruned" if form == "float32" else form


def _number(value: float | None) -> str:
    if value is None:  # precision, where no row is called positive
        return "undefined"
    return str(value) if isinstance(value, int) else f"{value:.4f}"


def refusal(summary: dict[str, Any]) -> str:
    """Says in one sentence why a model was not blessed."""
    failed = [
        f"{gate['name']} ({gate['slice']}) is {_number(gate['value'])}, "
        f"{gate['rule']} {_number(gate['limit'])} is needed"
        for gate in summary["gates"]
        if not gate["passed"]
    ]
    return "; ".join(failed) or "the Evaluator gave no blessing"


def ensure_published(pushed: dict[str, Any], artifact_uri: str) -> None:
    """Publishes a cached version again if its folder has been removed since."""
    from components.tflite_pusher import publish

    if not os.path.isdir(pushed["path"]):
        publish.publish(artifact_uri, os.path.dirname(pushed["path"]), pushed["version"])
