import json
from pathlib import Path
from typing import Any

import pytest

from modules import tfma_results
from modules.features import Profile
from modules.settings import PipelineSettings
from pipeline import summary
from pipeline.lineage import Artifact, StepRun

pytestmark = pytest.mark.unit

RUNG = {"accuracy": 0.85, "gzip_bytes": 900, "sparsity": 0.5, "latency_p50_us": 12.3, "latency_p99_us": 45.6}
GATE = {"name": "auc", "slice": "overall", "value": 0.8123, "rule": "at least", "limit": 0.91, "passed": False}


def found(**changes: Any) -> dict[str, Any]:
    return {
        "ladder": [
            {"form": "pruned", "auc": 0.91234, "bytes": 123456} | RUNG,
            {"form": "int8_qat", "auc": 0.9, "bytes": 1000} | RUNG,
        ],
        "shipped_form": "int8_qat",
        "gates": [GATE, GATE | {"name": "anomalies", "rule": "at most", "value": 0, "limit": 0, "passed": True}],
        "slices": [
            {"slice": "overall", "too_small": False, "metrics": {"example_count": 500.0}},
            {"slice": "race=Other", "too_small": True, "metrics": {"example_count": 7.0}},
        ],
    } | changes


def lines(**changes: Any) -> list[str]:
    return summary.render(found(**changes)).splitlines()


def test_the_ladder_shows_every_form_and_points_at_the_one_that_ships() -> None:
    pruned, shipped = (next(line for line in lines() if form in line) for form in ("pruned", "int8_qat"))
    assert pruned.split() == ["pruned", "0.9123", "0.8500", "123,456", "900", "0.50", "12", "46"]
    assert shipped.startswith("→ int8_qat")


def test_float32_ships_as_the_pruned_rung() -> None:
    assert next(line for line in lines(shipped_form="float32") if "pruned" in line).startswith("→ pruned")


def test_every_gate_is_shown_with_value_limit_and_verdict() -> None:
    auc, anomalies = (next(line for line in lines() if gate in line) for gate in ("auc ", "anomalies"))
    assert auc.split() == ["auc", "overall", "0.8123", "at", "least", "0.9100", "NO"]
    assert anomalies.split() == ["anomalies", "overall", "0", "at", "most", "0", "yes"]


def test_slices_too_small_to_judge_are_listed_with_their_rows() -> None:
    assert lines()[-1] == "Too small to judge, and not decisive: race=Other (7 rows)"
    assert not any("Too small" in line for line in lines(slices=[]))


def test_a_refusal_names_every_gate_that_failed_with_its_figures() -> None:
    gates = [GATE, GATE | {"passed": True, "name": "recall"}, GATE | {"name": "accuracy against the baseline"}]
    assert summary.refusal(found(gates=gates)) == (
        "auc (overall) is 0.8123, at least 0.9100 is needed; "
        "accuracy against the baseline (overall) is 0.8123, at least 0.9100 is needed"
    )


def test_a_refusal_without_a_failed_gate_still_says_who_refused() -> None:
    assert summary.refusal(found(gates=[])) == "the Evaluator gave no blessing"


def test_a_pushed_version_that_was_removed_is_published_again(tmp_path: Path) -> None:
    (tmp_path / "artifact").mkdir()
    (tmp_path / "artifact" / "model.tflite").write_bytes(b"model")
    pushed = {"path": str(tmp_path / "pushed" / "7"), "version": "7"}
    summary.ensure_published(pushed, str(tmp_path / "artifact"))
    assert (tmp_path / "pushed" / "7" / "model.tflite").read_bytes() == b"model"


def test_a_pushed_version_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "artifact").mkdir()
    (tmp_path / "pushed" / "7").mkdir(parents=True)
    summary.ensure_published({"path": str(tmp_path / "pushed" / "7"), "version": "7"}, str(tmp_path / "artifact"))
    assert list((tmp_path / "pushed" / "7").iterdir()) == []


