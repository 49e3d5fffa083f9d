"""What a table of the page becomes in a spreadsheet, by a real browser."""

import csv
from pathlib import Path

import pytest

from components.reporter import page
from components.reporter.blocks import Block, Cell, Column, Section, Table
from tests.browser import browser, needs_chromium

pytestmark = [pytest.mark.integration, needs_chromium]


def test_a_table_is_saved_with_the_rows_for_which_there_was_no_room(tmp_path: Path) -> None:
    shown = [[Cell(text="shop=1"), Cell(text="0.9123", sort=0.912345)], [Cell(text="shop=2"), Cell(text="–")]]
    more = [["shop=</script>, 3", "0.812345678"], ["=shop", ""]]
    columns = [Column(title="slice", numeric=False), Column(title="AUC")]
    tables: list[Block] = [Table(caption="By shop", columns=columns, rows=shown, more=more)]
    tables.append(Table(caption="Whole", columns=columns, rows=shown[:1]))
    section = Section(id="slices", title="For whom?", lead="All.", order=1, blocks=tables)
    (tmp_path / "index.html").write_text(page.render_sections("t", ("", ""), "", [section]))
    found = []
    with browser() as visit:
        seen = visit((tmp_path / "index.html").as_uri())
        seen.page.wait_for_selector("html[data-ready=true]", timeout=60_000)
        assert seen.page.locator("tbody tr").count() == 3
        for number in range(2):
            with seen.page.expect_download() as saved:
                seen.page.locator("button.download").nth(number).click()
            saved.value.save_as(tmp_path / "saved.csv")
            found.append(list(csv.reader((tmp_path / "saved.csv").read_text(encoding="utf-8-sig").splitlines())))
    first = ["shop=1", "0.912345"]
    assert found[0] == [["slice", "AUC"], first, ["shop=2", ""], ["shop=</script>, 3", "0.812345678"], ["'=shop", ""]]
    assert found[1] == [["slice", "AUC"], first]
