"""The first screen: the figures with what they are held against, the release checks, and what to try."""

from typing import Any

import pytest

from components.reporter.blocks import Facts, Notice, Table
from components.reporter.sections import verdict

pytestmark = pytest.mark.unit


def gate(name: str, value: float, limit: float, **more: Any) -> dict[str, Any]:
    found = {"name": name, "slice": "overall", "value": value, "rule": "at least", "limit": limit}
    return found | {"passed": value >= limit, "margin": value - limit, "sure": True, "rows_to_settle": None} | more


@pytest.fixture
def refused(binary: dict[str, Any]) -> dict[str, Any]:
    rung = {"bytes": 2, "gzip_bytes": 1, "latency_p50_us": 1.0, "auc_pr": 0.8, "accuracy": 0.8}
    forms = {"teacher": 0.95, "pruned": 0.85, "float16": 0.93, "int8_qat": 0.9}
    return binary | {
        "shipped_form": "int8_qat",
        "blessed": False,
        "data_gate": [],
        "ladder": [rung | {"form": form, "auc": auc} for form, auc in forms.items()],
        "gates": [gate("auc", 0.9, 0.92)],
        "references": [
            {"name": "majority class", "answer": "no", "metrics": {"auc": 0.5, "accuracy": 0.6}},
            {"name": "last blessed model", "answer": None, "metrics": {"auc": 0.91}},
        ],
    }


def tried(summary: dict[str, Any]) -> list[str]:
    return [block.text for block in verdict.section(summary).blocks if isinstance(block, Notice)]


def test_figures_stand_beside_the_majority_class_and_the_last_blessed_model(refused: dict[str, Any]) -> None:
    (facts,) = [block for block in verdict.section(refused).blocks if isinstance(block, Facts)]
    notes = {fact.name: fact.note.splitlines() for fact in facts.facts}
    assert notes["AUC"] == ["95 %: 0.8800 to 0.9200", "majority class: 0.5000", "last blessed model: 0.9100"]
    assert notes["accuracy"] == ["95 %: 0.8270 to 0.8710", "majority class: 0.6000"]


def test_whether_a_check_passed_comes_second_and_its_distance_has_a_sign(refused: dict[str, Any]) -> None:
    (table,) = [block for block in verdict.section(refused).blocks if isinstance(block, Table)]
    assert [column.title for column in table.columns][:2] == ["check", "passed"]
    assert [cell.text for cell in table.rows[0]] == [
        *("auc", "no", "0.9000", "at least 0.9200", "−0.0200", "yes", "overall"),
    ]


def test_a_form_that_would_pass_is_named_on_refusal(refused: dict[str, Any]) -> None:
    (said,) = tried(refused)
    assert said.startswith("What to try: float16 would pass in AUC. Set quantizer.form")


def test_where_several_sparsities_were_tried_both_settings_are_named(refused: dict[str, Any]) -> None:
    refused["shipped_form"] = "int8_qat@0.8"
    refused["ladder"][2]["form"], refused["ladder"][3]["form"] = "float16@0.5", "int8_qat@0.8"
    (said,) = tried(refused)
    assert "float16@0.5 would pass in AUC. Set quantizer.form and pruner.sparsity to one of these" in said


def test_more_rows_are_advised_where_the_limit_lies_within_the_interval(refused: dict[str, Any]) -> None:
    refused["gates"] = [gate("auc", 0.9, 0.92, sure=False, rows_to_settle=4000)]
    assert tried(refused) == [
        "What to try: the limit of AUC lies within its interval: about 4,000 test rows would settle it."
    ]


def test_where_no_form_passes_the_data_and_the_search_are_to_blame(refused: dict[str, Any]) -> None:
    refused["gates"] = [gate("auc", 0.9, 0.99)]
    assert "no smaller or larger form reaches the limit of AUC" in tried(refused)[0]


def test_a_fall_since_the_last_blessed_model_asks_for_a_comparison(refused: dict[str, Any]) -> None:
    refused["gates"] = [gate("auc against the baseline", -0.1, -0.01)]
    assert "`report --compare`" in tried(refused)[0]


def test_a_blessed_model_and_a_stopped_run_get_no_advice(refused: dict[str, Any]) -> None:
    assert tried(refused | {"gates": [gate("auc", 0.9, 0.8)], "blessed": True}) == []
    stopped = refused | {"stopped": {"step": "Tuner", "message": "The disk is full"}}
    assert tried(stopped) == ["The disk is full"]
