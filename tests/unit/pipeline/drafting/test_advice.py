from collections.abc import Callable

import pytest

from modules.features.leakage import ColumnScore
from pipeline.drafting import advice, kinds, labels

pytestmark = pytest.mark.unit

N = 1_000
ROWS = range(N)
BEST = ColumnScore("best", 0.8, 0.8, "AUC")


def sliced(table: Callable, *leaks: str, **columns: list) -> tuple[list[str], list[str]]:
    sample = table({**columns, "label": ["a", "b"] * (N // 2)})
    judged = {name: kinds.judge(column, sample.rows) for name, column in sample.columns.items()}
    target = labels.choose(sample, "label")
    found = advice.slices(sample, judged, target, leaks)
    return list(found), advice.unsliced(sample, judged, found, target, leaks)


def test_protected_attributes_are_sliced_by_where_they_have_few_values(table: Callable) -> None:
    found = sliced(
        table,
        plan=["x", "y"] * 500,
        sex=["f", "m"] * 500,
        age=[18 + i % 60 for i in ROWS],
        age_group=[i % 4 for i in ROWS],
        nationality=[f"n{i % 21}" for i in ROWS],
        race=[f"r{i % 5}" for i in ROWS],
    )
    assert found == (["sex", "age_group", "race"], ["age", "nationality"])


def test_a_column_that_gives_the_label_away_is_no_slice_whatever_its_name(table: Callable) -> None:
    nationality = [f"n{i % 21}" for i in ROWS]
    found = sliced(table, "sex", "nationality", sex=["f", "m"] * 500, gender=["f", "m"] * 500, nationality=nationality)
    assert found == (["gender"], [])


def test_there_are_three_such_slices_at_most(table: Callable) -> None:
    names = ["sex", "gender", "race", "religion"]
    assert sliced(table, **{name: ["f", "m"] * 500 for name in names})[0] == names[:3]


def test_without_any_the_two_categories_with_the_most_rows_a_value_are_taken(table: Callable) -> None:
    found = sliced(
        table,
        rare=["x"] * 990 + ["y"] * 10,
        even=["x", "y"] * 500,
        many=[f"m{i % 30}" for i in ROWS],
        three=["x", "y", "z", "x", "y"] * 200,
        number=[1 + i % 2 for i in ROWS],
        amount=[i / 7 for i in ROWS],
    )
    assert found == (["even", "three"], [])


def gate(table: Callable, cells: list, test_rows: float, best: ColumnScore | None) -> tuple[str, dict[str, float]]:
    found = advice.gate(labels.choose(table({"x": list(ROWS), "label": cells}), "label"), test_rows, best)
    return found.metric, found.settings


BINARY = ["yes"] * 250 + ["no"] * 750
CLASSES = ["a"] * 500 + ["b"] * 300 + ["c"] * 200
LONG_TAIL = [0] * 480 + [100] * 500 + [10_000 + i for i in range(20)]
NUMBERS = [i / 7 for i in ROWS]


@pytest.mark.parametrize(
    ("cells", "test_rows", "best", "metric", "limits"),
    [
        # 0.5 + 0.3 / 2 - 0.5 / sqrt(2,500 positive rows)
        (BINARY, 10_000, BEST, "auc", {"minimum": 0.64, "max_drop": 0.01}),
        (BINARY, 100, BEST, "auc", {"minimum": 0.55, "max_drop": 0.02}),  # 0.65 - 0.5 / sqrt(25)
        (BINARY, 4, BEST, "auc", {"minimum": 0.5, "max_drop": 0.02}),
        (BINARY, 10_000, None, "auc", {"minimum": 0.5, "max_drop": 0.01}),
        # 0.5 + (0.8 - 0.5) / 2 - 2 sqrt(0.25 / 10,000)
        (CLASSES, 10_000, BEST, "accuracy", {"minimum": 0.64, "max_drop": 0.01}),
        (CLASSES, 100, None, "accuracy", {"minimum": 0.4, "max_drop": 0.02}),
        (CLASSES, 10_000, ColumnScore("worse", 0.3, 0.3, "x"), "accuracy", {"minimum": 0.49, "max_drop": 0.01}),
        (NUMBERS, 10_000, BEST, "r2", {"minimum": 0.39, "max_drop": 0.01}),  # 0.8 / 2 - 1 / sqrt(10,000)
        (NUMBERS, 10_000, None, "r2", {"minimum": 0.0, "max_drop": 0.01}),
        # The median is 100. Errors: 480 of 100, 500 of 0, 20 of 9,909.5 on average; mean 246.19, deviation 1,381.4.
        (LONG_TAIL, 10_000, BEST, "mae", {"maximum": 274, "max_rise": 13.7}),
    ],
)
def test_a_gate_is_half_of_the_way_to_the_best_column_less_chance(
    table: Callable, cells: list, test_rows: float, best: ColumnScore | None, metric: str, limits: dict
) -> None:
    assert gate(table, cells, test_rows, best) == (metric, limits)
