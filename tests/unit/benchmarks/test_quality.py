from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.quality import comparing, kept, opponents, page, tables
from benchmarks.quality.comparing import Estimated
from benchmarks.quality.product import Shipped

pytestmark = pytest.mark.unit

FLAT = Estimated(0.0, 0.0, 0.0)


def result(low: float, high: float, **ladder: float) -> page.SeedResult:
    shipped = Shipped("binary", ["no", "yes"], ["id"], "int8_qat", False, np.zeros((1, 2)), ladder, 5_000, 60.0)
    values = [Estimated(0.80, 0.7, 0.9), Estimated(0.82, 0.7, 0.9), Estimated(0.75, 0.7, 0.9)]
    return page.SeedResult(1_000, "auc", shipped, values, Estimated((low + high) / 2, low, high), 100_000, 2.0)


def test_tables_cover_every_task_twice_and_many_rows() -> None:
    tasks = [table.task for table in tables.TABLES]
    assert min(tasks.count(task) for task in ("binary", "multiclass", "regression")) >= 2
    assert len(tasks) == len({table.name for table in tables.TABLES}) >= 8


def test_a_fifth_of_the_labelled_rows_is_for_testing_and_each_seed_draws_others() -> None:
    rows = pd.DataFrame({"x": range(12), "credit_risk": ["good"] * 10 + [None, None]})
    table = tables.named("german_credit")
    (train, test), (_, others) = (tables.split(rows, table, seed) for seed in (1, 2))
    assert len(train) == 8 and len(test) == 2
    assert sorted([*train["x"], *test["x"]]) == list(range(10))
    assert set(test["x"]) != set(others["x"])


@pytest.mark.parametrize(
    ("intervals", "said"),
    [
        ([(0.1, 0.2), (0.1, 0.3), (-0.1, 0.2)], "better"),
        ([(0.1, 0.2), (-0.1, 0.3), (-0.1, 0.2)], "even"),
        ([(-0.2, -0.1), (-0.2, -0.1), (0.1, 0.2)], "worse"),
    ],
)
def test_a_verdict_is_that_of_most_seeds(intervals: list, said: str) -> None:
    assert page.verdict([result(low, high) for low, high in intervals]) == said


def test_the_steps_of_a_difference_add_up_to_it() -> None:
    told = page.steps(result(-0.1, 0.1, teacher=0.81, student=0.79))
    assert told == "teacher −0.0100, student −0.0200, compression +0.0100"


def test_the_page_counts_verdicts_and_small_files_and_names_what_was_left_out() -> None:
    text = page.page(
        {"churn": [result(0.1, 0.2, teacher=1.0, student=1.0)]}, {"churn": "leavers"}, "make it", "2 cores"
    )
    assert "better on 1, even on 0, worse on 0; it has at most a tenth of the boosting's bytes on 1." in text
    assert "`init` left out id" in text
    assert "| 5,000, 1/20 | 60, 30 × |" in text
    assert "| churn | 1,000 | 1 | auc |" in text
    two = {"churn": [result(0.1, 0.2, teacher=1.0, student=1.0)] * 3, "ames": [result(0, 0, teacher=1.0, student=1.0)]}
    assert "`make it`, 1 to 3 seeds, 2 cores" in page.page(two, dict.fromkeys(two, "a table"), "make it", "2 cores")


def test_a_result_that_was_kept_makes_the_same_page(tmp_path: Path) -> None:
    measured = result(0.1, 0.2, teacher=0.81, student=0.79)
    kept.write(str(tmp_path / "results"), "churn", 17, measured)
    again = kept.read(str(tmp_path / "results"), "churn", 17)
    assert again is not None and kept.read(str(tmp_path / "results"), "churn", 18) is None
    texts = [page.page({"churn": [one]}, {"churn": "leavers"}, "make it", "2 cores") for one in (measured, again)]
    assert texts[0] == texts[1]


def test_the_interval_of_a_difference_is_of_the_same_rows() -> None:
    labels = np.arange(200) % 2
    good = np.where(labels == 1, 0.9, 0.1) + np.linspace(-0.5, 0.5, 200)
    answers = np.stack([1 - good, good], axis=1)
    (first, second), (less,) = comparing.compare("binary", labels, [answers, answers])
    assert first == second and first.low < first.value < first.high
    assert (less.value, less.low, less.high) == (0.0, 0.0, 0.0)


def test_answers_that_are_not_those_of_the_run_are_no_result() -> None:
    comparing.check(0.95592696, 0.95592695)
    with pytest.raises(SystemExit, match=r"0\.954040, and the run measured 0\.955930"):
        comparing.check(0.95404, 0.95593)


@pytest.mark.parametrize("classes", [["not a", "a"], ["a", "b", "c"], []])
def test_opponents_answer_in_the_order_of_the_classes(classes: list[str]) -> None:
    generator = np.random.default_rng(0)
    rows = pd.DataFrame({"x": generator.normal(size=300), "text": generator.choice(["u", "v", "w"], 300)})
    known = [name for name in classes if not name.startswith("not")] if len(classes) != 2 else ["b", "a"]
    place = np.clip((rows["x"] + 1).astype(int), 0, max(len(known) - 1, 0))
    rows["y"] = np.array(known)[place] if classes else 2.0 * rows["x"]
    fitted = opponents.fit(rows, rows, "y", classes, seed=0)
    for one in fitted.values():
        if classes:
            taken_for = np.array(classes)[one.predictions.argmax(axis=1)]
            assert np.mean(np.char.replace(taken_for, "not a", "b") == rows["y"]) > 0.95
        else:
            assert np.abs(one.predictions[:, 0] - rows["y"]).mean() < 0.3
        assert one.bytes > 0
