"""What single methods of the Debugger say of a real model, and that the page shows it."""

import json
from typing import Any

import numpy as np
import pytest

from components.asked_model import AskedModel
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


def test_residuals_of_a_real_model_are_tested_by_column_and_slice_and_shown(asked: Any) -> None:
    content, note = METHODS["residuals"](asked, questions.Debugger())
    assert content is not None and not note
    tested = {one["name"] for one in content["by_column"]}
    assert {"age", "education", "fnlwgt"} <= tested
    assert "income" not in tested
    assert content["outputs"] == [">50K"]
    overall = content["overall"][0]
    answers, labels = asked.test_answers[:, 1], asked.test.labels
    assert overall["mean"] == pytest.approx(labels.mean() - answers.mean(), rel=1e-4)
    of_slice = {one["level"]: one for one in content["slices"]}
    women = asked.test.rows["sex"] == b"Female"
    assert of_slice["sex=Female"]["observed"] == pytest.approx(labels[women].mean(), rel=1e-4)
    assert content["findings"]
    _, blocks = shown("residuals", content)
    assert sum(isinstance(block, Figure) for block in blocks) == 7
    tables = [block for block in blocks if isinstance(block, Table)]
    assert [len(table.rows) for table in tables] == [len(tested), len(content["slices"])]


def test_validation_of_a_real_model_is_compared_with_test(asked: Any) -> None:
    content, note = METHODS["optimistic_validation"](asked, questions.Debugger())
    assert content is not None and not note
    assert content["metrics"][0]["metric"] == "auc"
    assert not content["beyond_chance"]
    assert content["findings"][0]["mark"] == "good"
    _, blocks = shown("optimistic_validation", content)
    assert [isinstance(block, Table) for block in blocks] == [False, True]


def test_copies_of_training_rows_among_the_validation_rows_are_the_reason(asked: Any) -> None:
    copies = asked.training.taken(np.arange(150))
    flattered = AskedModel(asked.run, asked.inputs, asked.clock, asked.rows)
    sure = np.where(copies.labels == 1, 0.9, 0.1) + np.linspace(-0.05, 0.45, 150) * (copies.labels == 0)
    # Cached properties are found there before they are computed.
    flattered.__dict__.update(validation=copies, validation_answers=np.stack([1 - sure, sure], axis=1))
    content, _ = METHODS["optimistic_validation"](flattered, questions.Debugger())
    assert content is not None and content["beyond_chance"]
    found = content["near_duplicates"]
    assert found["validation"] == {"rows": 150, "near_duplicates": 150}
    assert found["low"] > 0.2
    assert content["findings"][0]["mark"] == "bad"
    assert "data.group_column" in content["findings"][0]["advice"]
    _, blocks = shown("optimistic_validation", content)
    assert [isinstance(block, Table) for block in blocks] == [False, True, True, False]


def test_suspected_labels_of_a_real_table_are_listed_with_their_values(asked: Any) -> None:
    content, note = METHODS["label_errors"](asked, questions.Debugger())
    assert content is not None and not note
    assert content["rows"] == len(asked.training)
    assert 0 < content["suspected"] < 0.3 * content["rows"]
    assert sum(pair["rows"] for pair in content["pairs"]) == content["suspected"]
    first = content["listed"][0]
    assert first["score"] < 0.2
    assert {first["label"], first["instead"]} == {"<=50K", ">50K"}
    assert "income" not in content["columns"] and "fnlwgt" in content["columns"]
    age = int(first["values"][content["columns"].index("age")])
    assert age == asked.training.rows["age"][first["number"] - 1]
    assert asked.training.labels[first["number"] - 1] == (first["label"] == ">50K")
    _, blocks = shown("label_errors", content)
    listed = blocks[-1]
    assert isinstance(listed, Table)
    assert len(listed.rows) + len(listed.more) == len(content["listed"])
