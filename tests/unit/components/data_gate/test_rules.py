"""Whole tables against each other: each rule finds its damage, and nothing else does."""

import random
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from components.data_gate import rules
from components.data_gate.statistics import ColumnStatistics, TableStatistics
from modules.base.settings import DataGate
from modules.contracts.data_findings import DataFinding

pytestmark = pytest.mark.unit

ALMOST_ALWAYS = 0.999  # a level at which any difference is more than chance


def text(**counts: int) -> ColumnStatistics:
    return ColumnStatistics("text", sum(counts.values()), counts)


def number(*buckets: tuple[float, float, float], median: float = 0) -> ColumnStatistics:
    return ColumnStatistics("number", round(sum(rows for *_, rows in buckets)), buckets=buckets, median=median)


def table(rows: int, **columns: ColumnStatistics) -> TableStatistics:
    return TableStatistics(rows, columns)


def compare(
    train: TableStatistics, test: TableStatistics | None = None, blessed: TableStatistics | None = None, **settings: Any
) -> list[DataFinding]:
    splits = {"train": train} | ({"test": test} if test else {})
    return rules.compare(splits, blessed, "label", frozenset({"excluded"}), DataGate(**settings))


def names(found: list[DataFinding]) -> list[tuple[str, str, str]]:
    return [(finding.rule, finding.column, finding.compared) for finding in found]


def test_equal_tables_have_no_finding_even_without_a_limit() -> None:
    same = table(900, city=text(a=500, b=300), age=number((1, 5, 300), (5, 9, 300)), label=text(no=700, yes=200))
    limits = {name: 0.0 for name in DataGate.model_fields if name.startswith("max_")}
    assert compare(same, same, same, **limits, significance=ALMOST_ALWAYS) == []


def test_text_that_drifts_is_told_with_the_value_that_changed_most() -> None:
    before, now = table(1000, city=text(a=500, b=500)), table(1000, city=text(a=700, b=250, c=50))
    (finding,) = compare(before, now)
    assert (finding.rule, finding.column, finding.compared) == ("drift", "city", "test against train")
    assert (finding.value, finding.limit) == (pytest.approx(0.25), 0.1)
    assert finding.text == "L-infinity is 0.250, limit 0.1: 'b' is 25.0% of the values, against 50.0%"


@pytest.mark.parametrize(("limit", "found"), [(0.2, 0), (0.19999, 1)])
def test_a_distance_at_its_limit_is_no_finding(limit: float, found: int) -> None:
    before, now = table(4000, city=text(a=2000, b=2000)), table(4000, city=text(a=2800, b=1200))
    assert len(compare(before, now, max_l_infinity=limit)) == found


def test_a_difference_that_chance_explains_is_no_finding() -> None:
    # Three in ten rows fewer, of ten rows: the chance of that is 0.37. Of a thousand it is nothing.
    assert compare(table(10, city=text(a=6, b=4)), table(10, city=text(a=3, b=7))) == []
    assert compare(table(1000, city=text(a=600, b=400)), table(1000, city=text(a=300, b=700))) != []


