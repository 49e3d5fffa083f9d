from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import config as configs
from pipeline.drafting import compressing, draft, plan

pytestmark = pytest.mark.unit


def test_forms_may_lose_less_where_validation_rows_are_many(
    table: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = {"x": [(row * 7) % 997 + 0.5 for row in range(1_500)], "sold": [f"c{row % 2}" for row in range(1_500)]}
    made = plan.make(table(columns), "sold")
    assert compressing.choose(made) is None
    assert "quantizer" not in draft.config_text(made, "sold", "table.csv")
    monkeypatch.setattr(compressing, "_LEAST_ROWS", 121)
    assert compressing.choose(made) is None
    monkeypatch.setattr(compressing, "_LEAST_ROWS", 120)
    assert compressing.choose(made) == (0.001, "less than the default: 120 validation rows show losses as small")
    _, path = draft.draft(str(tmp_path / "table.csv"), "sold", "sold", folder=str(tmp_path / "drafted"))
    assert configs.load(path).quantizer.max_loss == 0.001
