"""The first screen, as far as it is about promises: the sentence, the gap that none covers, the table, the advice."""

from collections.abc import Sequence
from typing import Any

import pytest

from components.reporter import gaps, page, readings
from components.reporter.blocks import Details, Heading, Notice, Section, Table
from components.reporter.sections import advice, glossary, slices, verdict
from modules.contracts.verdict import Decision
from tests.unit.components.reporter.conftest import entry
from tests.unit.components.reporter.made_up import device, kept, parity, undecided

pytestmark = pytest.mark.unit

RATE = "positive_rate@0.50"


@pytest.fixture
def run(binary: dict[str, Any]) -> dict[str, Any]:
    rung = {"bytes": 5208, "gzip_bytes": 2000, "latency_p50_us": 1.0, "auc": 0.9, "auc_pr": 0.8, "accuracy": 0.8}
    gate = {"name": "auc", "slice": "overall", "value": 0.9, "rule": "at least", "limit": 0.8, "passed": True}
    for one, rate in zip(binary["slices"][3:], (0.087, 0.259), strict=True):
        one["metrics"][RATE] = rate
    for one, ends in zip(binary["intervals"]["slices"][1:], ((0.08, 0.095), (0.25, 0.267)), strict=True):
        one["rates"] = {RATE: entry(0.1, *ends, 400)}
    summary = binary | {
        "shipped_form": "int8_qat",
        "blessed": True,
        "data_gate": [],
        "ladder": [rung | {"form": form, "bytes": size} for form, size in {"pruned": 9000, "int8_qat": 5208}.items()],
        "gates": [gate | {"margin": 0.1, "sure": True, "rows_to_settle": None}],
    }
    return summary | {"gaps": gaps.gaps(readings.by_slice(summary))}


def built(run: dict[str, Any], *decisions: Decision) -> Section:
    blessed = not any(decision.stops for decision in decisions)
    return verdict.section(run | {"blessed": blessed, "promises": [decision.to_json() for decision in decisions]})


def notices(section: Section, mark: str) -> list[Notice]:
    return [block for block in section.blocks if isinstance(block, Notice) and block.mark == mark]


def table_of(section: Section) -> Table:
    return next(block for block in section.blocks if isinstance(block, Table) and block.caption.startswith("Promises"))


def cells(table: Table, number: int) -> dict[str, str]:
    return {column.title: cell.text for column, cell in zip(table.columns, table.rows[number], strict=True)}


def test_the_sentence_names_the_promise_that_is_broken_that_of_a_group_first(run: dict[str, Any]) -> None:
    assert built(run, kept(), device(), parity()).lead == (
        "No: 2 of 3 promises are broken, and nothing was pushed. Broken, by 0.464: "
        "demographic_parity_ratio (sex=Female / sex=Male) is 0.336 (0.310 to 0.360), at least 0.8 is needed: "
        "positive rate 0.087 (0.080 to 0.095) and 0.259 (0.250 to 0.267)."
    )


def test_the_sentence_of_a_model_that_ships_names_the_promise_that_came_nearest(run: dict[str, Any]) -> None:
    assert built(run, kept(), kept(slice="sex=Male", value=0.0012)).lead == (
        "Yes: the int8_qat model passed all 1 release checks, kept 2 of 2 promises and was pushed. "
        "Nearest to its limit, by 0.0008: loss of auc (sex=Male) is 0.0012 (0.0001 to 0.0005), "
        "at most 0.002 is allowed."
    )


def test_a_failed_gate_and_promises_that_refuse_undecided_are_both_counted(run: dict[str, Any]) -> None:
    run["gates"][0] |= {"passed": False, "margin": -0.1}
    lead = built(run, undecided(stops=True), undecided(slice="a=b", stops=True)).lead
    assert lead.startswith(
        "No: 1 of 1 release checks failed and 2 of 2 promises are undecided, and nothing was pushed. L"
    )
    assert "Least sure: loss of auc (sex=Male) is 0.0010" in lead


