import csv
from pathlib import Path

import pytest

from benchmarks import wide

pytestmark = pytest.mark.unit


def test_the_table_has_the_columns_and_rows_that_were_asked_for_and_both_labels(tmp_path: Path) -> None:
    wide.write_table(str(tmp_path / "table.csv"), 9, 40)
    header, *rows = csv.reader((tmp_path / "table.csv").open(newline=""))
    assert (len(header), header[-1], len(rows)) == (9, "label", 40)
    assert {row[-1] for row in rows} == {"yes", "no"}
    assert all(len(row) == 9 for row in rows)


def test_a_line_has_the_seconds_of_each_width_and_how_much_faster_than_the_columns_they_grew() -> None:
    lines = wide.table({100: {"init": 1.0, "Transform": 2.0}, 400: {"init": 4.0, "Transform": 32.0}})
    assert [line.split() for line in lines[1:]] == [
        ["init", "1.0", "4.0", "1.00"],
        ["Transform", "2.0", "32.0", "4.00"],
    ]
