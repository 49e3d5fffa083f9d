from typing import Any

import pytest

from pipeline.running import summary

pytestmark = pytest.mark.unit

RUNG = {
    "auc_pr": 0.7,
    "accuracy": 0.85,
    "gzip_bytes": 900,
    "sparsity": 0.5,
    "latency_p50_us": 12.3,
    "latency_p99_us": 45.6,
}
GATE = {
    "name": "auc",
    "slice": "overall",
    "value": 0.8123,
    "rule": "at least",
    "limit": 0.91,
    "passed": False,
    "low": 0.78,
    "high": 0.84,
    "rows": 500,
    "sure": True,
    "rows_to_settle": None,
    "reason": "",
}
STOPS = {
    "name": "data gate: stops",
    "rule": "at most",
    "value": 0,
    "limit": 0,
    "passed": True,
    "low": None,
    "high": None,
}


def found(**changes: Any) -> dict[str, Any]:
    return {
        "task": "binary",
        "ladder": [
            {"form": "pruned", "auc": 0.91234, "bytes": 123456} | RUNG,
            {"form": "int8_qat", "auc": 0.9, "bytes": 1000} | RUNG,
        ],
        "shipped_form": "int8_qat",
        "gates": [GATE, GATE | STOPS],
        "data_gate": [],
        "slices": [
            {"slice": "overall", "too_small": False, "metrics": {"example_count": 500.0}},
            {"slice": "race=Other", "too_small": True, "metrics": {"example_count": 7.0}},
        ],
    } | changes


def lines(**changes: Any) -> list[str]:
    return summary.render(found(**changes)).splitlines()


def test_the_ladder_shows_every_form_and_points_at_the_one_that_ships() -> None:
    pruned, shipped = (next(line for line in lines() if form in line) for form in ("pruned", "int8_qat"))
    assert pruned.split() == ["pruned", "0.9123", "0.7000", "0.8500", "123,456", "900", "0.50", "12", "46"]
    assert shipped.startswith("→ int8_qat")


def test_a_teacher_that_no_tflite_file_holds_is_said_to_be_none() -> None:
    said = "The teacher is not a .tflite file: its bytes are those of its own files, its time that of its own code."
    assert said in lines(config={"trainer": {"teacher": "boosted_trees"}})
    assert said not in lines(config={"trainer": {"teacher": "network"}})


def test_float32_ships_as_the_pruned_rung() -> None:
    assert next(line for line in lines(shipped_form="float32") if "pruned" in line).startswith("→ pruned")


def test_of_many_models_those_are_shown_that_no_other_beats_and_the_rest_is_counted() -> None:
    names = ["teacher", "student", *(f"int8_qat@{number}" for number in range(10))]
    ladder = [{"form": name, "auc": 0.9, "bytes": 1000} | RUNG for name in names]
    shown = lines(ladder=ladder, shipped_form="int8_qat@7", size={"front": ["int8_qat@3"]})
    assert [line.split()[-9] for line in shown[2:6]] == ["teacher", "student", "int8_qat@3", "int8_qat@7"]
    assert shown[6] == "  and 8 more, none as small and as good as one of these; see summary.json"


def test_of_many_points_those_are_told_of_that_no_other_beats_and_the_rest_is_counted() -> None:
    forms = [
        {"form": f"int8_qat@{number}", "why": "", "bytes": 1_000 - number, "metrics": {"auc": auc}, "chosen": False}
        for number, auc in enumerate([0.8] * 8 + [0.7])
    ]
    forms[0] |= {"chosen": True, "why": "named"}
    selection = {"metric": "auc", "forms": forms, "threshold": None}
    shown = lines(selection=selection)
    start = shown.index("Forms, as held against gates and promises on the validation rows")
    assert [line.split()[0] for line in shown[start + 2 : start + 5]] == ["→", "int8_qat@7", "int8_qat@8"]
    assert shown[start + 5] == "  and 6 more, none as small and as good as one of these; see summary.json"


