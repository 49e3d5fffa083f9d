from typing import Any

import pytest

from components.reporter.blocks import Notice, Table
from components.reporter.sections.explaining import saliency_check

pytestmark = pytest.mark.unit

CONTENT: dict[str, Any] = {
    "rows": 200,
    "columns": 14,
    "repeats": 5,
    "limit": 0.5,
    "stages": [{"layers": 1, "correlation": 0.66727}, {"layers": 2, "correlation": 0.42765}],
    "passes": True,
}


def test_the_verdict_is_told_with_its_number_above_the_stages() -> None:
    seen, (verdict, table) = saliency_check.show(CONTENT, {})
    assert not seen
    assert isinstance(verdict, Notice)
    assert verdict.mark == "good"
    assert "a correlation of 0.43 to those of the trained network. They follow what it learnt" in verdict.text
    assert isinstance(table, Table)
    assert [[cell.text for cell in row] for row in table.rows] == [["1", "0.667"], ["2", "0.428"]]


def test_saliency_that_survives_is_warned_of() -> None:
    _, (verdict, _) = saliency_check.show(CONTENT | {"passes": False}, {})
    assert isinstance(verdict, Notice)
    assert verdict.mark == "warning"
    assert "above 0.5" in verdict.text