@pytest.mark.parametrize("promised", [(), (device(stops=False, state="kept"), kept(slice="overall"))])
def test_where_no_promise_covers_groups_the_largest_gap_is_told_with_a_link(
    run: dict[str, Any], promised: Sequence[Decision]
) -> None:
    section = built(run, *promised)
    assert section.lead.endswith("No promise covers groups.")
    (notice,) = notices(section, "warning")
    assert notice.text == (
        "The largest gap between groups is 0.172, in the positive rate at 0.50: 0.087 (0.080 to 0.095) for sex=f and "
        "0.259 (0.250 to 0.267) for sex=m."
    )
    shown = slices.section(run)
    assert shown is not None
    assert notice.to in {block.id for block in shown.blocks if isinstance(block, Heading)}
    assert f'<a href="#{notice.to}">See how the groups fare</a>' in page.render_sections(
        "shop", ("", ""), "", [section]
    )


def test_a_promise_about_groups_takes_the_warning_and_its_colour_away(run: dict[str, Any]) -> None:
    badge = '<p class="badge {}">May ship</p>'
    assert badge.format("warning") in page.render(run, sections=[])
    assert badge.format("good") in page.render(run | {"promises": [kept().to_json()]}, sections=[])
    assert notices(built(run, kept()), "warning") == []
    assert "groups" not in built(run, kept()).lead


def test_a_gap_that_may_be_chance_comes_after_one_that_is_not(run: dict[str, Any]) -> None:
    by_slice = readings.by_slice(run)
    apart, wider = gaps.widest(by_slice), {"metric": "true_positive_rate@0.50", "slices": 2, "gap": 0.9, "apart": False}
    assert apart is not None
    assert (apart["metric"], apart["columns"]) == (RATE, ["sex"])
    assert gaps.widest(by_slice | {"gaps": [wider, apart]}) == apart
    assert gaps.widest(by_slice | {"gaps": [wider | {"apart": True}, apart]}) == wider | {"apart": True}
    assert gaps.widest(by_slice | {"gaps": [wider | {"slices": 1}]}) is None


def test_without_rates_the_gap_is_one_of_the_first_metric(run: dict[str, Any]) -> None:
    found = [gap for gap in run["gaps"] if "@" not in gap["metric"]]
    widest = gaps.widest(readings.by_slice(run) | {"gaps": found})
    assert widest is not None
    assert (widest["metric"], round(widest["gap"], 4)) == ("auc", 0.07)
    (notice,) = notices(built(run | {"gaps": found}), "warning")
    assert "is 0.070, in the AUC: 0.880 (0.850 to 0.910) for sex=m and 0.950" in notice.text
    assert notice.to == "gaps"


def test_the_table_has_state_value_interval_limit_distance_and_what_it_rests_on(run: dict[str, Any]) -> None:
    table = table_of(built(run, parity(), undecided(), device()))
    assert table.caption == "Promises: 2 broken, 1 undecided"
    assert cells(table, 0) == {
        "promise": "demographic_parity_ratio",
        "state": "broken",
        "for": "sex=Female / sex=Male",
        "both groups": "0.087 and 0.259",
        "value": "0.336",
        "95 % interval": "0.310 to 0.360",
        "limit": "at least 0.8",
        "distance": "-0.464",
        "rows": "16,281",
        "positives": "3,846",
        "rows to decide": "–",
    }
    assert cells(table, 1) | {"state": "undecided", "rows to decide": "9,000"} == cells(table, 1)
    assert [row[1].mark for row in table.rows] == ["bad", "warning", "bad"]
    assert cells(table, 2) | {"for": "the file", "95 % interval": "–", "distance": "-2,208"} == cells(table, 2)
    assert "rows to decide" not in cells(table_of(built(run, kept())), 0)


def test_of_many_promises_the_worst_are_in_sight_all_are_folded_and_all_are_saved(run: dict[str, Any]) -> None:
    many = [kept(slice=f"town={number}", value=0.00001 * number) for number in range(180)]
    section = built(run, *many, parity(), *[kept(slice=f"street={number}") for number in range(60)])
    table = table_of(section)
    assert [row[2].text for row in table.rows[:3]] == ["sex=Female / sex=Male", "town=179", "town=178"]
    assert len(table.rows) == 12
    (folded,) = [block for block in section.blocks if isinstance(block, Details)]
    (every,) = [block for block in folded.blocks if isinstance(block, Table)]
    assert (folded.title, len(every.rows), len(every.more)) == ("All 241 of them", 200, 41)
    assert every.note.endswith("The other 41 are saved by the button CSV.")


