"""Boosted trees as members of a teacher (CatBoost: Prokhorenkova et al., 2018, arXiv:1706.09516)."""

import io
import os
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from modules.base.errors import DataError
from modules.training import by_task, inputs
from modules.training.inputs import Rows
from modules.training.teachers.member import Lesson
from modules.training.teachers.tree_columns import TreeColumns
from modules.training.training_run import TrainingRun

UNIT = "tree"

# The logit of what never happened: a probability of 2e-9 beside a logit of 0.
_LOWEST = -20.0


def describe(run: TrainingRun) -> dict[str, Any]:
    """Returns the columns that the trees read."""
    return TreeColumns.of(run.profile).to_json()


def load(description: Mapping[str, Any], content: bytes) -> "TreesModel":
    """Loads a model from CatBoost's own binary format, which holds numbers and no code."""
    import catboost

    return TreesModel(TreeColumns(**description), catboost.CatBoost().load_model(blob=content))


def learn(lesson: Lesson) -> "GrownTrees":
    """Grows trees until the loss of the rows held out has not fallen for some trees.

    The same rows and seed give the same trees, whatever the number of threads.

    Raises:
        DataError: If no column has more than one value.
    """
    import catboost

    run, settings = lesson.run, lesson.settings.trees
    columns, loss = TreeColumns.of(run.profile), by_task.of(run.target.task).TREES_LOSS
    classes = {"classes_count": run.target.outputs} if run.target.outputs > 1 else {}
    most = settings.one_hot_categories
    one_hot = {} if most is None else {"one_hot_max_size": most}
    trees = catboost.CatBoost(
        {
            "loss_function": loss,
            "iterations": settings.max_trees,
            "depth": settings.depth,
            "learning_rate": settings.learning_rate,
            "early_stopping_rounds": settings.patience,
            "use_best_model": False,
            "allow_const_label": True,
            "random_seed": lesson.seed,
            "thread_count": os.cpu_count() or 1,
            "allow_writing_files": False,
            "logging_level": "Silent",
            **classes,
            **one_hot,
        }
    )
    try:
        train, held = _pool(columns, lesson.rows, run), _pool(columns, lesson.held, run)
        trees.fit(train, eval_set=held, log_cout=io.StringIO(), log_cerr=io.StringIO())
    except catboost.CatBoostError as error:
        what = f"boosted trees cannot learn from it ({' '.join(str(error).split())})"
        raise DataError("The table", what, "Set trainer.teacher to network") from error
    return GrownTrees(columns, trees, loss)


class GrownTrees:
    """A `Learnt` of as many trees as were grown."""

    def __init__(self, columns: TreeColumns, trees: Any, loss: str) -> None:
        self._columns, self._trees = columns, trees
        measured = trees.get_evals_result()
        self.curves: dict[str, Sequence[float]] = {
            "loss": measured["learn"][loss],
            "val_loss": measured["validation"][loss],
        }
        self.best = int(np.argmin(self.curves["val_loss"])) + 1

    def cut(self, length: int) -> "TreesModel":
        """Returns the first trees alone."""
        if length < self._trees.tree_count_:
            self._trees.shrink(length)
        return TreesModel(self._columns, self._trees)


class TreesModel:
    """Boosted trees, and the columns that they read."""

    def __init__(self, columns: TreeColumns, trees: Any) -> None:
        self.columns, self._trees = columns, trees

    def logits(self, rows: Rows) -> np.ndarray:
        """Returns the sums of the trees' leaves, float32 [n, outputs]."""
        raw = self._trees.predict(_features(self.columns, rows), prediction_type="RawFormulaVal")
        # A class that none of its rows had is minus infinity.
        finite = np.maximum(np.asarray(raw, np.float32), _LOWEST)
        return finite.reshape(len(rows["missing"]), -1)

    def contributions(self, rows: Rows) -> np.ndarray:
        """Returns what each column contributes to the sums of leaves, by CatBoost's TreeSHAP.

        Returns:
            float64 [n, outputs, columns and base]: the columns in the order of `columns`, numbers first. The base is
            the mean over the rows that the trees were grown on.
        """
        from catboost import Pool

        found = self._trees.get_feature_importance(Pool(_features(self.columns, rows)), type="ShapValues")
        return np.asarray(found, np.float64).reshape(len(rows["missing"]), -1, np.shape(found)[-1])

    def to_bytes(self) -> bytes:
        """Returns CatBoost's own binary format."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "trees.cbm")
            self._trees.save_model(path)
            with open(path, "rb") as file:
                return file.read()


def _features(columns: TreeColumns, rows: Rows) -> Any:
    from catboost import FeaturesData

    numbers, codes = columns.of_rows(rows)
    # CatBoost takes categories as bytes: each is written once, and not once per row.
    names = np.array([str(code).encode() for code in range(-1, int(codes.max(initial=-1)) + 1)], object)
    return FeaturesData(
        num_feature_data=np.ascontiguousarray(numbers) if numbers.shape[1] else None,
        cat_feature_data=names[codes + 1] if codes.shape[1] else None,
    )


def _pool(columns: TreeColumns, rows: Rows, run: TrainingRun) -> Any:
    from catboost import Pool

    return Pool(_features(columns, rows), label=rows["label"][:, 0], weight=inputs.weights_of(rows, run.class_weights))
