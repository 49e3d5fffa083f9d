"""What single methods of the Debugger say of a real model, and that the page shows it."""

import json
from typing import Any

import pytest

from components.debugger.methods import METHODS
from components.reporter.blocks import Block, Details, Figure, Table
from components.reporter.sections import debugging
from modules.base import questions

pytestmark = pytest.mark.integration


def shown(method: str, content: Any, note: str = "") -> tuple[str, list[Block]]:
    """Returns the lead and what is folded below the method's title."""
    content = json.loads(json.dumps(content, allow_nan=False))
    made = debugging.section({"debugging": [{"method": method, "content": content, "note": note}]})
    assert made is not None
    folded = made.blocks[-1]
    assert isinstance(folded, Details)
    return made.lead, folded.blocks


def test_weak_slices_of_a_real_model_are_confirmed_and_shown(asked: Any) -> None:
    content, note = METHODS["weak_slices"](asked, questions.Debugger())
    assert content is not None and not note
    worst = content["slices"][0]
    assert worst["low"] > content["overall"] > 0.1
    assert worst["training_rows"] > 0
    assert content["findings"][0]["what"].startswith(worst["slice"])
    assert len(content["tree"]) > 2
    lead, blocks = shown("weak_slices", content)
    assert lead.startswith(f"Worst for {worst['slice']}: error rate ")
    tables = [block for block in blocks if isinstance(block, Table)]
    assert tables[0].rows[0][0].text == worst["slice"]
    assert len(tables) == 2
    assert any(isinstance(block, Figure) for block in blocks)
