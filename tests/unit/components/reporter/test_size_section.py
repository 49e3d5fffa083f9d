import json
from typing import Any

import pytest

from components.reporter import charts
from components.reporter.blocks import Figure, Table
from components.reporter.facts.size import pareto_front
from components.reporter.figures import fronts
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
    "size": {"metric": "auc", "front": ["int8_qat", "pruned", "teacher"], "gzip_front": ["int8_qat", "teacher"]},
}


def test_the_front_leaves_out_what_another_beats_in_both() -> None:
    assert pareto_front(LADDER, "auc", higher_is_better=True) == ["int8_qat", "pruned", "teacher"]


def test_of_errors_the_lowest_is_the_best() -> None:
    errors = [{"form": form, "bytes": n, "rmse": e} for form, n, e in [("a", 3, 1.0), ("b", 2, 2.0), ("c", 1, 2.0)]]
    assert pareto_front(errors, "rmse", higher_is_better=False) == ["c", "a"]


def test_of_two_equal_models_both_are_on_the_front() -> None:
    assert pareto_front([rung("a", 5, 0.9), rung("b", 5, 0.9)], "auc", higher_is_better=True) == ["a", "b"]


def test_labels_move_apart_within_bounds_and_keep_their_order() -> None:
    placed = fronts.spread([5.0, 5.0, 9.9, 0.0], 2.0, 0.0, 10.0)
    assert placed == [5.0, 7.0, 9.9, 0.0]
    assert fronts.spread([9.0, 9.5, 10.0], 2.0, 0.0, 10.0) == [6.0, 8.0, 10.0]


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
    plot, gzipped = [block for block in made.blocks if isinstance(block, Figure)]
    assert [row[0].text for row in table.rows] == ["teacher", "student", "pruned", "int8_qat (ships)"]
    assert [cell.text for cell in table.rows[0][1:]] == [
        *("0.9300", "0.5000", "0.7500", "2,000", "1,000", "50%", "10", "20"),
    ]
    drawn = json.dumps(plot.spec)
    assert '"ships": true' in drawn
    assert "On the Pareto front: int8_qat, pruned, teacher." in plot.description
    assert "the smallest model is int8_qat: 200 bytes, 0.9000" in plot.description
    assert "On the Pareto front: int8_qat, teacher." in gzipped.description
    assert "the smallest model is int8_qat: 100 bytes after gzip, 0.9000" in gzipped.description


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
    assert len(made.blocks) == 3  # the second front is not told


def test_a_run_that_stopped_before_has_no_such_section() -> None:
    assert size.section({"task": "binary", "ladder": []}) is None


def test_a_table_says_what_each_loses_against_the_student() -> None:
    compared = {"gain": -0.00012, "gain_low": -0.0003, "gain_high": 0.00005, "same_decisions": 0.9961}
    made: Any = size.section(SUMMARY | {"ladder": [*LADDER[:3], LADDER[3] | compared]})
    _, table, _ = [block for block in made.blocks if isinstance(block, Table)]
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["int8_qat (ships)", "−0.00012", "−0.00030", "0.00005", "99.61%"]
    ]


def test_a_table_says_what_pruning_left() -> None:
    one = {"sparsity": 0.8, "measured": 0.80012, "inputs": [563, 465], "units": [72, 70]}
    made: Any = size.section(SUMMARY | {"pruning": [one | {"gzip_bytes": 25_552, "gzip_bytes_before": 88_546}]})
    table = made.blocks[-1]
    assert [cell.text for cell in table.rows[0]] == [
        *("80%", "80.0%", "465", "563", "70", "72", "25,552", "88,546"),
    ]


def test_every_point_has_its_interval_and_the_axis_spans_them_all() -> None:
    rungs = [one | {"low": one["auc"] - 0.25, "high": one["auc"] + 0.05} for one in LADDER]
    drawn = next(fronts.figures(rungs, SUMMARY["size"], "int8_qat"))
    bars = drawn.spec["layer"][0]
    low, high = bars["encoding"]["y"]["scale"]["domain"]
    assert low < 0.65 < 0.98 < high
    assert (
        "bars: 95 % intervals over the test rows, and in that of the one that ships lie all 4 models" in drawn.caption
    )
    assert "0.6500 to 0.9500" in json.dumps(drawn.spec)


def test_of_many_models_those_on_the_front_are_named_and_all_are_drawn() -> None:
    many = [*LADDER, *(rung(f"int8_ptq@0.{number}", 300 + number, 0.8) for number in range(1, 9))]
    drawn = next(fronts.figures(many, SUMMARY["size"], "int8_qat"))
    rows = drawn.spec["layer"][0]["data"]["values"]
    assert len(rows) == 12
    assert [row["form"] for row in rows if row["label"] is not None] == ["teacher", "student", "pruned", "int8_qat"]


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
    assert [row[4].text for row in table.rows] == [one["why"] for one in forms]
    assert [row[0].mark for row in table.rows] == ["", "good"]
    told = "Chosen on 1,234 validation rows. Decision threshold 0.31: the highest F1. No threshold reaches it."
    assert table.note == told