def test_every_gate_is_shown_with_value_limit_and_verdict() -> None:
    auc, stops = (next(line for line in lines() if gate in line) for gate in ("auc ", "data gate"))
    assert auc.split() == ["auc", "overall", "0.8123", "0.7800", "to", "0.8400", "at", "least", "0.9100", "NO", "yes"]
    assert stops.split() == ["data", "gate:", "stops", "overall", "0", "at", "most", "0", "yes", "yes"]


def test_a_perfect_score_on_four_rows_is_said_to_be_unsure_with_the_rows_that_would_do() -> None:
    doubtful = {"value": 1.0, "passed": True, "sure": False, "low": None, "high": None, "rows": 4, "rows_to_settle": 32}
    shown = lines(gates=[GATE | doubtful | {"reason": "2 positives, fewer than 10 rows"}])
    assert next(line for line in shown if line.startswith("  auc")).endswith("yes  UNSURE")
    assert (
        "Unsure: auc (overall) is 1.0000 on 4 test rows: at least 0.9100 is needed, and there is no interval "
        "(2 positives, fewer than 10 rows); about 32 rows would settle it."
    ) in shown
    assert not any("Unsure" in line for line in lines())


WARNING = {"rule": "drift", "column": "age", "severity": "warn", "message": "test against train: age: …"}


def test_warnings_of_the_data_gate_follow_the_gates_and_many_are_cut_short() -> None:
    assert not any("Data gate" in line for line in lines())
    shown = lines(data_gate=[WARNING])
    assert shown[shown.index("Data gate: 1 warning") + 1] == "  test against train: age: …"
    assert shown.index("Gates") < shown.index("Data gate: 1 warning")
    shown = lines(data_gate=[WARNING] * 7)
    place = shown.index("Data gate: 7 warnings")
    assert shown[place + 1 : place + 7] == ["  test against train: age: …"] * 5 + ["  and 2 more, see summary.json"]


def test_slices_too_small_to_judge_are_listed_with_their_rows() -> None:
    assert lines()[-1] == "Too small to judge, and not decisive: race=Other (7 rows)"
    assert not any("Too small" in line for line in lines(slices=[]))


def test_of_many_slices_too_small_to_judge_the_first_are_listed_and_the_others_counted() -> None:
    (one,) = [entry for entry in found()["slices"] if entry["too_small"]]
    said = lines(slices=[one] * 1_247)[-1]
    assert said.count("race=Other (7 rows)") == 5
    assert said.endswith("; and 1,242 more, see summary.json")


def test_a_refusal_names_every_gate_that_failed_with_its_figures() -> None:
    gates = [GATE, GATE | {"passed": True, "name": "recall"}, GATE | {"name": "accuracy against the baseline"}]
    assert summary.refusal(found(gates=gates)) == (
        "auc (overall) is 0.8123, at least 0.9100 is needed; "
        "accuracy against the baseline (overall) is 0.8123, at least 0.9100 is needed"
    )


def test_a_refusal_without_a_failed_gate_still_says_who_refused() -> None:
    assert summary.refusal(found(gates=[])) == "the Verdict gave no blessing"


TRIED = {
    "form": "int8_qat",
    "chosen": True,
    "why": "the smallest of 2 that keep everything",
    "bytes": 1_000,
    "metrics": {},
}
SELECTION = {
    "forms": [{**TRIED, "form": "float32", "chosen": False, "why": "keeps everything, and is larger"}, TRIED],
    "metric": "auc",
    "threshold": 0.4713,
    "threshold_how": "the highest F1 (0.7123) on 500 validation rows",
    "threshold_notice": "",
}


def test_why_each_form_was_taken_or_passed_over_is_said_and_how_the_threshold_was_chosen() -> None:
    shown = lines(selection=SELECTION)
    assert [line.split()[0] for line in shown if "keep" in line] == ["float32", "→"]
    assert "Threshold 0.4713: the highest F1 (0.7123) on 500 validation rows." in shown
    told = lines(selection=SELECTION | {"threshold_notice": "no threshold reaches it"})
    assert any(line.endswith("; no threshold reaches it.") for line in told)
    assert not any(line.startswith("Threshold") for line in lines(selection=SELECTION | {"threshold": None}))
    assert not any("passed over" in line for line in lines())
