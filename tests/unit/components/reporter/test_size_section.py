import json
from typing import Any

import pytest

from components.reporter import charts
from components.reporter.blocks import Figure, Table
from components.reporter.facts.size import pareto_front
from components.reporter.sections import size

pytestmark = pytest.mark.unit


def rung(form: str, gzip_bytes: int, auc: float) -> dict[str, Any]:
    other = {"auc_pr": 0.5, "accuracy": 0.75, "sparsity": 0.5, "latency_p50_us": 10.4, "latency_p99_us": 20.0}
    return {"form": form, "bytes": 2 * gzip_bytes, "gzip_bytes": gzip_bytes, "auc": auc} | other


LADDER = [
    rung("teacher", 1000, 0.93),
    rung("student", 500, 0.91),
    rung("pruned", 400, 0.92),
    rung("int8_qat", 100, 0.90),
]
SUMMARY: dict[str, Any] = {
    "task": "binary",
    "shipped_form": "int8_qat",
    "ladder": LADDER,
    "size": {"metric": "auc", "front": ["int8_qat", "pruned", "teacher"]},
}


def test_the_front_leaves_out_what_another_beats_in_both() -> None:
    assert pareto_front(LADDER, "auc", higher_is_better=True) == ["int8_qat", "pruned", "teacher"]


def test_of_errors_the_lowest_is_the_best() -> None:
    errors = [{"form": form, "bytes": n, "rmse": e} for form, n, e in [("a", 3, 1.0), ("b", 2, 2.0), ("c", 1, 2.0)]]
    assert pareto_front(errors, "rmse", higher_is_better=False) == ["c", "a"]


def test_of_two_equal_models_both_are_on_the_front() -> None:
    assert pareto_front([rung("a", 5, 0.9), rung("b", 5, 0.9)], "auc", higher_is_better=True) == ["a", "b"]


def test_labels_move_apart_within_bounds_and_keep_their_order() -> None:
    placed = size.spread([5.0, 5.0, 9.9, 0.0], 2.0, 0.0, 10.0)
    assert placed == [5.0, 7.0, 9.9, 0.0]
    assert size.spread([9.0, 9.5, 10.0], 2.0, 0.0, 10.0) == [6.0, 8.0, 10.0]


def test_one_sentence_says_how_much_smaller_and_at_what_cost() -> None:
    made: Any = size.section(SUMMARY)
    assert made.lead == (
        "The int8_qat model that ships is 10.0 times smaller than the teacher: 100 bytes after gzip instead of 1,000. "
        "Its AUC is 0.0300 lower: 0.9000, and the teacher's 0.9300."
    )


def test_a_teacher_that_no_tflite_file_holds_is_said_to_be_none() -> None:
    made: Any = size.section({**SUMMARY, "config": {"trainer": {"teacher": "ensemble"}}})
    assert made.lead.endswith(
        " The teacher is not a .tflite file: its bytes are those of its own files, its time that of its own code."
    )


def test_the_shipped_form_is_pointed_out_in_the_table_and_in_the_plot() -> None:
    made: Any = size.section(SUMMARY)
    table, _ = [block for block in made.blocks if isinstance(block, Table)]
    (plot,) = [block for block in made.blocks if isinstance(block, Figure)]
    assert [row[0].text for row in table.rows] == ["teacher", "student", "pruned", "int8_qat (ships)"]
    assert [cell.text for cell in table.rows[0][1:]] == [
        *("0.9300", "0.5000", "0.7500", "2,000", "1,000", "50%", "10", "20"),
    ]
    drawn = json.dumps(plot.spec)
    assert '"ships": true' in drawn
    assert "On the Pareto front: int8_qat, pruned, teacher." in plot.description


def test_a_second_table_says_what_each_takes_of_a_device_and_how_its_kernels_differ() -> None:
    known = {"latency_ratio": 1.784, "memory_bytes": 319_280, "kernel_difference": 0.01449}
    rungs = [LADDER[0] | {"latency_ratio": 2.05}, LADDER[3] | known | {"kernel_changed_decisions": 4 / 16_281}]
    made: Any = size.section(SUMMARY | {"ladder": rungs})
    _, table = [block for block in made.blocks if isinstance(block, Table)]
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["teacher", "2.05", "–", "–", "–"],
        ["int8_qat (ships)", "1.78", "319,280", "0.014", "0.02%"],
    ]


def test_where_float32_ships_the_pruned_student_is_marked() -> None:
    made: Any = size.section(SUMMARY | {"shipped_form": "float32"})
    assert "The pruned model that ships" in made.lead


def test_a_summary_of_one_model_has_a_plot_too() -> None:
    one = SUMMARY | {"ladder": LADDER[:1], "size": {"metric": "auc", "front": ["teacher"]}}
    made: Any = size.section(one)
    assert made.lead == "1 model was measured on the test rows."
    assert len(made.blocks) == 3


def test_a_run_that_stopped_before_has_no_such_section() -> None:
    assert size.section({"task": "binary", "ladder": []}) is None


def test_the_axis_shows_the_interval_and_not_a_ranking_within_it() -> None:
    intervals = {"slices": [{"slice": "overall", "metrics": {"auc": {"low": 0.5, "high": 0.99}}, "rates": {}}]}
    section = size.section(SUMMARY | {"intervals": intervals})
    assert section is not None
    figure = next(block for block in section.blocks if isinstance(block, Figure))
    band = figure.spec["layer"][0]
    low, high = band["encoding"]["y"]["scale"]["domain"]
    assert low < 0.5 < 0.99 < high
    assert "models lie" in figure.caption
    assert "which lies within its 95 % interval" in section.lead


def test_an_axis_spans_at_least_as_much_as_the_interval() -> None:
    low, high = charts.at_least([0.926, 0.9265], (0.921, 0.931))
    assert (low, high) == pytest.approx((0.92125, 0.93125))
    assert charts.at_least([0.5, 0.9], (0.921, 0.931)) == pytest.approx([0.48, 0.92])


def test_the_page_says_why_each_form_was_taken_or_passed_over() -> None:
    forms = [
        {
            "form": "float32",
            "chosen": False,
            "why": "keeps everything, and is larger",
            "bytes": 9,
            "metrics": {"auc": 0.9},
        },
        {"form": "int8_ptq", "chosen": True, "why": "the smallest", "bytes": 4, "metrics": {}},
    ]
    selection = {
        "forms": forms,
        "metric": "auc",
        "rows": 1_234,
        "threshold": 0.31,
        "threshold_how": "the highest F1",
        "threshold_notice": "no threshold reaches it",
    }
    made: Any = size.section(SUMMARY | {"selection": selection})
    table = made.blocks[-1]
    assert [row[3].text for row in table.rows] == [one["why"] for one in forms]
    assert [row[0].mark for row in table.rows] == ["", "good"]
    told = "Chosen on 1,234 validation rows. Decision threshold 0.31: the highest F1. No threshold reaches it."
    assert table.note == told
