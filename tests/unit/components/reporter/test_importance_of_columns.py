from typing import Any

import pytest

from components.reporter.blocks import Details, Figure, Section, Table, Text
from components.reporter.sections import explanation
from components.reporter.sections.explaining import permutation_importance

pytestmark = pytest.mark.unit


def importance(name: str, value: float, half: float, training: float) -> dict[str, Any]:
    around = {"test": value, "training": training}
    splits = {split: {"value": at, "low": at - half, "high": at + half} for split, at in around.items()}
    return {"columns": name.split("+"), **splits}


IMPORTANCES = [
    importance("age", 0.08, 0.01, 0.09),
    importance("degree+years", 0.05, 0.01, 0.05),
    importance("years", 0.03, 0.01, 0.03),
    importance("zip", 0.02, 0.005, 0.2),
    importance("degree", 0.001, 0.002, 0.001),
    importance("unused", 0.0, 0.0, 0.0),
]
CONTENT: dict[str, Any] = {
    "metric": "auc",
    "values": {"test": 0.9, "training": 0.95},
    "rows": {"test": 1000, "training": 1000},
    "repeats": 10,
    "importances": IMPORTANCES,
    "groups": [
        {
            "columns": ["degree", "years"],
            "pairs": [{"first": "degree", "second": "years", "measure": "correlation ratio", "value": 0.97}],
        }
    ],
    "limit": 0.8,
    "columns": 5,
}


def built(content: dict[str, Any], *others: dict[str, Any]) -> Section:
    found = [{"method": "permutation_importance", "content": content, "note": ""}, *others]
    made = explanation.section({"explanation": found})
    assert made is not None
    return made


def figure_and_more(content: dict[str, Any]) -> tuple[Figure, Table, list[str]]:
    figure, details = built(content).blocks
    assert isinstance(figure, Figure) and isinstance(details, Details)
    table, *said = details.blocks
    assert isinstance(table, Table)
    return figure, table, [block.text for block in said if isinstance(block, Text)]


def test_the_lead_names_the_first_three_a_group_instead_of_its_columns() -> None:
    assert built(CONTENT).lead == (
        "The answers rest most on age 0.080 (0.070 to 0.090), degree + years 0.050 (0.040 to 0.060) and "
        "zip 0.020 (0.015 to 0.025): so much AUC is lost when a column is shuffled. "
        "The first is ahead beyond chance. 1 of 4 cost nothing beyond chance (unused)."
    )


def test_the_lead_says_where_chance_may_have_made_the_order() -> None:
    close = [importance("age", 0.08, 0.03, 0.09), importance("zip", 0.05, 0.01, 0.05)]
    assert "Other test rows could change their order." in built(CONTENT | {"importances": close, "groups": []}).lead


def test_where_no_column_matters_the_lead_says_so() -> None:
    nothing = [importance("age", 0.001, 0.002, 0.0), importance("zip", 0.0, 0.0, 0.0)]
    lead = built(CONTENT | {"importances": nothing, "groups": []}).lead
    assert lead == "No column costs AUC beyond chance when it is shuffled."


def test_the_table_marks_what_was_learnt_by_heart_and_what_is_chance() -> None:
    _, table, said = figure_and_more(CONTENT)
    remarks = {row[0].text: (row[5].text, row[5].mark) for row in table.rows}
    assert remarks["age"] == ("", "")
    assert remarks["zip"] == ("relied on more for rows that it was trained on", "warning")
    assert remarks["unused"] == ("nothing beyond chance on test rows", "muted")
    assert table.rows[0][1].text == "0.0800"
    assert said[0].startswith(
        "degree and years carry the same information (correlation ratio of degree and years 0.97; the limit is 0.8)"
    )


def test_columns_that_were_not_shuffled_are_counted() -> None:
    _, _, said = figure_and_more(CONTENT | {"columns": 5_000})
    assert said[-1] == "Of 5,000 columns, the 5 that move the answers most were shuffled."


def test_the_figure_has_the_decisive_numbers_in_words() -> None:
    figure, _, _ = figure_and_more(CONTENT)
    assert "age 0.0800 (0.0700 to 0.0900), training 0.0900; degree + years" in figure.description
    assert "Shapley" not in figure.description


def test_shapley_values_stand_beside_importances_with_one_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(explanation._SHOWS, "shapley", ("Shapley", lambda content, summary: ([], [])))
    moved = {"age": 0.4, "years": 0.1, "zip": 0.2, "degree": 0.1, "unused": 0.0}
    shapley = {"method": "shapley", "content": {"mean_absolute": moved}, "note": ""}
    figure = built(CONTENT, shapley).blocks[0]
    assert isinstance(figure, Figure)
    assert figure.description.endswith("The largest mean |Shapley value|: age 0.4000, zip 0.2000, years 0.1000.")
    bars, chart = figure.spec["layer"]
    # A group has no bar of its own.
    assert [row["columns"] for row in bars["data"]["values"]] == ["age", "years", "zip", "degree", "unused"]
    low, high = bars["encoding"]["x"]["scale"]["domain"]
    (below, above) = next(
        layer["encoding"]["x"]["scale"]["domain"]
        for part in chart["layer"]
        for layer in part.get("layer", [part])
        if "scale" in layer["encoding"].get("x", {})
    )
    assert low / high == pytest.approx(below / above)
    assert figure.spec["resolve"] == {"scale": {"x": "independent"}}


def test_the_first_columns_by_both_are_compared() -> None:
    moved = {"age": 0.4, "years": 0.1, "zip": 0.2, "degree": 0.1, "unused": 0.0, "other columns": 9.0}
    few = CONTENT | {"importances": [importance(name, 0.1, 0.01, 0.1) for name in ("zip", "years")]}
    blocks = permutation_importance.show(
        few, {"explanation": [{"method": "shapley", "content": {"mean_absolute": moved}}]}
    )
    said = [block.text for block in blocks[1] if isinstance(block, Text)]
    assert said[0] == (
        "First when shuffled alone: zip and years. First by mean |Shapley value|: zip and years. 2 of 2 are in both. "
        "The one counts what is lost, the other what moves."
    )


def test_shapley_values_that_were_left_out_leave_the_figure_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(explanation._SHOWS, "shapley", ("Shapley", lambda content, summary: ([], [])))
    figure = built(CONTENT, {"method": "shapley", "content": None, "note": "Left out."}).blocks[0]
    assert isinstance(figure, Figure) and "resolve" not in figure.spec
