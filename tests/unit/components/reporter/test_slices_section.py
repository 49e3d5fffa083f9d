import copy
from collections.abc import Callable
from typing import Any

import pytest

from components.reporter import gaps, page, readings
from components.reporter.blocks import Block, Details, Figure, Section, Table
from components.reporter.facts.slices import columns_of
from components.reporter.sections import slices
from modules import tasks

pytestmark = pytest.mark.unit


def judged(summary: dict[str, Any]) -> dict[str, Any]:
    by_slice = readings.by_slice(summary)
    return summary | {"gaps": gaps.gaps(by_slice), "worst_slices": gaps.worst_slices(by_slice)}


def built(summary: dict[str, Any]) -> Section:
    section = slices.section(judged(summary))
    assert section is not None
    return section


def unfolded(blocks: list[Block]) -> list[Block]:
    found: list[Block] = []
    for block in blocks:
        found += unfolded(block.blocks) if isinstance(block, Details) else [block]
    return found


def figures(summary: dict[str, Any]) -> list[Figure]:
    return [block for block in unfolded(built(summary).blocks) if isinstance(block, Figure)]


def tables(summary: dict[str, Any]) -> list[Table]:
    return [block for block in unfolded(built(summary).blocks) if isinstance(block, Table)]


def rows_of(figure: Figure) -> dict[str, dict[str, Any]]:
    """Returns the data of the points of an interval plot, by slice."""
    sets = list(figure.spec["datasets"].values()) if "datasets" in figure.spec else []
    sets += [layer["data"]["values"] for layer in figure.spec["layer"] if "data" in layer]
    sets += [figure.spec["data"]["values"]] if "data" in figure.spec else []
    return {row["slice"]: row for values in sets for row in values if "slice" in row}


def test_the_lead_names_the_worst_slice_and_how_many_are_too_small(binary: dict[str, Any]) -> None:
    lead = built(binary).lead
    assert "Worst for sex=m: AUC 0.8800 (600 rows, 95 %: 0.8500 to 0.9100)" in lead
    assert "against 0.9000 overall (within that interval)" in lead
    assert "1 of 4 slices has fewer than 100 rows" in lead


def test_the_lead_says_so_when_overall_is_beyond_the_worst_slices_interval(binary: dict[str, Any]) -> None:
    binary["intervals"]["slices"][2]["metrics"]["auc"]["high"] = 0.899
    assert "0.9000 overall (beyond it)" in built(binary).lead


def test_the_table_has_every_slice_and_says_which_are_too_small(binary: dict[str, Any]) -> None:
    table = next(table for table in tables(binary) if table.caption.startswith("Metrics by slice"))
    assert [row[0].text for row in table.rows] == [
        "overall",
        "region=north",
        "region=south (too small)",
        "sex=f",
        "sex=m",
    ]
    assert [cell.text for cell in table.rows[3][2:4]] == ["0.9500", "0.930 to 0.970"]
    assert table.rows[2][0].mark == table.rows[2][2].mark == "muted"
    # Precision was not measured.
    assert [cell.text for cell in table.rows[3][8:10]] == ["–", "–"]


def test_the_plot_has_each_slice_with_its_interval(binary: dict[str, Any]) -> None:
    first = figures(binary)[0]
    rows = rows_of(first)
    assert rows["sex=f"] == {"slice": "sex=f", "value": 0.95, "low": 0.93, "high": 0.97, "rows": 400, "size": "large"}
    assert rows["region=south"]["size"] == "small"
    assert rows["region=south"]["low"] == rows["region=south"]["high"] == 0.2
    assert "from 0.2000 (region=south) to 0.9500 (sex=f); overall 0.9000" in first.description


def test_a_slice_without_the_metric_is_not_drawn(binary: dict[str, Any]) -> None:
    del binary["slices"][3]["metrics"]["auc"]
    assert "sex=f" not in rows_of(figures(binary)[0])


def test_gaps_are_listed_with_their_slices(binary: dict[str, Any]) -> None:
    table = next(table for table in tables(binary) if table.caption.startswith("Gaps in the metrics"))
    cells = {(row[0].text, row[1].text): [cell.text for cell in row[2:]] for row in table.rows}
    assert cells["AUC", "sex"] == [
        *("2", "0.0700", "apart"),
        *("0.9500", "sex=f", "0.8800", "sex=m", "+0.0500", "sex=f"),
    ]
    # Only one region is large enough.
    assert cells["AUC", "region"][:2] == ["1", "–"]
    rates = next(table for table in tables(binary) if table.caption.startswith("Gaps in the rates at 0.50"))
    assert [row[3].text for row in rates.rows if row[0].text == "true positive rate"] == ["–", "0.1500"]


def test_every_threshold_has_its_rates_in_numbers(binary: dict[str, Any]) -> None:
    for one in binary["slices"]:
        one["metrics"]["positive_rate@0.25"] = 0.5
    found = [table.caption for table in tables(binary) if table.caption.startswith("Rates")]
    assert found == ["Rates at the threshold 0.50", "Rates at the threshold 0.25"]


def test_all_slices_too_small_is_said(binary: dict[str, Any]) -> None:
    for one in binary["slices"][1:]:
        one["too_small"] = True
    section = built(binary)
    assert section.lead.startswith("No slice is large enough to judge. 4 of 4 slices have fewer")
    assert not any(table.caption.startswith("Gaps") for table in tables(binary))
    assert {row["size"] for row in rows_of(figures(binary)[0]).values()} == {"small"}


