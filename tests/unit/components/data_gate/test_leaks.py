"""Leakage in a config that nobody drafted."""

import time
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from components.data_gate import leaks
from modules.base.settings import Features, Label
from modules.contracts.data_findings import DataFinding

pytestmark = pytest.mark.unit

N = 1_000
RANDOM = np.random.default_rng(3)
X = RANDOM.normal(size=N)
LEFT = X + RANDOM.normal(size=N) > 0
DTYPES = {"string": "string", "int64": "int64", "float": "float32"}


def found(
    label: dict[str, Any] | None = None, features: dict[str, Any] | None = None, **columns: Any
) -> list[DataFinding]:
    made = {"x": pa.array(X, pa.float32()), "left": pa.array(np.where(LEFT, "yes", "no"))}
    made |= {name: pa.array(values) for name, values in columns.items()}
    made = {name: values.cast(pa.float32()) if values.type == pa.float64() else values for name, values in made.items()}
    dtypes = {name: DTYPES[str(values.type)] for name, values in made.items()}
    settings = Label(**{"column": "left", "positive_class": "yes"} | (label or {}))
    return leaks.of_columns(made, dtypes, settings, Features(**features or {}))


def test_columns_that_only_tell_something_are_not_told() -> None:
    assert found(same=["a"] * N, noise=RANDOM.integers(0, 9, N), key=[f"k{i}" for i in range(N)]) == []


@pytest.mark.parametrize(
    ("values", "features"),
    [
        (np.where(LEFT, "closed", "open"), {}),
        (np.where(LEFT, 900, 1000) + RANDOM.integers(0, 50, N), {}),
        (np.where(LEFT, 3, 7), {"categorical": ["given"]}),
        (np.where(LEFT, 0.5, 2.5) + RANDOM.random(N), {}),
        (np.where(LEFT, 1_700_000_000, 1_500_000_000) + RANDOM.integers(0, 9_999, N), {"timestamps": ["given"]}),
    ],
)
def test_a_column_that_gives_the_label_away_is_told_whatever_its_kind(values: np.ndarray, features: dict) -> None:
    (finding,) = found(given=values, features=features)
    assert (finding.rule, finding.column, finding.compared) == ("leakage", "given", "train against the label")
    assert (finding.value, finding.limit, finding.severity) == (pytest.approx(1.0, abs=0.01), 0.99, "stop")
    assert finding.text == (
        f"it alone predicts left: AUC {finding.value:.3f} on held-out rows; exclude it (features.exclude) unless it is "
        "known before left is"
    )


def test_a_date_that_is_only_filled_in_afterwards_is_told() -> None:
    when = [int(second) if left else None for second, left in zip(RANDOM.integers(1, 2**31, N), LEFT, strict=True)]
    (finding,) = found(closed=when, features={"timestamps": ["closed"]})
    assert "AUC 1.000 on held-out rows, by being filled or not; exclude it" in finding.text


def test_columns_that_the_model_does_not_see_are_not_told() -> None:
    given = np.where(LEFT, 1, 0)
    assert found(given=given, features={"exclude": ["given"]}) == []
    assert found({"weight_column": "given"}, given=given) == []


def test_a_value_against_the_rest_is_scored_as_such_and_classes_and_numbers_by_theirs() -> None:
    three = np.where(LEFT, "yes", np.where(X > -0.5, "no", "maybe"))
    assert [f.column for f in found(left=three, given=np.where(LEFT, 1, 0))] == ["given"]
    classes = {"task": "multiclass", "positive_class": None}
    assert "balanced accuracy 1.000" in found(classes, left=three, given=np.char.add(three, "!"))[0].text
    number = {"task": "regression", "positive_class": None}
    assert "R² of the ranks" in found(number, left=X, given=2 * X)[0].text


def test_where_many_columns_predict_the_label_they_are_told_together_and_never_stop() -> None:
    (finding,) = found({}, {}, **{f"given{i}": np.where(LEFT, i, i + 1) for i in range(7)})
    assert (finding.column, finding.severity) == ("(table)", "warn")
    assert finding.text.startswith("each alone predicts left: given0 (AUC 1.000), given1")
    assert finding.text.endswith("given4 (AUC 1.000) and 2 more; is it leakage, or is left easy?")


def test_few_rows_tell_nothing() -> None:
    columns = {"x": pa.array([0.0, 1.0] * 10, pa.float32()), "left": pa.array(["no", "yes"] * 10)}
    label = Label(column="left", positive_class="yes")
    assert leaks.of_columns(columns, {"x": "float32", "left": "string"}, label, Features()) == []


@pytest.mark.parametrize(
    ("rows", "columns", "one_in"), [(300, 5_000, 1), (20_000, 15, 1), (29_267, 15, 2), (10**6, 5_000, 2_500)]
)
def test_of_many_rows_some_are_judged(rows: int, columns: int, one_in: int) -> None:
    assert leaks.every(rows, columns) == one_in


def test_time_grows_with_the_number_of_columns_and_not_with_its_square() -> None:
    def seconds(columns: int) -> float:
        began = time.process_time()
        found({}, {}, **{f"n{i}": X[:N] for i in range(columns)})
        return time.process_time() - began

    seconds(10)
    assert seconds(800) < 12 * seconds(200)
