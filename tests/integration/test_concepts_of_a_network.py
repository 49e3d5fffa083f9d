"""Concepts of the config, tested on a network that was trained on real artifacts."""

from typing import Any

import pytest

from components.explainer.methods import concepts
from modules.base import questions
from modules.base.errors import UserError

pytestmark = pytest.mark.integration


def test_a_concept_that_the_answer_rests_on_is_found_and_one_of_too_few_rows_is_not_tested(asked: Any) -> None:
    queries = {"young": "age < 25 and marital_status != Divorced", "rare": "age > 60 and hours_per_week > 80"}
    found, note = concepts.find(asked, questions.Explainer(concepts=queries))
    assert found is not None
    assert note == ""
    assert [(its["concept"], its["is_tested"]) for its in found["concepts"]] == [("young", True), ("rare", False)]
    columns = asked.training.rows
    assert found["concepts"][0]["rows"] == ((columns["age"] < 25) & (columns["marital_status"] != b"Divorced")).sum()
    assert found["layers"] == ["hidden_0", "hidden_1"]
    scores = [its for its in found["scores"] if its["layer"] == 0]
    assert [its["concept"] for its in scores] == ["young"]
    assert scores[0]["score"] < 0.1
    assert scores[0]["is_used"]
    again, _ = concepts.find(asked, questions.Explainer(concepts=queries))
    assert again == found


def test_without_a_concept_the_method_says_why_and_one_that_does_not_fit_is_refused(asked: Any) -> None:
    assert concepts.find(asked, questions.Explainer()) == (None, "The config names no concept: explainer.concepts.")
    with pytest.raises(UserError, match="explainer.concepts.heavy: is 'fnlwgt > 3', and names 'fnlwgt', which the"):
        concepts.find(asked, questions.Explainer(concepts={"heavy": "fnlwgt > 3"}))
