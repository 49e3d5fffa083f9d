from typing import Any

import pytest

from components.reporter.blocks import Block, Details, Notice, Table
from components.reporter.sections.debugging_parts import findings

pytestmark = pytest.mark.unit

TITLES = {"first": "The first method", "second": "The second method"}


def finding(mark: str, what: str) -> dict[str, str]:
    return {"mark": mark, "what": what, "advice": f"Do something about {what}"}


def cells(block: Block) -> list[list[str]]:
    assert isinstance(block, Table)
    return [[cell.text for cell in row] for row in block.rows]


CONTENTS: dict[str, dict[str, Any]] = {
    "first": {"findings": [finding("warning", "a"), finding("good", "b")]},
    "second": {"findings": [finding("bad", "c")]},
}


def test_findings_of_all_methods_are_one_table_the_bad_ones_first() -> None:
    table, folded = findings.blocks(CONTENTS, TITLES)
    assert cells(table) == [
        ["The second method", "wrong", "c", "Do something about c"],
        ["The first method", "look\N{NO-BREAK SPACE}at\N{NO-BREAK SPACE}it", "a", "Do something about a"],
    ]
    assert isinstance(folded, Details)
    assert folded.title == "1 check that found nothing wrong"
    assert cells(folded.blocks[0]) == [["The first method", "fine", "b", "Do something about b"]]


def test_more_than_eight_findings_are_folded_away() -> None:
    many = {"first": {"findings": [finding("warning", str(number)) for number in range(11)]}}
    table, folded = findings.blocks(many, TITLES)
    assert len(cells(table)) == 8
    assert isinstance(folded, Details)
    assert folded.title == "3 more findings"
    assert [row[2] for row in cells(folded.blocks[0])] == ["8", "9", "10"]


def test_that_nothing_was_found_is_said() -> None:
    (notice,) = findings.blocks({"first": {"findings": []}}, TITLES)
    assert isinstance(notice, Notice)
    assert notice.mark == "good"
    assert findings.counted({"first": {}}) == "No method found anything that asks for something to be done."


def test_a_sentence_counts_what_asks_for_something_to_be_done() -> None:
    assert findings.counted(CONTENTS) == "2 findings ask for something to be done, 1 of them about something wrong."
    assert findings.counted({"second": CONTENTS["second"]}) == "1 finding asks for something to be done."
