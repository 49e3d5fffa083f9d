"""What a pushed model in Python says about one row: the commands' words, and typed values."""

import html
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from modules.base.errors import DataError, UserError
from pipeline import load
from pipeline.commands import reasons
from pipeline.commands.reasons import Ask

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """Thirty rows: wages from 0.1 to 0.97, every third row red."""
    return pd.DataFrame(
        {
            "wage €": np.round(0.1 + 0.03 * np.arange(30), 2),
            "years": np.arange(30) % 7,
            "colour": np.where(np.arange(30) % 3, "blue", "red"),
            "when": "2024-01-05",
        }
    )


@pytest.fixture
def model(classifier: Path) -> Any:
    return load(classifier)


@pytest.fixture
def table(frame: pd.DataFrame, tmp_path: Path) -> str:
    frame.to_csv(tmp_path / "rows.csv", index=False)
    return str(tmp_path / "rows.csv")


def words(said: str, table: str) -> str:
    """Returns what a command says, in the words of Python."""
    return said.replace(f"Row 29 of {table}", "The row").replace(f"other rows of {table}", "rows of the DataFrame")


def test_reasons_are_those_of_the_command(model: Any, classifier: Path, frame: pd.DataFrame, table: str) -> None:
    found = model.explain(frame.iloc[[28]], frame.drop(28), mutable=["wage €"], falls=["wage €"])
    ask = Ask(str(classifier), table, 29, mutable=["wage €"], directions={"wage €": "falls"})
    assert repr(found) == words(reasons.explain(ask), table)
    assert "flips the decision, of values that 29 rows of the DataFrame have: wage € 0.94 → 0.5\n" in repr(found)


def test_reasons_are_values_that_add_up(model: Any, frame: pd.DataFrame) -> None:
    found = model.explain(frame.iloc[28], frame)
    assert (found.answer.label, found.answer.decision, found.answer.of) == ("y", ">50K", ">50K")
    assert found.answer.value == pytest.approx(0.94)
    assert found.base + sum(one.by for one in found.contributions) == pytest.approx(0.94, abs=1e-6)
    strongest = found.contributions[0]
    assert (strongest.column, strongest.value) == ("wage €", "0.94")
    assert found.counterfactual.answer.decision == "<=50K"
    shown = html.unescape(found._repr_html_())
    assert "The row: y >50K (probability of >50K 0.9400, threshold 0.5)" in shown
    assert shown.count("<tr") == 5 and f"{strongest.by:+.4f}" in shown


def test_a_row_may_be_a_dict_a_series_or_a_table_of_one_row(model: Any, frame: pd.DataFrame) -> None:
    forms = [
        frame.iloc[4].to_dict(),
        frame.iloc[4],
        frame.iloc[[4]],
        frame.iloc[[4]][model.feature_names_in_].to_numpy(),
    ]
    assert len({repr(model.explain(form, frame, seed=3)) for form in forms}) == 1
    assert repr(model.explain(forms[0], frame, seed=3)) != repr(model.explain(forms[0], frame.iloc[10:], seed=3))


def test_what_if_is_what_the_command_says(model: Any, classifier: Path, frame: pd.DataFrame, table: str) -> None:
    found = model.what_if(frame.iloc[28], {"wage €": 0.25, "colour": None})
    command = reasons.what_if(str(classifier), table, 29, {"wage €": "0.25", "colour": ""})
    assert repr(found) == words(command, table)
    assert found.flips
    assert found.changes == {"wage €": ("0.94", "0.25"), "colour": ("blue", "(missing)")}
    assert (found.before.value, found.after.value) == pytest.approx((0.94, 0.25))
    assert not model.what_if(frame.iloc[28], {"wage €": 0.8}).flips


def test_of_a_regression_nothing_flips(regressor: Path, frame: pd.DataFrame) -> None:
    model: Any = load(regressor)
    found = model.explain(frame.iloc[28], frame)
    assert found.answer.decision is None
    assert found.counterfactual is None
    assert "flips" not in repr(found) + found._repr_html_()
    assert repr(model.what_if(frame.iloc[28], {"wage €": 0.8})).endswith("The answer changes by −140.")


def test_what_cannot_be_asked_is_refused_in_a_line(model: Any, frame: pd.DataFrame) -> None:
    row = frame.iloc[28]
    refused = {
        "the DataFrame: has 2 rows where one is asked about": lambda: model.explain(frame.iloc[:2], frame),
        "9 rows of the DataFrame are too few to compare with": lambda: model.explain(row, frame.iloc[:9]),
        "reads no column 'color'; did you mean 'colour'": lambda: model.what_if(row, {"color": "red"}),
        "mutable=.*reads no column 'wage'": lambda: model.explain(row, frame, mutable=["wage"]),
        "rises=.*reads no column 'age'": lambda: model.explain(row, frame, rises=["age"]),
        "column 'years': 'many' is not": lambda: model.what_if(row, {"years": "many"}),
        "has no column 'colour'": lambda: model.explain(row.drop("colour"), frame),
    }
    for said, call in refused.items():
        with pytest.raises((UserError, DataError), match=said) as caught:
            call()
        assert "\n" not in str(caught.value)