def test_one_slice_alone_is_shown(binary: dict[str, Any]) -> None:
    binary["slices"] = binary["slices"][:2]
    assert built(binary).lead.startswith("Worst for region=north")


@pytest.mark.parametrize("kept", [0, 1])
def test_without_slices_there_is_no_section(binary: dict[str, Any], kept: int) -> None:
    assert slices.section(binary | {"slices": binary["slices"][:kept]}) is None


def test_slices_without_any_metric_have_a_section_without_figures(binary: dict[str, Any]) -> None:
    for one in binary["slices"]:
        one["metrics"] = {"example_count": 500.0}
    binary["intervals"] = None
    assert built(binary).lead == (
        "No slice that is large enough has an AUC. 1 of 4 slices has fewer than 100 rows: too small to judge, shown in "
        "grey."
    )
    assert figures(binary) == []


def test_a_regression_has_no_rates(binary: dict[str, Any], texts: Callable[[Any], str]) -> None:
    binary |= {"task": "regression", "classes": [], "intervals": None}
    for one in binary["slices"]:
        one["metrics"] = {"example_count": 500.0, "r2": 0.5}
    assert "Fairness" not in texts(built(binary))
    assert "R² by slice" in figures(binary)[0].caption


def many(binary: dict[str, Any], slices_count: int, classes: list[str]) -> dict[str, Any]:
    """Returns a summary with so many slices and classes, every one with all rates at three thresholds."""
    names = [
        readings.rate_name(rate, threshold, of_class)
        for rate in readings.RATES
        for threshold in ("0.25", "0.50", "0.75")
        for of_class in classes
    ]
    rates: dict[str, Any] = {name: interval() for name in names}
    made, intervals = [], []
    for place in range(slices_count):
        one = copy.deepcopy(binary["slices"][0])
        one |= {"slice": f"shop=number {place}", "columns": ["shop"]}
        one["metrics"] |= dict.fromkeys(names, 0.123456789012345) | {"example_count": 200.0 + place}
        one["metrics"] |= dict.fromkeys(tasks.GATES[binary["task"]], 0.9)
        made.append(one)
        metrics = {name: interval() | {"rows": 200 + place} for name in tasks.GATES[binary["task"]]}
        intervals.append({"slice": one["slice"], "rows": 200, "metrics": metrics, "rates": rates})
    return binary | {"slices": [binary["slices"][0], *made], "intervals": {"slices": intervals}}


def interval() -> dict[str, Any]:
    return {"value": 0.123456789, "low": 0.1, "high": 0.2, "rows": 200}


def test_of_many_slices_tables_and_plots_have_the_largest_and_say_where_the_others_are(binary: dict[str, Any]) -> None:
    summary = many(binary, 300, [""])
    table = next(table for table in tables(summary) if table.caption.startswith("Metrics by slice"))
    assert len(table.rows) == 60
    assert "The 241 smaller slices are saved by the button CSV." in table.note
    assert len({row[0] for row in table.more} | {row[0].text for row in table.rows}) == 301
    assert table.more[0][:4] == ["shop=number 240", "440", "0.9", "0.100 to 0.200"]
    rates = [table for table in tables(summary) if table.caption.startswith("Rates at the threshold")]
    assert [len(table.more) for table in rates] == [241] * 3


def test_a_table_for_each_class_saves_what_it_shows_so_that_the_page_stays_small(binary: dict[str, Any]) -> None:
    summary = many(binary | {"task": "multiclass"}, 300, binary["classes"])
    rates = [table for table in tables(summary) if table.caption.startswith("Rates at the threshold")]
    assert {(len(table.more), "241 smaller slices are in summary.json" in table.note) for table in rates} == {(0, True)}
    drawn = rows_of(figures(summary)[0])
    assert set(drawn) == {f"shop=number {place}" for place in range(260, 300)}
    assert "the 40 largest of 300 slices" in figures(summary)[0].caption


def test_the_part_of_the_page_stays_small_with_300_slices_and_40_classes(binary: dict[str, Any]) -> None:
    classes = [f"class {number}" for number in range(40)]
    binary |= {"task": "multiclass", "classes": classes}
    html = page.render_sections("many", ("", ""), "", [built(many(binary, 300, classes))])
    assert len(html.encode()) < 2_200_000
    assert "smaller gaps are in summary.json" in html


def test_names_with_markup_and_other_alphabets_are_shown_as_they_are(binary: dict[str, Any]) -> None:
    name = 'sex=</script><b>"ж, ü'
    binary["slices"][3]["slice"] = name
    html = page.render_sections("odd", ("", ""), "", [built(binary)])
    assert "</script><b>" not in html
    assert "sex=&lt;/script&gt;&lt;b&gt;&#34;ж, ü" in html
    assert name in rows_of(figures(binary)[0])


def test_the_columns_of_a_slice_are_told_from_values_that_look_like_some() -> None:
    lists = [["sex"], ["sex", "race"]]
    assert columns_of("overall", lists) == []
    assert columns_of("sex=a, b=c", lists) == ["sex"]
    assert columns_of("race=Black, sex=f", lists) == ["race", "sex"]
    assert columns_of("sex=\n", lists) == ["sex"]
    assert columns_of("a=1, b=2, z=3", [["a", "z"], ["z", "a", "b"], ["a"]]) == ["a", "b", "z"]
