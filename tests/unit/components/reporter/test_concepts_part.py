from typing import Any

import pytest

from components.reporter.blocks import Figure, Table, Text
from components.reporter.sections.explaining import concepts

pytestmark = pytest.mark.unit


def score(concept: str, layer: int, value: float, is_used: bool, accuracy: float = 0.9) -> dict[str, Any]:
    return {
        "concept": concept,
        "layer": layer,
        "output": 0,
        "score": value,
        "low": value - 0.05,
        "high": value,
        "random_score": 0.5,
        "p_value": 0.0123,
        "accuracy": accuracy,
        "runs": 20,
        "rows": 100,
        "is_used": is_used,
    }


CONTENT = {
    "rows": 1_000,
    "least_rows": 75,
    "layers": ["hidden_0", "hidden_1"],
    "outputs": [">50K"],
    "concepts": [
        {"concept": "graduate", "query": "education_num >= 13", "rows": 7_251, "is_tested": True},
        {"concept": "young", "query": "age < 25", "rows": 4_000, "is_tested": True},
        {"concept": "rare", "query": "age > 90", "rows": 14, "is_tested": False},
    ],
    "scores": [
        score("graduate", 0, 0.98, True),
        score("young", 0, 0.1, True),
        score("graduate", 1, 0.7, False),
        score("young", 1, 0.2, True, accuracy=0.55),
    ],
}


def test_each_concept_has_a_row_for_each_layer_and_one_that_was_not_tested_a_sentence() -> None:
    seen, folded = concepts.show(CONTENT, {})
    assert not seen
    about, first, second, table, rare = folded
    assert isinstance(about, Text)
    assert "1,000 test rows" in about.text
    assert isinstance(first, Figure)
    assert isinstance(second, Figure)
    assert "graduate of >50K 98% (random 50%), young of >50K 10% (random 50%)" in first.description
    assert isinstance(table, Table)
    assert [cell.text for cell in table.rows[0]] == [
        "graduate",
        "education_num >= 13 (7,251)",
        "hidden_0",
        "98.0%",
        "93.0% to 98.0%",
        "50.0%",
        "0.012",
        "90.0%",
        "the answer rises with it",
    ]
    assert [row[-1].text for row in table.rows[1:]] == [
        "the answer falls with it",
        "no more than chance",
        "the layer hardly knows it",
    ]
    assert rare == Text(text="rare (age > 90) was not tested: 14 training rows are of it, and a test needs 75.")


def test_of_several_answers_each_has_its_own_row_and_nothing_tested_leaves_the_figures_out() -> None:
    scores = [score("graduate", 0, 0.9, True), score("graduate", 0, 0.1, True) | {"output": 1}]
    _, folded = concepts.show(CONTENT | {"outputs": ["a", "b"], "scores": scores}, {})
    (table,) = [block for block in folded if isinstance(block, Table)]
    assert [row[3].text for row in table.rows] == ["a", "b"]
    _, folded = concepts.show(CONTENT | {"scores": []}, {})
    assert [block.kind for block in folded] == ["text", "text"]