class Lineage:
    """Stands in for the lineage store of a run that was blessed and pushed."""

    def __init__(self, folder: Path):
        files = {
            "ladder": ("ladder.json", [{"form": "int8_qat"}]),
            "tuner_results": ("tuner_results.json", [{"score": 0.8}, {"score": 0.9}]),
            "pushed_model": ("model.json", {"form": "int8_qat", "size": {"bytes": 7, "gzip_bytes": 5}}),
        }
        for key, (name, content) in files.items():
            (folder / key).mkdir()
            (folder / key / name).write_text(json.dumps(content))
        assets = folder / "transform_graph" / "transform_fn" / "assets"
        assets.mkdir(parents=True)
        profile = Profile(reduction="ica", components=2, explained_variance=[2.5, 1.0, 0.5], converged=False)
        (assets / "profile.json").write_text(profile.to_json())
        properties: dict[str, dict[str, dict[str, Any]]] = {
            "DataGate": {"checked_schema": {"anomalies": 0}},
            "Transform": {"transform_graph": {}},
            "Tuner": {"tuner_results": {}},
            "Pruner": {"pruned_model": {"sparsity": 0.5}},
            "Quantizer": {"quantized_model": {"form": "int8_qat"}},
            "Evaluator": {"evaluation": {}, "blessing": {"blessed": 1}},
            "Ladder": {"ladder": {}},
            "Pusher": {"pushed_model": {"pushed_destination": "/models/7", "pushed_version": "7"}},
        }
        self.steps = [{"name": name, "seconds": 1.0, "cached": False} for name in properties]
        self._runs = {
            step: StepRun(1, False, {key: Artifact(1, str(folder / key), facts) for key, facts in outputs.items()})
            for step, outputs in properties.items()
        }

    def latest(self, step: str) -> StepRun:
        return self._runs[step]


def collect(folder: Path, monkeypatch: pytest.MonkeyPatch, gates: dict, **overall: float) -> dict[str, Any]:
    monkeypatch.setattr(tfma_results, "metrics_by_slice", lambda uri: {"overall": {"example_count": 500.0} | overall})
    monkeypatch.setattr(tfma_results, "baseline_metrics", lambda uri: {})
    settings = PipelineSettings.model_validate(
        {
            "name": "houses",
            "data": {"train": "a.csv", "test": "b.csv"},
            "label": {"column": "sold", "positive_class": "yes"},
            "evaluation": {"gates": gates},
        }
    )
    lineage: Any = Lineage(folder)
    return summary.collect(settings, lineage, lineage.steps)


def test_a_summary_collects_what_the_steps_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    metrics = {"auc": 0.9, "binary_accuracy": 0.8, "precision": 0.7, "recall": 0.6}
    made = collect(tmp_path, monkeypatch, {"auc": {"minimum": 0.85}, "recall": {"minimum": 0.65}}, **metrics)
    assert made["blessed"] is True
    assert made["pushed"]["path"] == "/models/7"
    assert {"auc": 0.9, "accuracy": 0.8, "precision": 0.7, "recall": 0.6}.items() <= made["pushed"]["metrics"].items()
    assert {gate["name"]: gate["passed"] for gate in made["gates"]} == {
        "anomalies": True,
        "sparsity": True,
        "auc": True,
        "recall": False,
    }
    assert [trial["score"] for trial in made["tuner"]] == [0.9, 0.8]
    assert made["reduction"] == {
        "method": "ica",
        "components": 2,
        "explained_variance": [0.625, 0.25, 0.125],
        "cumulative": [0.625, 0.875, 1.0],
        "converged": False,
    }


def test_a_model_that_calls_no_row_positive_has_no_precision_and_a_summary_nevertheless(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    metrics = {"auc": 0.9, "binary_accuracy": 0.95, "recall": 0.0}  # TFMA's precision is NaN then, which is left out
    made = collect(tmp_path, monkeypatch, {"auc": {"minimum": 0.85}}, **metrics)
    assert made["pushed"]["metrics"]["auc"] == 0.9
    json.dumps(made, allow_nan=False)


def test_an_undefined_metric_passes_no_gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    metrics = {"auc": 0.9, "binary_accuracy": 0.95, "recall": 0.0}
    made = collect(tmp_path, monkeypatch, {"auc": {"minimum": 0.85}, "precision": {"minimum": 0.5}}, **metrics)
    (gate,) = [gate for gate in made["gates"] if gate["name"] == "precision"]
    assert gate["passed"] is False
    assert "precision (overall) is undefined" in summary.refusal(made)
