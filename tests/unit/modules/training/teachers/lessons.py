"""Made-up rows as `inputs.read` returns them, and a run that they belong to."""

import types
from typing import Any

import numpy as np

from modules.base.settings import Label
from modules.features.profile import CategoricalColumn, NumericColumn, Profile
from modules.features.vocabulary import Count, Vocabulary
from modules.tasks import Target
from modules.training import loop

MANY = 300
TARGETS = {
    "binary": Target("binary", ("no", "yes"), (60, 60)),
    "multiclass": Target("multiclass", ("a", "b", "c"), (40, 40, 40)),
    "regression": Target("regression", mean=0.0, deviation=1.0),
}
WATCHED = {"binary": "auc", "multiclass": "accuracy", "regression": "rmse"}
PROFILE = Profile(
    numeric=(
        NumericColumn("size", edges=(-3.0, -1.0, 0.0, 1.0, 3.0)),
        NumericColumn("seen", whole=True, timestamp=True),
        NumericColumn("seen[hour]", part_of="seen"),
        NumericColumn("same", left_out="always the same"),
    ),
    categorical=(
        CategoricalColumn("city", Vocabulary((Count("a", 9), Count("b", 9)), ())),
        CategoricalColumn("customer", Vocabulary(tuple(Count(str(number), 5) for number in range(MANY)), ())),
    ),
)


def run_of(task: str, class_weights: Any = None) -> Any:
    """Returns what stands in for a TrainingRun."""
    target = TARGETS[task]
    label: dict[str, Any] = {"column": "y", "task": task}
    if task == "binary":
        label["positive_class"] = "yes"
    return types.SimpleNamespace(
        profile=PROFILE,
        target=target,
        label=Label.model_validate(label),
        class_weights=class_weights,
        seed=17,
        output=None,
        encoding=["piecewise_linear", "z_score"],
        score=lambda validation: loop.ValidationScore(validation, target, WATCHED[task]),
    )


def rows_of(task: str, count: int = 120, seed: int = 1, weighted: bool = False) -> dict[str, np.ndarray]:
    """Returns rows whose label follows from `size`, a third of whose numbers and cities are missing."""
    random = np.random.default_rng(seed)
    numeric = random.normal(size=(count, 4)).astype("float32")
    category = np.stack([random.integers(0, 3, count), random.integers(0, MANY, count)], axis=1).astype("int32")
    missing = np.zeros((count, 5), "float32")  # size, seen, same, city, customer
    missing[:, [0, 3]] = random.random((count, 2)) < 1 / 3
    signal = np.where(missing[:, 0] == 1, 0.0, numeric[:, 0]) + (category[:, 0] == 1)
    ranked = signal.argsort().argsort() / count
    label = {"binary": ranked > 0.5, "multiclass": np.floor(3 * ranked), "regression": signal}[task]
    rows = {
        "numeric": numeric,
        "value": np.clip(numeric + 2, 0, 3.99),
        "category": category,
        "missing": missing,
        "label": label.astype("float32")[:, None],
    }
    if weighted:
        rows["weight"] = random.uniform(0.5, 2, (count, 1)).astype("float32")
    return rows
