"""Truth values and others that are written in several ways within the training rows."""

import dataclasses

import pytest

from components.data_gate import spellings
from components.data_gate.statistics import ColumnStatistics, TableStatistics

pytestmark = pytest.mark.unit


def text(**counts: int) -> ColumnStatistics:
    return ColumnStatistics("text", sum(counts.values()), counts)


def found(**columns: ColumnStatistics) -> dict[str, str]:
    made = spellings.of_table(TableStatistics(900, columns), "train", frozenset({"label", "excluded"}))
    assert {(finding.rule, finding.compared) for finding in made} <= {("spellings", "train")}
    return {finding.column: finding.text for finding in made}


def test_truth_values_in_several_spellings_are_named_with_their_rows() -> None:
    mixed = ColumnStatistics("text", 900, {"False": 500, "True": 300, "TRUE": 90, "true": 7, "1": 3})
    assert found(smoker=mixed, plain=text(true=400, false=500)) == {
        "smoker": "one value in several spellings, which are learnt apart: 'True' (300 rows), 'TRUE' (90 rows), 'true' "
        "(7 rows), '1' (3 rows); write it in one way"
    }


def test_of_many_values_the_first_are_named_and_the_others_counted() -> None:
    counts = {spelt: 9 for n in range(5) for spelt in (f"city{n}", f"City{n}")}
    text_of = found(city=text(**counts))["city"]
    assert text_of.endswith("'City2' (9 rows), 'city2' (9 rows); and 2 more; write it in one way")


def test_columns_that_are_not_learnt_from_are_passed_over_and_so_are_names() -> None:
    two = text(a=1, A=1)
    many = text(**{spelt: 1 for n in range(501) for spelt in (f"n{n}", f"N{n}")})
    numbers = ColumnStatistics("number", 9, {"a": 9, "A": 9})
    cut = dataclasses.replace(two, complete=False)
    assert found(label=two, excluded=two, name=many, cut=cut, age=numbers) == {}
