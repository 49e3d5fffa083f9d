import random
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import config as configs
from pipeline.drafting import draft, plan, report, teaching

pytestmark = pytest.mark.unit


def drafted(table: Callable, rows: int, columns: int = 1, classes: int = 2) -> plan.Plan:
    numbers = {f"x{place}": [(row * (place + 7)) % 997 + 0.5 for row in range(rows)] for place in range(columns)}
    return plan.make(table({**numbers, "sold": [f"c{row * 7 % classes}" for row in range(rows)]}), "sold")


def test_few_rows_are_taught_by_trees_and_augmented(table: Callable) -> None:
    made = drafted(table, 1_500)
    taught = teaching.choose(made)
    assert taught is not None
    assert (taught.times, taught.why[:22]) == (4, "of 1,080 training rows")
    text = draft.config_text(made, "sold", "table.csv")
    assert "\ntrainer:\n  teacher: boosted_trees " in text
    assert "\ndistillation:\n  dropout: 0.0 " in text
    assert "  augment: {method: gibbs, times: 4}" in text
    assert "  teacher   boosted trees: of 1,080 training rows" in report.decisions(made, "c.yaml")


def test_the_more_rows_the_fewer_synthetic_ones_and_many_rows_teach_a_network(
    table: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = drafted(table, 1_500)
    monkeypatch.setattr(teaching, "_ROWS_AN_EPOCH", 1_080 * 3)
    taught = teaching.choose(made)
    assert taught is not None
    assert taught.times == 2
    monkeypatch.setattr(teaching, "_MOST_ROWS", 1_079)
    assert teaching.choose(made) is None
    assert "teacher" not in draft.config_text(made, "sold", "table.csv")
    assert "  teacher" not in report.decisions(made, "c.yaml")


def test_trees_are_deeper_where_rows_are_enough_and_columns_few(
    table: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = drafted(table, 1_500)
    assert "trees:" not in draft.config_text(made, "sold", "table.csv")
    monkeypatch.setattr(teaching, "_DEEP_FROM", 1_080)
    monkeypatch.setattr(teaching, "_DEEP_COLUMNS", 1)
    assert "\n  trees:\n    depth: 7 " in draft.config_text(made, "sold", "table.csv")
    monkeypatch.setattr(teaching, "_DEEP_COLUMNS", 0)
    assert "trees:" not in draft.config_text(made, "sold", "table.csv")
    monkeypatch.setattr(teaching, "_DEEP_COLUMNS", 1)
    monkeypatch.setattr(teaching, "_DEEP_FROM", 1_081)
    assert "trees:" not in draft.config_text(made, "sold", "table.csv")


def test_many_categorical_columns_are_split_by_single_categories(table: Callable) -> None:
    for columns, said in ((9, False), (10, True)):
        cities = {f"c{place}": [f"city {row * (place + 3) % 13}" for row in range(1_500)] for place in range(columns)}
        made = plan.make(table({**cities, "sold": [f"c{row * 7 % 2}" for row in range(1_500)]}), "sold")
        text = draft.config_text(made, "sold", "table.csv")
        assert ("\n  trees:\n    one_hot_categories: 64 " in text) is said


@pytest.mark.parametrize(("categories", "said"), [(2, False), (3, True), (64, True), (65, False)])
def test_the_only_categorical_column_is_split_by_single_categories(
    table: Callable, categories: int, said: bool
) -> None:
    draw = random.Random(3)
    columns = {
        "x": [draw.random() for _ in range(1_500)],
        "city": [f"city {draw.randrange(categories)}" for _ in range(1_500)],
        "sold": [draw.choice(("yes", "no")) for _ in range(1_500)],
    }
    text = draft.config_text(plan.make(table(columns), "sold"), "sold", "table.csv")
    assert ("\n  trees:\n    one_hot_categories: 64 " in text) is said
    two = {"street": [f"street {draw.randrange(5)}" for _ in range(1_500)], **columns}
    text = draft.config_text(plan.make(table(two), "sold"), "sold", "table.csv")
    assert "teacher: boosted_trees" in text
    assert "one_hot_categories" not in text


def test_very_few_rows_keep_the_dropout(table: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    made = drafted(table, 1_500)
    monkeypatch.setattr(teaching, "_NO_DROPOUT_FROM", 1_080)
    assert "dropout: 0.0" in draft.config_text(made, "sold", "table.csv")
    monkeypatch.setattr(teaching, "_NO_DROPOUT_FROM", 1_081)
    text = draft.config_text(made, "sold", "table.csv")
    assert "dropout" not in text
    assert "\ndistillation:\n  augment: " in text


def test_what_is_drafted_of_teacher_and_student_is_read_so(
    table: Callable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(teaching, "_DEEP_FROM", 1_080)
    numbers = [(row * 7) % 997 + 0.5 for row in range(1_500)]
    table(
        {
            "x": numbers,
            "city": [f"city {row % 9}" for row in range(1_500)],
            "sold": [f"c{row * 7 % 2}" for row in range(1_500)],
        }
    )
    _, path = draft.draft(str(tmp_path / "table.csv"), "sold", "sold", folder=str(tmp_path / "drafted"))
    config = configs.load(path)
    trees = config.trainer.trees
    assert (config.trainer.teacher, trees.depth, trees.one_hot_categories) == ("boosted_trees", 7, 64)
    assert (config.distillation.dropout, config.distillation.augment.times) == (0.0, 4)


def test_of_several_classes_rows_count_as_often(table: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    for classes, rows in ((2, 1_080), (4, 4_320)):
        made = drafted(table, 1_500, 1, classes)
        monkeypatch.setattr(teaching, "_MOST_ROWS", rows)
        assert teaching.choose(made) is not None
        monkeypatch.setattr(teaching, "_MOST_ROWS", rows - 1)
        assert teaching.choose(made) is None


def test_of_several_classes_columns_count_too(table: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    several, two = drafted(table, 1_500, 3, 4), drafted(table, 1_500, 3, 2)
    assert len(several.features) == len(two.features) == 3
    monkeypatch.setattr(teaching, "_MOST_CELLS", 1_080 * 4 * 3)
    assert teaching.choose(several) is not None
    monkeypatch.setattr(teaching, "_MOST_CELLS", 1_080 * 4 * 3 - 1)
    assert teaching.choose(several) is None
    assert teaching.choose(two) is not None


def test_wide_tables_keep_the_network_as_teacher(table: Callable) -> None:
    assert teaching.choose(drafted(table, 300, 201)) is None
    assert teaching.choose(drafted(table, 300, 200)) is not None
