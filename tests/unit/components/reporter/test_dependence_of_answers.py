import json
from typing import Any

import pytest

from components.reporter.blocks import Details, Figure, Table, Text
from components.reporter.sections import explanation

pytestmark = pytest.mark.unit

AGE: dict[str, Any] = {
    "column": "age",
    "kind": "numeric",
    "strength": 0.12,
    "values": [20, 40, 60],
    "partial": [0.1, 0.3, 0.2],
    "missing": 0.25,
    "lines": [[0.0, 0.2, 0.1], [0.2, 0.4, 0.3]],
    "accumulated": {"values": [20, 60], "effects": [-0.1, 0.05]},
}
JOB: dict[str, Any] = {
    "column": "job",
    "kind": "categorical",
    "strength": 0.05,
    "values": ["clerk", "nurse"],
    "partial": [0.2, 0.3],
    "missing": 0.4,
    "spread": {"low": [0.1, 0.15], "high": [0.3, 0.5]},
    "change": [0.0, 0.1],
    "change_spread": {"low": [0.0, 0.05], "high": [0.0, 0.2]},
}
CONTENT: dict[str, Any] = {
    "label": "income",
    "output": ">50K",
    "outputs": [">50K"],
    "rows": 1000,
    "columns": [AGE, JOB],
    "strengths": {"age": 0.12, "job": 0.05, "zip": 0.001},
    "interaction_rows": 100,
    "interactions": [{"first": "age", "second": "job", "h": 0.3, "size": 0.02}],
    "maps": [
        {
            "first": "age",
            "second": "job",
            "kinds": ["numeric", "categorical"],
            "values": [[20, 40], ["clerk", "nurse"]],
            "partial": [[0.1, 0.2], [0.3, 0.4]],
        }
    ],
}


def shown(**changes: Any) -> tuple[list[Figure], Table, list[str]]:
    made = explanation.section(
        {"explanation": [{"method": "dependence", "content": CONTENT | changes, "note": "Stopped."}]}
    )
    assert made is not None
    (details,) = made.blocks
    assert isinstance(details, Details)
    figures = [block for block in details.blocks if isinstance(block, Figure)]
    (table,) = [block for block in details.blocks if isinstance(block, Table)]
    return figures, table, [block.text for block in details.blocks if isinstance(block, Text)]


def test_each_column_has_its_answers_and_its_change_side_by_side() -> None:
    figures, _, said = shown()
    assert [figure.caption for figure in figures] == [
        "age: the answer",
        "age: change from its least value",
        "job: the answer",
        "job: change from clerk",
        "age and job: the probability of >50K",
    ]
    assert said[0] == "Stopped."
    assert said[1].startswith("The probability of >50K, for 1,000 test rows")
    assert said[1].endswith("Shown are the 2 columns that move the answer most, of 3.")
    assert said[2] == "age moves the answer by 0.12 (root mean square over rows and values)."


def test_the_figures_say_their_decisive_numbers() -> None:
    age, change, job, jobs, both = (figure.description for figure in shown()[0])
    assert age.endswith("lowest 0.1 at 20, highest 0.3 at 40. Where it is missing: 0.25.")
    assert change.endswith("partial dependence +0.1, accumulated local effects +0.15.")
    assert job.endswith("lowest 0.2 with clerk, highest 0.3 with nurse.")
    assert jobs.endswith("from +0 with clerk to +0.1 with nurse.")
    assert both == "Mean answer by both: lowest 0.1 at 20 and clerk, highest 0.4 at 40 and nurse."


def test_lines_and_effects_begin_at_zero_in_the_figure_of_changes() -> None:
    rows, partial, accumulated = (layer["data"]["values"] for layer in shown()[0][1].spec["layer"])
    assert rows[0] == {"x": 20, "kind": "rows (ICE)", "l0": 0.0, "l1": 0.0}
    assert rows[1] == {"x": 40, "kind": "rows (ICE)", "l0": 0.2, "l1": 0.2}
    assert [row["l0"] for row in partial] == [0.0, 0.2, 0.1]
    assert [(row["x"], row["l0"]) for row in accumulated] == [(20, 0.0), (60, 0.15)]


def test_a_missing_value_has_a_mark_of_its_own() -> None:
    numbers, _, categories, _, _ = shown()[0]
    assert '"missing": 0.25' in json.dumps(numbers.spec)
    assert {"category": "(missing)", "value": 0.4} in categories.spec["layer"][1].get("data", categories.spec["data"])[
        "values"
    ]
    complete = [AGE | {"missing": None}, JOB | {"missing": None}]
    assert not any("issing" in json.dumps(figure.spec) for figure in shown(columns=complete)[0])


def test_times_are_drawn_as_dates() -> None:
    day = 86_400
    times = AGE | {"kind": "timestamp", "values": [0, day, 2 * day], "accumulated": {"values": [0], "effects": [0]}}
    figure = shown(columns=[times])[0][0]
    assert "lowest 0.1 at 1970-01-01 00:00, highest 0.3 at 1970-01-02 00:00" in figure.description
    first = figure.spec["layer"][0]
    assert [row["x"] for row in first["data"]["values"]] == [0, day * 1000, 2 * day * 1000]
    assert first["encoding"]["x"]["type"] == "temporal"


def test_skewed_numbers_are_drawn_by_their_logarithm() -> None:
    scales = [
        shown(columns=[AGE | {"values": values}])[0][0].spec["layer"][0]["encoding"]["x"]["scale"]
        for values in ([0, 10, 1_000], [0, 10, 20])
    ]
    assert [scale.get("type") for scale in scales] == ["symlog", None]


def test_pairs_are_listed_with_the_size_of_what_they_do_together() -> None:
    _, table, _ = shown()
    assert [cell.text for cell in table.rows[0]] == ["age and job", "0.02", "0.30"]


def test_of_several_classes_it_is_said_which_one_is_shown() -> None:
    _, _, said = shown(outputs=["low", ">50K"])
    assert said[1].startswith("The probability of >50K, the most frequent class, for 1,000 test rows")
