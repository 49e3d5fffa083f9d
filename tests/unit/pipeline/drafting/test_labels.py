from collections.abc import Callable

import pytest

from modules.base.errors import UserError
from pipeline.drafting import labels

pytestmark = pytest.mark.unit

N = 400
ROWS = range(N)


def target(table: Callable, cells: list, name: str = "label") -> labels.DraftedLabel:
    return labels.choose(table({"x": [0.5 * i for i in ROWS], name: cells}), name)


@pytest.mark.parametrize(
    ("cells", "positive", "because"),
    [
        (["no", "yes"] * 200, "yes", "by its meaning: 0.5 of the rows"),
        (["Y"] * 300 + ["N"] * 100, "Y", "by its meaning: 0.75 of the rows"),
        ([1] * 300 + [0] * 100, 1, "by its meaning: 0.75 of the rows"),
        (["+"] * 300 + ["-"] * 100, "+", "by its meaning: 0.75 of the rows"),
        (["a"] * 100 + ["b"] * 300, "a", "the rarer one: 0.25 of the rows"),
        ([2] * 100 + [1] * 300, 2, "the rarer one: 0.25 of the rows"),
        (["a", "b"] * 200, "b", "one of two alike: 0.5 of the rows"),
        ([1] * 300 + [-1] * 100, 1, "by its meaning: 0.75 of the rows"),
        (["good", "bad", None, "good"] * 100, "bad", "by its meaning: 0.333 of the rows"),
        (["ja"] * 300 + ["nein"] * 100, "ja", "by its meaning: 0.75 of the rows"),
        (["OUI"] * 300 + ["NON"] * 100, "OUI", "by its meaning: 0.75 of the rows"),
        (["Sí"] * 300 + ["No"] * 100, "Sí", "by its meaning: 0.75 of the rows"),
        (["Да"] * 300 + ["Нет"] * 100, "Да", "by its meaning: 0.75 of the rows"),
        (["WAHR"] * 300 + ["FALSCH"] * 100, "WAHR", "by its meaning: 0.75 of the rows"),
        (["J"] * 300 + ["N"] * 100, "J", "by its meaning: 0.75 of the rows"),
        (["s"] * 300 + ["b"] * 100, "b", "the rarer one: 0.25 of the rows"),  # a letter that means no "yes" here
    ],
)
def test_two_values_make_a_binary_task(table: Callable, cells: list, positive: str | int, because: str) -> None:
    found = target(table, cells)
    assert (found.task, found.positive, found.positive_because) == ("binary", positive, because)


@pytest.mark.parametrize(
    ("cells", "task"),
    [
        ([f"c{i % 3}" for i in ROWS], "multiclass"),
        ([f"c{i % 50}" for i in ROWS], "multiclass"),
        ([i % 20 for i in ROWS], "multiclass"),
        ([i % 21 for i in ROWS], "regression"),  # too many
        ([*[i % 3 for i in range(390)], *range(10, 20)], "regression"),  # too few rows each
        ([f"{i % 3}.0" for i in ROWS], "multiclass"),
        ([f"{i % 3}.5" for i in ROWS], "regression"),
        ([0.5 + i % 2 for i in ROWS], "regression"),
        ([i * i for i in ROWS], "regression"),
    ],
)
def test_classes_or_quantities_make_the_task(table: Callable, cells: list, task: str) -> None:
    assert target(table, cells).task == task


def test_classes_are_counted_the_largest_first(table: Callable) -> None:
    found = target(table, ["b"] * 100 + ["a"] * 200 + ["c"] * 95 + [None] * 5)
    assert found.classes == {"a": 200, "b": 100, "c": 95}
    assert list(found.classes) == ["a", "b", "c"]


def test_the_log_is_learnt_of_a_label_with_a_long_tail(table: Callable) -> None:
    assert target(table, [1] * 200 + list(range(200))).log_because == "half are at most 1, one in 200 is above 197"
    assert target(table, list(ROWS)).log_because == ""


@pytest.mark.parametrize(
    ("columns", "label", "why"),
    [
        (["x", "target", "z"], "target", "a guess, by its name"),
        (["churned", "x", "z"], "churned", "a guess, by its name"),
        (["x", "z", "last"], "last", "a guess, the last column that can be one"),
    ],
)
def test_a_label_that_is_not_given_is_guessed(table: Callable, columns: list[str], label: str, why: str) -> None:
    found = labels.choose(table({name: [i % 2 for i in ROWS] for name in columns}), None)
    assert (found.column.name, found.why, found.guessed) == (label, why, True)


def test_a_guess_passes_over_what_can_be_no_label(table: Callable) -> None:
    columns = {
        "x": [0.5 * i for i in ROWS],
        "flag": ["a", "b"] * 200,
        "label": ["same"] * N,
        "created_at": ["2024-01-01", "2024-01-02"] * 200,
        "key": [f"k{i}" for i in ROWS],
        "empty": [None] * N,
    }
    assert labels.choose(table(columns), None).column.name == "flag"


def test_a_label_that_is_given_is_taken(table: Callable) -> None:
    found = labels.choose(table({"target": [0, 1] * 200, "other": [0, 1] * 200}), "other")
    assert (found.column.name, found.why, found.guessed) == ("other", "given", False)


@pytest.mark.parametrize(
    ("cells", "given", "said"),
    [
        (["a", "b"] * 200, "labl", "--label labl: is not a column of TABLE; did you mean 'label'? Name a column"),
        (["a", "b"] * 200, "zzz", "--label zzz: is not a column of TABLE; its columns are x, label. Name a column"),
        ([None] * N, "label", "TABLE, label 'label': no row has a value. Name another column"),
        (["a"] * N, "label", "TABLE, label 'label': every row has the value 'a'. Name a column with several"),
        (
            [f"t{i}" for i in ROWS],
            "label",
            "holds more than 100 different texts, such as 't0', which are too many classes",
        ),
        ([f"t{i % 60}" for i in ROWS], "label", "holds 60 different texts"),
    ],
)
def test_a_useless_label_is_refused(table: Callable, cells: list, given: str, said: str) -> None:
    found = table({"x": [0.5 * i for i in ROWS], "label": cells})
    with pytest.raises(UserError) as caught:
        labels.choose(found, given)
    assert said in str(caught.value).replace(found.table, "TABLE")


def test_a_table_without_any_label_is_refused(table: Callable) -> None:
    with pytest.raises(UserError, match="has no column that looks like a label. Name it with --label COLUMN"):
        labels.choose(table({"a": ["same"] * N, "b": [f"k{i}" for i in ROWS]}), None)
