import dataclasses
from pathlib import Path

import pytest

from modules.contracts import training_curves
from modules.training import curves

pytestmark = pytest.mark.unit

NAN, INFINITY = float("nan"), float("inf")


def test_learning_curves_hold_a_value_an_epoch_and_the_best_one() -> None:
    values = {"loss": [3.0, 2.0, 1.0], "val_auc": [0.5, 0.75, 0.625]}
    assert curves.history_of("teacher", "val_auc", "max", values).to_json() == {
        "step": "teacher",
        "monitor": "val_auc",
        "mode": "max",
        "epochs": [1, 2, 3],
        "loss": [3.0, 2.0, 1.0],
        "val_auc": [0.5, 0.75, 0.625],
        "best_epoch": 2,
        "limit": None,
    }


def test_learning_curves_of_several_parts_are_one() -> None:
    first = curves.history_of("pruner", "val_auc", "max", {"val_auc": [0.5, 0.875], "loss": [3.0, 2.0]})
    second = curves.history_of("pruner", "val_auc", "max", {"val_auc": [NAN, 0.75], "loss": [2.0, 1.0]}, 2)
    # The best epoch is that of the network that came of it last, and not the best of all.
    assert curves.joined([first, dataclasses.replace(second, limit=5)]) == training_curves.LearningCurve(
        "pruner",
        "val_auc",
        "max",
        [1, 2, 3, 4],
        {"val_auc": [0.5, 0.875, None, 0.75], "loss": [3.0, 2.0, 2.0, 1.0]},
        4,
        5,
    )


@pytest.mark.parametrize(
    ("mode", "scores", "first", "best"),
    [
        ("min", [3.0, 1.0, 2.0], 0, 2),
        ("max", [0.5, 0.5], 0, 1),  # the first of equal ones, whose weights early stopping keeps
        ("min", [0.5, 0.5], 0, 1),
        ("max", [0.1, 0.3], 4, 6),
        ("max", [NAN, 0.3, NAN], 0, 2),
        ("max", [NAN], 0, None),
        ("max", [], 0, None),
    ],
)
def test_the_best_epoch_is_the_first_with_the_best_score(
    mode: str, scores: list[float], first: int, best: int | None
) -> None:
    assert curves.history_of("student", "val_x", mode, {"val_x": scores}, first).best_epoch == best


def test_learning_curves_are_json_even_where_a_training_diverged(tmp_path: Path) -> None:
    content = curves.history_of("0003", "val_auc", "max", {"loss": [1.0, NAN, INFINITY], "val_auc": [0.5, 0.5, NAN]}, 2)
    training_curves.write(str(tmp_path / "new" / "folder"), content)
    found = training_curves.read(str(tmp_path / "new" / "folder"))
    assert found.epochs == [3, 4, 5]
    assert (found.values["loss"], found.values["val_auc"]) == ([1.0, None, None], [0.5, 0.5, None])