def test_on_refusal_each_kind_of_promise_has_something_to_try(run: dict[str, Any]) -> None:
    def tried(decision: Decision) -> str:
        (said,) = advice.on_refusal(run | {"blessed": False, "promises": [decision.to_json()]})
        return said

    run["slices"] += [
        one | {"slice": f"sex={name}"} for one, name in zip(run["slices"][3:], ("Female", "Male"), strict=True)
    ]
    assert tried(parity()).startswith(
        "0.500 of sex=Female and 0.333 of sex=Male are positive by their labels, before any"
    )
    odds = parity(measure="equal_opportunity", rule="at most", limit=0.1, value=0.3)
    assert tried(odds).startswith("look at who is missed in sex=Female and sex=Male: more rows")
    assert tried(device()) == (
        "int8_qat comes nearest, with 5,208 bytes; to get below that, make the student smaller (distillation.units), "
        "raise pruner.sparsity, or leave columns out."
    )
    assert "quantizer.form: float16" in tried(kept(state="broken", stops=True))
    assert "promises.undecided" in tried(undecided(stops=True))
    assert "about 9,000 would do" in tried(undecided(stops=True))
    rate = kept(kind="rate", measure="true_positive_rate", state="broken", stops=True)
    assert "label.class_weights: balanced moves it" in tried(rate)
    assert "are off on average" in tried(kept(kind="rate", measure="calibration", state="broken", stops=True))
    quality = kept(kind="quality", measure="auc", state="broken", stops=True)
    assert tried(quality).startswith("add rows of sex=Female, or columns")


def test_of_several_decisions_on_one_measure_the_worst_gets_the_advice(run: dict[str, Any]) -> None:
    lost = [kept(slice=f"town={number}", value=0.003 + number, state="broken", stops=True) for number in range(9)]
    entries = [decision.to_json() for decision in (*lost, device())]
    first, second = advice.on_refusal(run | {"blessed": False, "promises": entries})
    assert "training rows of town=8." in first
    assert second.startswith("int8_qat comes nearest")


def test_base_rate_mean_prediction_and_calibration_stand_by_slice(binary: dict[str, Any]) -> None:
    for one in binary["slices"]:
        one["metrics"] |= {"mean_prediction": 0.3, "calibration": 0.75}
    section = slices.section(binary)
    assert section is not None
    (table,) = [block for block in section.blocks if getattr(block, "caption", "").startswith("Labels and predictions")]
    assert isinstance(table, Table)
    assert [column.title for column in table.columns] == [
        "slice",
        "rows",
        "base rate",
        "mean prediction",
        "calibration",
    ]
    assert [cell.text for cell in table.rows[-1]] == ["sex=m", "600", "0.3333", "0.3000", "0.7500"]


def test_of_several_classes_each_has_its_base_rates_folded_away(binary: dict[str, Any]) -> None:
    for one in binary["slices"]:
        one["metrics"] |= {"mean_label/a": 0.25, "calibration/a": 1.5}
    section = slices.section(binary | {"task": "multiclass", "classes": ["a", "b/c"]})
    assert section is not None
    (folded,) = [block for block in section.blocks if isinstance(block, Details) and "of each class" in block.title]
    first, second = (block for block in folded.blocks if isinstance(block, Table))
    assert [cell.text for cell in first.rows[-1]] == ["sex=m", "600", "0.2500", "–", "1.5000"]
    assert second.caption == "Labels and predictions by slice: b/c"


def test_the_words_of_promises_are_explained(run: dict[str, Any]) -> None:
    section = glossary.section([built(run, parity(), undecided())])
    assert section is not None
    terms = set(section.blocks[0].terms)  # type: ignore[union-attr]
    assert {
        "promise",
        "four-fifths rule",
        "kept, broken, undecided",
        "paired comparison",
        "demographic parity",
    } <= terms
    assert not terms & {"equalized odds", "base rate"}
