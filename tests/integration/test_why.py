"""What the methods of Explainer find out about a real model."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from components.explainer.methods import dependence, permutation_importance
from modules.base import questions
from modules.explaining.clock import Clock
from modules.explaining.raw_function import RawFunction

pytestmark = pytest.mark.integration


def importances(asked: Any) -> tuple[dict[str, Any], str]:
    content, note = permutation_importance.find(asked, questions.Explainer())
    assert content is not None
    return dict(content), note


def test_importance_is_what_the_first_metric_loses(asked: Any) -> None:
    content, note = importances(dataclasses.replace(asked, rows=400))
    assert note == ""
    assert content["metric"] == "auc"
    assert content["rows"] == {"test": 400, "training": 400}
    assert content["values"]["test"] > 0.75
    shuffled = [tuple(one["columns"]) for one in content["importances"]]
    assert ("education_num", "education") in shuffled or ("education", "education_num") in shuffled
    assert len(shuffled) == len(asked.function.columns) + len(content["groups"])
    values = [one["test"]["value"] for one in content["importances"]]
    assert values == sorted(values, reverse=True)
    assert values[0] > 0.005


def test_rows_of_one_class_are_measured_by_the_first_metric_that_they_define(asked: Any) -> None:
    one_class = dataclasses.replace(asked, rows=200)
    of_one = asked.test.taken(asked.test.labels == 0)
    object.__setattr__(one_class, "test", of_one)
    content, _ = importances(one_class)
    assert content["metric"] == "accuracy"


def test_very_wide_tables_are_asked_about_fewer_rows(asked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    columns = len(asked.function.columns)
    monkeypatch.setattr(permutation_importance, "_CELLS", columns * 5_000)
    numbers: list[int] = []

    def noted(rows: Any) -> np.ndarray:
        numbers.append(len(rows["age"]))
        return asked.function.answer(rows)

    frugal = dataclasses.replace(asked, rows=400)
    object.__setattr__(frugal, "function", RawFunction(asked.function.columns, asked.function.outputs, noted))
    content, _ = importances(frugal)
    assert content["repeats"] == 3
    assert sum(numbers) <= 5_000 * 1.1


def test_a_method_whose_seconds_are_over_says_so(asked: Any) -> None:
    late = dataclasses.replace(asked, clock=Clock(-1), rows=50)
    content, note = permutation_importance.find(late, questions.Explainer())
    assert (content, note) == (None, late.clock.left_out)


def test_dependence_is_of_the_columns_that_move_the_answer_most(asked: Any) -> None:
    content, note = dependence.show_change(dataclasses.replace(asked, rows=100), questions.Explainer())
    assert content is not None and note == ""
    assert (content["output"], content["rows"], content["interaction_rows"]) == (">50K", 100, 10)
    strengths = list(content["strengths"].values())
    assert strengths == sorted(strengths, reverse=True)
    assert [one["column"] for one in content["columns"]] == list(content["strengths"])[:8]
    assert len(content["interactions"]) == 28
    for one in content["columns"]:
        if one["kind"] == "categorical":
            assert one["change"][0] == 0
        else:
            assert [len(line) for line in one["lines"]] == [len(one["values"])] * 20
            assert set(one["accumulated"]["values"]) <= set(one["values"])


def test_partial_dependence_is_the_mean_answer_of_the_file(asked: Any) -> None:
    some = dataclasses.replace(asked, rows=100)
    content, _ = dependence.show_change(some, questions.Explainer())
    assert content is not None
    age = next(one for one in content["columns"] if one["column"] == "age")
    rows = asked.test.sample(100, asked.seed).rows
    answers = asked.function({**rows, "age": np.full(100, age["values"][0], rows["age"].dtype)})
    assert age["partial"][0] == pytest.approx(answers.mean(), rel=1e-4)


def test_dependence_says_that_its_seconds_are_over(asked: Any) -> None:
    late = dataclasses.replace(asked, clock=Clock(-1), rows=50)
    assert dependence.show_change(late, questions.Explainer()) == (None, late.clock.left_out)
