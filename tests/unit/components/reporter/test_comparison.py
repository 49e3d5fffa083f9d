"""Two runs side by side, from hand-made summaries."""

from typing import Any

import pytest

from components.reporter import comparison, page
from components.reporter.blocks import Code, Figure, Section, Table
from modules.base.errors import UserError
from tests.unit.components.reporter.made_up import kept, parity

pytestmark = pytest.mark.unit


def slice_of(name: str, auc: float, too_small: bool = False) -> dict[str, Any]:
    return {"slice": name, "too_small": too_small, "metrics": {"auc": auc, "example_count": 500.0}}


def summary(auc: float, low: float, high: float, **changes: Any) -> dict[str, Any]:
    rung = {"form": "int8_qat", "auc": auc, "auc_pr": 0.5, "accuracy": 0.75, "bytes": 2_000, "gzip_bytes": 900}
    entry = {"value": auc, "low": low, "high": high, "rows": 500}
    return {
        "name": "houses",
        "task": "binary",
        "blessed": True,
        "shipped_form": "int8_qat",
        "ladder": [rung | {"latency_p50_us": 50.0}],
        "gates": [{"name": "auc", "slice": "overall", "value": auc, "rule": "at least", "limit": 0.9, "passed": True}],
        "slices": [slice_of("overall", auc), slice_of("sex=f", 0.875), slice_of("sex=x", 0.5, True)],
        "intervals": {"slices": [{"slice": "overall", "rows": 500, "metrics": {"auc": entry}, "rates": {}}]},
        "min_slice_examples": 100,
        "data_fingerprint": "d1",
        "code_digest": "c1",
        "seed": 17,
        "config": {"name": "houses", "seed": 17},
    } | changes


def sections(one: dict[str, Any], two: dict[str, Any]) -> dict[str, Section]:
    return {section.id: section for section in comparison.compare(("houses/1", one), ("houses/2", two))}


def rows(section: Section) -> dict[str, list[str]]:
    (table,) = [block for block in section.blocks if isinstance(block, Table)]
    return {row[0].text: [cell.text for cell in row[1:]] for row in table.rows}


def test_a_change_is_the_second_less_the_first_and_good_or_bad_by_the_metrics_direction() -> None:
    worse = summary(0.925, 0.92, 0.93)
    worse["ladder"][0] |= {"bytes": 1_500, "latency_p50_us": 49.9}
    made = sections(summary(0.95, 0.94, 0.96), worse)["figures"]
    assert rows(made)["AUC"] == [
        *("0.9500", "0.9400 to 0.9600"),
        *("0.9250", "0.9200 to 0.9300"),
        "−0.0250",
    ]
    assert rows(made)["bytes"] == ["2,000", "", "1,500", "", "−500"]
    assert rows(made)["one row, µs (p50)"] == ["50", "", "50", "", "0"]  # 49.9 shows as 50
    (table,) = [block for block in made.blocks if isinstance(block, Table)]
    marks = {row[0].text: row[-1].mark for row in table.rows}
    assert (marks["AUC"], marks["bytes"], marks["accuracy"]) == ("bad", "good", "")


@pytest.mark.parametrize(
    ("high", "says"),
    [(0.935, "their intervals do not overlap"), (0.945, "which may be chance: their intervals overlap")],
)
def test_a_difference_is_told_from_chance_by_the_intervals(high: float, says: str) -> None:
    made = sections(summary(0.95, 0.94, 0.96), summary(0.925, 0.92, high))["figures"]
    assert made.lead == f"houses/1 has the better AUC, by 0.0250; {says}."


def test_the_slice_that_lost_most_is_named_and_a_small_one_is_not() -> None:
    slices = [slice_of("overall", 0.95), slice_of("sex=f", 0.75), slice_of("sex=x", 0.25, True)]
    made = sections(summary(0.95, 0.94, 0.96), summary(0.95, 0.94, 0.96, slices=slices))["slices"]
    assert made.lead == "The largest loss in AUC is that of sex=f: −0.1250."
    assert rows(made)["sex=x (small)"] == ["0.5000", "0.2500", "−0.2500"]
    assert any(isinstance(block, Figure) for block in made.blocks)


def test_a_slice_that_one_run_lacks_has_no_change() -> None:
    made = sections(summary(0.95, 0.94, 0.96), summary(0.95, 0.94, 0.96, slices=[slice_of("overall", 0.95)]))["slices"]
    assert rows(made)["sex=f"] == ["0.8750", "–", "–"]
    assert made.lead == "No slice that is large enough lost in AUC."


def test_what_differs_in_the_config_is_shown_line_by_line() -> None:
    made = sections(
        summary(0.95, 0.94, 0.96), summary(0.95, 0.94, 0.96, seed=18, config={"name": "houses", "seed": 18})
    )
    assert made["origin"].lead == "They differ in seed, config."
    (code,) = [block for block in made["origin"].blocks if isinstance(block, Code)]
    assert "-seed: 17" in code.text.splitlines()
    assert "+seed: 18" in code.text.splitlines()


def test_runs_of_different_tasks_are_not_compared() -> None:
    with pytest.raises(UserError, match="are of different tasks, binary and regression"):
        comparison.compare(("a", summary(0.95, 0.94, 0.96)), ("b", summary(0.95, 0.94, 0.96, task="regression")))


def test_a_comparison_is_a_page() -> None:
    made = comparison.compare(("houses/1", summary(0.95, 0.94, 0.96)), ("houses/2", summary(0.9, 0.8, 0.95)))
    shown = page.render_sections("houses", ("", ""), "houses/1 and houses/2", made)
    assert "Which is better?" in shown
    assert "0.9400 to 0.9600" in shown


def test_promises_stand_side_by_side_those_first_that_fared_differently() -> None:
    one = summary(0.9, 0.8, 1.0, promises=[kept().to_json(), parity().to_json()])
    two = summary(0.9, 0.8, 1.0, promises=[kept().to_json(), parity(value=0.85, state="kept").to_json()])
    made = sections(one, two)["promises"]
    assert made.lead == "houses/1 kept 1 of 2 promises, houses/2 2 of 2."
    assert list(rows(made).items()) == [
        (
            "demographic_parity_ratio (sex=Female / sex=Male)",
            ["broken: 0.336, at least 0.8", "kept: 0.850, at least 0.8", "differs"],
        ),
        ("loss of auc (sex=Female)", ["kept: 0.0003, at most 0.002", "kept: 0.0003, at most 0.002", ""]),
    ]


def test_runs_without_promises_are_compared_without_them() -> None:
    assert "promises" not in sections(summary(0.9, 0.8, 1.0), summary(0.9, 0.8, 1.0))
    lost = sections(summary(0.9, 0.8, 1.0), summary(0.9, 0.8, 1.0, promises=[kept().to_json()]))["promises"]
    assert rows(lost)["loss of auc (sex=Female)"] == ["–", "kept: 0.0003, at most 0.002", "differs"]
