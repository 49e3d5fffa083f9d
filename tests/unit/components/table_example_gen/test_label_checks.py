"""Labels and weights that nothing can be learnt from, or judged by, and what the user reads about them."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from components.table_example_gen import label_checks
from components.table_example_gen.label_checks import LabelChecks
from modules.base.errors import DataError
from modules.base.settings import Data, Label

pytestmark = pytest.mark.unit

DATA = Data(train="train.csv")
TWO_FILES = Data(train="train.csv", test="test.csv")
DTYPES = {"y": "string", "n": "int64", "x": "float32", "w": "float32"}
TYPES = {"string": pa.string(), "int64": pa.int64(), "float32": pa.float32()}
BINARY = Label(column="y", positive_class="yes")
MULTICLASS = Label(column="y", task="multiclass")
REGRESSION = Label(column="x", task="regression")
EACH = [0, 0, 1, 1, 2, 2]  # two rows a split


def add(checks: LabelChecks, splits: Sequence[int], **columns: list[Any]) -> np.ndarray:
    """Adds rows of the splits 0 (train), 1 (validation) and 2 (test); columns that are not given are 1 or `no`."""
    cells = {
        name: columns.get(name, ["no" if dtype == "string" else 1] * len(splits)) for name, dtype in DTYPES.items()
    }
    arrays = [pa.array(cells[name], TYPES[dtype]) for name, dtype in DTYPES.items()]
    return checks.add(pa.RecordBatch.from_arrays(arrays, names=list(DTYPES)), np.array(splits))


def refusal(label: Label, columns: dict[str, list[Any]], splits: Sequence[int] = EACH, data: Data = DATA) -> str:
    """Returns what is said of a table."""
    with pytest.raises(DataError) as caught:
        checks = LabelChecks(label, DTYPES, data)
        add(checks, splits, **columns)
        checks.check()
    message = str(caught.value)
    assert "\n" not in message
    assert re.search(r"[.?] [A-Z][^.]*.*\.$", message), "it ends with what to do"
    return message


def passes(label: Label, columns: dict[str, list[Any]], splits: Sequence[int] = EACH) -> None:
    checks = LabelChecks(label, DTYPES, DATA)
    add(checks, splits, **columns)
    checks.check()


@pytest.mark.parametrize(
    ("label", "columns"),
    [
        (BINARY, {"y": ["yes", "no"] * 3}),
        (BINARY, {"y": ["yes", "a", "yes", "b", "yes", "c"]}),
        (Label(column="n", positive_class=1), {"n": [0, 1] * 3}),
        (Label(column="y", positive_class="yes", others="negative"), {"y": ["yes", "YES", "yes", "b", "yes", " yes"]}),
        (Label(column="y", positive_class="yes", negative_class="YES"), {"y": ["yes", "YES"] * 3}),
        (Label(column="x", positive_class=1), {"x": [0.0, 1.0] * 3}),
        (MULTICLASS, {"y": ["a", "b", "a", "b", "b", "a"]}),
        (Label(column="n", task="multiclass"), {"n": [10, 9] * 3}),
        (REGRESSION, {"x": [1.5, 2, 3, 4, 5, 7]}),
        (Label(column="n", task="regression"), {"n": [1, 2] * 3}),
        (Label(column="x", task="regression", weight_column="w"), {"x": [1, 2] * 3, "w": [0.5, 1.5] * 3}),
    ],
)
def test_a_label_that_can_be_learnt_and_judged_passes(label: Label, columns: dict[str, list]) -> None:
    passes(label, columns)


@pytest.mark.parametrize(
    ("label", "said"),
    [
        (Label(column="z", task="multiclass"), "train.csv: has no column 'z', the label. Name a column of the table."),
        (
            Label(column="y", positive_class="yes", weight_column="z"),
            "train.csv: has no column 'z', the weight. Name a column of the table.",
        ),
        (
            Label(column="y", task="regression"),
            "train.csv, column 'y': holds text, and a regression predicts numbers. "
            "Fix the cells that are no numbers, or set label.task to another.",
        ),
        (
            Label(column="x", task="regression", weight_column="y"),
            "train.csv, column 'y': holds text, and weights are numbers. Name another label.weight_column.",
        ),
    ],
    ids=["no label", "no weight", "a label of text", "weights of text"],
)
def test_a_column_that_is_not_there_or_no_number_is_refused_before_any_row_is_read(label: Label, said: str) -> None:
    with pytest.raises(DataError) as caught:
        LabelChecks(label, DTYPES, DATA)
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("label", "columns", "said"),
    [
        (
            BINARY,
            {"y": ["no"] * 6},
            "train.csv, column 'y': every row of the split 'train' has the label 'no', so there is nothing to learn or "
            "to judge. Give rows of both classes.",
        ),
        (
            BINARY,
            {"y": ["yes", "no", "yes", "yes", "yes", "no"]},
            "train.csv, column 'y': every row of the split 'validation' has the label 'yes', so there is nothing to "
            "learn or to judge. Give rows of both classes.",
        ),
        (
            BINARY,
            {"y": ["Yes", "no"] * 3},
            "train.csv, column 'y': label.positive_class 'yes' is none of the values 'Yes', 'no' of the split 'train'; "
            "did you mean 'Yes'? Set label.positive_class to one of them.",
        ),
        (
            BINARY,
            {"y": ["yes", "no", "yes", "no", "yes", "YES"]},
            "train.csv, column 'y': holds 'YES' (1 row), which would count as negative, and differs from "
            "label.positive_class 'yes' (3 rows) by case or spaces only. "
            "Write the class in one way, or set label.others: negative if that is meant.",
        ),
        (
            BINARY,
            {"y": ["yes", "no", "yes", "yes\u00a0", "yes", " Yes"]},
            "train.csv, column 'y': holds ' Yes' (1 row), 'yes\\xa0' (1 row), which would count as negative, and "
            "differ from label.positive_class 'yes' (3 rows) by case or spaces only. "
            "Write the class in one way, or set label.others: negative if that is meant.",
        ),
        (
            Label(column="y", positive_class="yes", negative_class="no"),
            {"y": ["yes", "no", "yes", "no", "yes", "maybe"]},
            "train.csv, column 'y': holds 'maybe' (1 row), neither label.positive_class 'yes' nor label.negative_class "
            "'no'. Fix these cells, or set label.others: negative in place of label.negative_class.",
        ),
        (
            Label(column="n", positive_class="1"),
            {"n": [0, 1] * 3},
            "train.csv, column 'n': label.positive_class '1' is none of the values 0, 1 of the split 'train'; "
            "did you mean 1? Set label.positive_class to one of them.",
        ),
        (
            MULTICLASS,
            {"y": ["a", "a", "a", "b", "a", "b"]},
            "train.csv, column 'y': every training row has the label 'a', so there is nothing to learn. "
            "Give rows of several classes.",
        ),
        (
            MULTICLASS,
            {"y": ["a", "b", "a", "c", "a", "b"]},
            "train.csv, column 'y': class 'c' has 1 row in the split 'validation' and none to learn from. "
            "Give more rows of that class, take these out, or join it with another class; or try other shares than "
            "data.test_fraction 0.2 and data.validation_fraction 0.1: which split a row is in follows from "
            "its content.",
        ),
        (
            MULTICLASS,
            {"y": ["a", "b", "a", "b", "c", "c"]},
            "train.csv, column 'y': class 'c' has 2 rows in the split 'test' and none to learn from. "
            "Give more rows of that class, take these out, or join it with another class; or try other shares than "
            "data.test_fraction 0.2 and data.validation_fraction 0.1: which split a row is in follows from "
            "its content.",
        ),
        (
            REGRESSION,
            {"x": [1, 2, 3, 3, 5, 6]},
            "train.csv, column 'x': every row of the split 'validation' has the label 3, so there is nothing to learn "
            "or to judge. Give rows with different labels.",
        ),
        (
            REGRESSION,
            {"x": [1, 2, 3, 4, 5, float("-inf")]},
            "train.csv, column 'x': holds an infinite number. Fix or remove that row.",
        ),
        (
            MULTICLASS,
            {"y": ["a", "b", None, None, "a", "b"]},
            "train.csv, column 'y': the split 'validation' has no row with a label. "
            "Give more rows, or a larger share for validation.",
        ),
    ],
    ids=[
        "one class",
        "one class to validate",
        "other spelling",
        "positive class in two spellings",
        "positive class with spaces",
        "neither class",
        "text for a number",
        "one of several",
        "unseen in validation",
        "unseen in test",
        "one value",
        "infinite",
        "no label",
    ],
)
def test_a_useless_label_is_refused_with_what_was_found_and_what_to_do(
    label: Label, columns: dict[str, list], said: str
) -> None:
    assert refusal(label, columns) == said


def test_a_fault_of_the_test_table_is_blamed_on_the_test_table() -> None:
    assert refusal(REGRESSION, {"x": [1, 2, 3, 4, 5, 5]}, data=TWO_FILES).startswith("test.csv, column 'x': every row")
    assert refusal(MULTICLASS, {"y": ["a", "b", "a", "b", "c", "a"]}, data=TWO_FILES).startswith("test.csv, column 'y'")


@pytest.mark.parametrize(
    ("weight", "shown"),
    [
        (None, "nothing"),
        (-0.5, "-0.5"),
        (float("inf"), "inf"),
        (float("nan"), "nothing"),
        (1e-30, "1e-30"),
        (1e13, "1e+13"),
    ],
)
def test_a_weight_that_cannot_be_added_up_is_refused_and_counted(weight: float | None, shown: str) -> None:
    label = Label(column="y", positive_class="yes", weight_column="w")
    message = refusal(label, {"y": ["yes", "no"] * 3, "w": [1, weight, 1, 1, weight, 1]})
    assert message == (
        "train.csv, column 'w': holds 2 weights that are missing, negative, or too small or large to add up, such as "
        f"{shown}. Give every row a weight of 0, or from 1e-12 to 1e+12."
    )


@pytest.mark.parametrize("split", ["train", "validation", "test"])
@pytest.mark.parametrize("unweighed", ["yes", "no"])
def test_a_class_of_two_whose_rows_all_weigh_nothing_is_refused(split: str, unweighed: str) -> None:
    y, number = ["yes", "no"] * 3, ("train", "validation", "test").index(split)
    weights = [0.0 if value == unweighed and at == number else 1.0 for value, at in zip(y, EACH, strict=True)]
    message = refusal(Label(column="y", positive_class="yes", weight_column="w"), {"y": y, "w": weights})
    assert f"every row of the class {unweighed!r} in the split {split!r} has the weight 0" in message


def test_several_classes_need_a_weight_each_to_learn_and_two_of_them_to_judge() -> None:
    label = Label(column="y", task="multiclass", weight_column="w")
    y = ["a", "b", "a", "b", "a", "b"]
    assert "class 'b' in the split 'train'" in refusal(label, {"y": y, "w": [1, 0, 1, 1, 1, 1]})
    assert "every row with a weight above 0 of the split 'test'" in refusal(label, {"y": y, "w": [1, 1, 1, 1, 1, 0]})


def test_other_labels_than_the_positive_one_are_one_class_that_weighs() -> None:
    label = Label(column="y", positive_class="yes", others="negative", weight_column="w")
    splits = [0, 0, 0, 1, 1, 2, 2]
    passes(label, {"y": ["yes", "a", "b", "yes", "a", "yes", "a"], "w": [1, 0, 1, 1, 1, 1, 1]}, splits)


@pytest.mark.parametrize("value", [3e18, -2e30])
def test_a_number_whose_square_no_model_holds_is_no_label(value: float) -> None:
    message = refusal(REGRESSION, {"x": [1, value, 3, 4, 5, 6]})
    assert f"holds {value:g}" in message and "below 1e+18" in message


def test_the_weight_of_a_row_without_a_label_does_not_matter() -> None:
    label = Label(column="y", positive_class="yes", weight_column="w")
    passes(label, {"y": [*["yes", "no"] * 3, None], "w": [*[1.0] * 6, None]}, [*EACH, 0])


def test_a_wrong_weight_of_the_test_table_is_blamed_on_the_test_table() -> None:
    label = Label(column="y", positive_class="yes", weight_column="w")
    checks = LabelChecks(label, DTYPES, TWO_FILES)
    add(checks, [0, 0, 1, 1], y=["yes", "no"] * 2)
    with pytest.raises(DataError, match=r"^test\.csv, column 'w'"):
        add(checks, [2, 2], y=["yes", "no"], w=[1, -1])


@pytest.mark.parametrize("split", [0, 1, 2])
def test_a_split_whose_weights_are_all_zero_is_refused(split: int) -> None:
    # No weighted mean can be taken of it: neither a loss nor a metric.
    label = Label(column="x", task="regression", weight_column="w")
    weights = [float(number != split) for number in EACH]
    message = refusal(label, {"x": [1, 2, 3, 4, 5, 6], "w": weights})
    assert "column 'w'" in message
    assert ("train", "validation", "test")[split] in message


def test_a_validation_or_test_split_of_one_class_alone_is_refused_of_several_classes_too() -> None:
    # Its AUC is undefined, and NaN is no JSON.
    for y in (["a", "b", "a", "a", "a", "b"], ["a", "b", "a", "b", "b", "b"]):
        assert "so there is nothing to" in refusal(MULTICLASS, {"y": y})


def test_too_many_classes_are_refused_as_soon_as_they_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(label_checks, "MOST_CLASSES", 3)
    checks = LabelChecks(Label(column="n", task="multiclass"), DTYPES, DATA)
    add(checks, [0, 0, 0], n=[1, 2, 3])
    with pytest.raises(DataError) as caught:
        add(checks, [0], n=[4])
    assert str(caught.value) == (
        "train.csv, column 'n': has more than 3 classes. "
        "Set label.task to regression if they are quantities, or group rare classes."
    )


def test_a_missing_label_is_told_from_one_that_is_there() -> None:
    assert add(LabelChecks(BINARY, DTYPES, DATA), [0, 0, 1], y=["yes", None, "no"]).tolist() == [True, False, True]
    assert add(LabelChecks(REGRESSION, DTYPES, DATA), [0, 0], x=[float("nan"), 0.0]).tolist() == [False, True]
    label = Label(column="n", task="regression")
    assert add(LabelChecks(label, DTYPES, DATA), [0, 0], n=[None, 0]).tolist() == [False, True]


def test_what_is_seen_in_many_batches_is_checked_together() -> None:
    checks = LabelChecks(BINARY, DTYPES, DATA)
    for value in ("yes", "no"):
        for split in (0, 1, 2):
            add(checks, [split], y=[value])
    checks.check()
    numbers = LabelChecks(REGRESSION, DTYPES, DATA)
    for number in (1.0, 2.0):
        for split in (0, 1, 2):
            add(numbers, [split], x=[number])
    numbers.check()