def test_chance_is_shared_among_the_columns_the_values_and_the_comparisons() -> None:
    # Fisher's test of 9 of 30 against 22 of 30: p = 0.0016, as bounded twice its smaller tail.
    def tables(columns: int, values: int) -> tuple[TableStatistics, TableStatistics]:
        made = []
        for a in (9, 22):
            rest = {f"v{i}": (30 - a) // (values - 1) for i in range(values - 2)}
            last = 30 - a - sum(rest.values())
            made.append(table(30, **{f"c{i}": text(a=a, z=last, **rest) for i in range(columns)}))
        return made[0], made[1]

    assert len(compare(*tables(1, 2), significance=0.006)) == 1
    assert compare(*tables(1, 2), significance=0.0015) == []
    assert len(compare(*tables(2, 2), significance=0.012)) == 2
    assert compare(*tables(2, 2), significance=0.006) == []
    assert compare(*tables(1, 4), significance=0.006) == []
    before, now = tables(1, 2)
    assert len(compare(before, now, before, significance=0.012)) == 1
    assert compare(before, now, before, significance=0.006) == []


def test_a_smaller_difference_that_is_no_chance_counts_where_the_largest_is_chance() -> None:
    # Of 2 rows more than of 1,000 nothing is known: but 'c', of which there was none, is told.
    before = table(1000, city=text(a=520, b=480))
    now = table(40, city=text(a=14, b=15, c=11))
    (finding,) = [f for f in compare(before, now, unseen_values="off") if f.rule == "drift"]
    assert "'c' is 27.5% of the values, against 0.0%" in finding.text


def test_numbers_that_drift_are_told_with_their_medians() -> None:
    before = table(1000, age=number((0, 10, 500), (10, 20, 500), median=10))
    now = table(1000, age=number((0, 10, 50), (10, 20, 950), median=14.5))
    (finding,) = compare(before, now)
    assert (finding.rule, finding.column, finding.limit) == ("drift", "age", 0.05)
    # The bins end at 5 and 15: shares 0.25, 0.5, 0.25 against 0.025, 0.5, 0.475; half-way 0.1375, 0.5, 0.3625.
    # (0.25·log2(0.25/0.1375) + 0.25·log2(0.25/0.3625) + 0.025·log2(0.025/0.1375) + 0.475·log2(0.475/0.3625)) / 2
    assert finding.value == pytest.approx(0.10268, abs=1e-4)
    assert finding.text == "The Jensen-Shannon divergence is 0.103, limit 0.05: the median is 14.5, against 10"


def test_numbers_of_few_rows_that_differ_by_chance_are_no_finding() -> None:
    before, now = table(8, age=number((0, 10, 4), (10, 20, 4))), table(8, age=number((0, 10, 2), (10, 20, 6)))
    assert compare(before, now, max_jensen_shannon=0.0) == []


def test_other_shares_of_missing_values_are_told_also_where_no_value_is_left() -> None:
    before = table(1000, a=text(x=1000), b=text(x=900), c=number((0, 1, 1000)))
    now = table(500, a=text(x=400), b=text(x=410))
    found = compare(before, now)
    assert names(found) == [("missing_values", c, "test against train") for c in ("a", "c")]
    assert [finding.value for finding in found] == [pytest.approx(0.2), pytest.approx(1.0)]
    assert found[0].text == "20.0% of the values are missing, against 0.0%"
    assert compare(before, now, max_missing_difference=1.0) == []


def test_a_share_of_missing_values_of_few_rows_that_chance_explains_is_no_finding() -> None:
    assert compare(table(30, a=text(x=27)), table(10, a=text(x=7)), drift="off") == []


def test_values_that_no_training_row_has_are_told_where_they_are_many() -> None:
    before, now = table(1000, city=text(a=500, b=500)), table(1000, city=text(a=470, b=460, c=70))
    (finding,) = compare(before, now)
    assert (finding.rule, finding.value, finding.limit) == ("unseen_values", pytest.approx(0.07), 0.05)
    assert finding.text == "7.0% of the values, limit 5.0%, are in no training row, such as 'c'"
    assert compare(before, now, max_unseen_share=0.07) == []


def test_a_column_in_which_most_values_occur_once_has_unseen_ones_by_its_nature() -> None:
    before = table(500, name=text(**{f"n{i}": 1 for i in range(500)}))
    now = table(200, name=text(**{f"m{i}": 1 for i in range(200)}))
    assert compare(before, now) == []


def test_unseen_values_are_not_judged_where_not_every_training_value_is_counted() -> None:
    before = ColumnStatistics("text", 1000, {"a": 500, "b": 400}, complete=False)
    assert compare(table(1000, city=before), table(1000, city=text(a=500, b=400, c=100))) == []


def test_numbers_outside_the_range_of_the_training_rows_are_told_where_they_are_many() -> None:
    before = table(1000, age=number((17, 50, 500), (50, 90, 500)))
    now = table(1000, age=number((10, 16, 20), (16, 50, 480), (50, 90, 470), (91, 99, 30)))
    (finding,) = compare(before, now)
    assert (finding.rule, finding.value, finding.limit) == ("training_ranges", pytest.approx(0.05), 0.01)
    assert finding.text == ("At least 5.0% of the numbers, limit 1.0%, lie outside 17 to 90; they reach from 10 to 99")
    assert compare(before, now, max_outside_share=0.05) == []


def test_a_bucket_that_reaches_into_the_training_range_is_not_outside() -> None:
    before, now = (
        table(1000, age=number((17, 90, 1000))),
        table(1000, age=number((3, 17, 100), (17, 90, 800), (90, 500, 100))),
    )
    assert compare(before, now, drift="off", max_jensen_shannon=1.0) == []


def test_the_few_largest_numbers_lie_in_the_smaller_split_by_chance() -> None:
    # That the two largest of 30 + 20 lie among the 20 has a chance of 20·19/(50·49) = 0.16.
    before, now = table(30, x=number((0, 9, 30))), table(20, x=number((0, 9, 18), (10, 11, 2)))
    assert compare(before, now, max_jensen_shannon=1.0) == []
    assert names(compare(before, now, max_jensen_shannon=1.0, significance=0.4)) == [
        ("training_ranges", "x", "test against train")
    ]


def test_the_labels_classes_have_a_limit_of_their_own() -> None:
    before = table(5000, label=text(no=4000, yes=1000), city=text(a=4000, b=1000))
    now = table(5000, label=text(no=3650, yes=1350), city=text(a=3650, b=1350))
    assert names(compare(before, now)) == [("label_shift", "label", "test against train")]
    assert compare(before, now, max_label_l_infinity=0.08) == []


def test_labels_that_are_few_whole_numbers_are_classes_and_others_are_numbers() -> None:
    def label(no: int, yes: int, counted: bool) -> ColumnStatistics:
        return ColumnStatistics(
            "number", no + yes, {"0": no, "1": yes} if counted else {}, counted, ((0, 0, no), (1, 1, yes))
        )

    (classes,) = compare(*(table(2000, label=label(no, 2000 - no, True)) for no in (1600, 1400)))
    (numbers,) = compare(*(table(2000, label=label(no, 2000 - no, False)) for no in (1600, 1100)))
    assert (classes.rule, classes.value, classes.limit) == ("label_shift", pytest.approx(0.1), 0.05)
    assert "'0' is 70.0% of the values, against 80.0%" in classes.text
    assert (numbers.rule, numbers.limit) == ("label_shift", 0.02)
    assert "Jensen-Shannon" in numbers.text


def test_training_rows_are_held_against_those_of_the_last_blessed_run() -> None:
    blessed = table(1000, city=text(a=500, b=500), gone=text(x=9), kind=text(x=1000), label=text(y=500, n=500))
    train = table(1000, city=text(a=900, b=100), new=text(x=5), kind=number((0, 1, 1000)), label=text(y=600, n=400))
    found = compare(train, blessed=blessed)
    assert {finding.compared for finding in found} == {"train against the last blessed run"}
    assert [(f.rule, f.column) for f in found] == [
        ("drift_since_blessed", "gone"),
        ("drift_since_blessed", "kind"),
        ("drift_since_blessed", "new"),
        ("drift_since_blessed", "city"),
        ("label_shift", "label"),
    ]
    assert [f.text for f in found[:3]] == [
        "The column is gone, or has no value any more",
        "The column holds numbers, and held texts",
        "The column is new",
    ]


def test_missing_values_are_compared_with_the_last_blessed_run_too() -> None:
    found = compare(table(1000, a=text(x=600)), blessed=table(1000, a=text(x=1000)))
    assert names(found) == [("missing_values", "a", "train against the last blessed run")]


def test_a_range_and_values_that_are_new_since_the_last_run_are_what_drift_judges() -> None:
    found = compare(table(1000, a=text(x=930, y=70)), blessed=table(1000, a=text(x=1000)))
    assert found == []


def test_columns_that_may_differ_are_not_compared() -> None:
    assert compare(table(1000, excluded=text(a=1000)), table(1000, excluded=text(b=500))) == []


def sample(chance: random.Random, rows: int) -> TableStatistics:
    """Draws a table: heavy-tailed numbers, categories, a skewed label and missing values, always of one source."""
    columns: dict[str, ColumnStatistics] = {}
    for i in range(4):
        values = sorted(chance.lognormvariate(0, 2) for _ in range(rows))
        edges = [values[round(j * (rows - 1) / 20)] for j in range(21)]
        columns[f"x{i}"] = number(*((a, b, rows / 20) for a, b in zip(edges, edges[1:], strict=False)))
        cities: Mapping[str, int] = Counter(chance.choice("aaaabbbccd") for _ in range(rows) if chance.random() < 0.7)
        columns[f"city{i}"] = ColumnStatistics("text", sum(cities.values()), cities)
    columns["label"] = ColumnStatistics("text", rows, Counter(chance.choice(["no"] * 4 + ["yes"]) for _ in range(rows)))
    return TableStatistics(rows, columns)


@pytest.mark.parametrize(("rows", "others"), [(60, 24), (200, 40), (1000, 60)])
def test_splits_of_few_rows_from_one_source_raise_no_false_alarm(rows: int, others: int) -> None:
    chance = random.Random(rows)
    for _ in range(60):
        train, test = sample(chance, rows), sample(chance, others)
        assert compare(train, test, sample(chance, rows)) == []


def test_without_the_test_of_chance_the_same_splits_would_raise_many() -> None:
    chance = random.Random(1)
    alarms = [compare(sample(chance, 60), sample(chance, 24), significance=ALMOST_ALWAYS) for _ in range(10)]
    assert sum(map(bool, alarms)) >= 5
