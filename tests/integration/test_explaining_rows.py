"""What the methods about single rows say of a real model, and that the page shows it."""

import json
from typing import Any

import pytest

from components.explainer.methods import METHODS
from components.reporter.blocks import Block, Details, Figure, Table
from components.reporter.sections import explanation
from components.reporter.sections.explaining import lime
from modules.base import questions
from modules.base.errors import UserError

pytestmark = pytest.mark.integration


def folded(method: str, content: Any, note: str = "") -> list[Block]:
    """Returns what the page folds away below the method's title."""
    content = json.loads(json.dumps(content, allow_nan=False))
    made = explanation.section({"explanation": [{"method": method, "content": content, "note": note}]})
    assert made is not None
    (details,) = made.blocks
    assert isinstance(details, Details)
    return details.blocks


def test_shapley_values_of_the_file_add_up_and_every_explainer_names_the_same_columns(asked: Any) -> None:
    content, note = METHODS["shapley"](asked, questions.Explainer())
    assert content is not None and not note
    assert content["additivity_error"] < 1e-9
    explainers = {one["name"]: one for one in content["explainers"]}
    assert list(explainers) == [
        "sampled orders",
        "Kernel SHAP",
        "Permutation SHAP",
        "Deep SHAP",
        "integrated gradients",
        "Tree SHAP",
    ]
    for name in ("Kernel SHAP", "Permutation SHAP", "Deep SHAP", "Tree SHAP"):
        assert explainers[name]["additivity_error"] < 1e-4
    assert min(one["rank_correlation"] for one in explainers.values()) > 0.4
    assert explainers["Kernel SHAP"]["rank_correlation"] > 0.8
    assert set(content["mean_absolute"]) == {column.name for column in asked.function.columns}
    for row in content["single_rows"]:
        total = row["base"] + sum(part["contribution"] for part in row["parts"]) + row["rest"]
        assert total == pytest.approx(row["answer"], abs=1e-4)
    blocks = folded("shapley", content)
    assert len([block for block in blocks if isinstance(block, Figure)]) == 1 + len(content["single_rows"]) + 4
    table = blocks[-1]
    assert isinstance(table, Table) and len(table.rows) == 6


def test_lime_says_how_well_it_fits_and_whether_it_agrees(asked: Any) -> None:
    content, note = METHODS["lime"](asked, questions.Explainer())
    assert content is not None and not note
    assert content["rows"] == 20 + len(content["single_rows"])
    assert content["r_squared"]["lowest"] <= content["r_squared"]["median"] <= 1
    assert content["agreement"]["all_rows"] > 0.5
    for row in content["single_rows"]:
        assert row["is_poor"] == (row["r_squared"] < content["limit"])
        assert 1 <= len(row["weights"]) <= 6
    said, fits, agreed = folded("lime", content)
    assert isinstance(fits, Table) and isinstance(agreed, Table)
    assert [("(poor)" in row[4].text) for row in fits.rows] == [row["is_poor"] for row in content["single_rows"]]
    assert len(agreed.rows) == 2

    # ALE is another method's.
    curves = [
        {"column": name, "accumulated": {"values": [0, 1], "effects": [-value, value]}}
        for name, value in content["mean_absolute"].items()
    ]
    others = {"dependence": {"columns": [*curves, {"column": "x", "change": []}]}, "shapley": None, "lime": content}
    results = [{"method": name, "content": found, "note": ""} for name, found in others.items()]
    _, blocks = lime.show(content, {"explanation": results})
    with_ale = blocks[-1]
    assert isinstance(with_ale, Table)
    assert [(row[0].text, row[1].text) for row in with_ale.rows[2:]] == [("LIME and ALE", "1.00")]


def test_counterfactuals_of_a_real_model_flip_its_decision_and_change_only_what_may_change(asked: Any) -> None:
    settings = questions.Explainer(mutable=["age", "education_num", "occupation"], directions={"age": "rises"})
    content, note = METHODS["counterfactuals"](asked, settings)
    assert content is not None and not note
    assert content["mutable"] == ["age", "education_num", "occupation"]
    assert 0 < content["found"] <= content["rows"] == 10
    found = [one["counterfactual"] for one in content["examples"] if one["counterfactual"] is not None]
    assert found
    for one in found:
        assert one["probability"] <= 0.5
        for change in one["changes"]:
            assert change["column"] in settings.mutable
            assert change["column"] != "age" or float(change["to"]) > float(change["from"])
    table = folded("counterfactuals", content)[1]
    assert isinstance(table, Table) and len(table.rows) == len(content["examples"])


def test_a_column_that_the_model_does_not_read_cannot_change(asked: Any) -> None:
    with pytest.raises(UserError, match="explainer.mutable: the model reads no column 'agee'"):
        METHODS["counterfactuals"](asked, questions.Explainer(mutable=["agee"]))
