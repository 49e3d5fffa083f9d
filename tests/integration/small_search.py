"""A search with real training that takes a second or two; run as a program, one that is killed in the middle.

    python small_search.py STRATEGY FOLDER TRIAL

The process ends by SIGKILL within the training of that trial.
"""

import dataclasses
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

SEED, ROWS, LAST = 3, 120, 4
# One kind of network: no graph is traced twice.
SPACE: dict[str, Any] = {
    "layers": [1],
    "units": [2, 4, 8, 16],
    "dropout": [0.1],
    "learning_rate": [0.003, 0.1],
    "activation": ["relu"],
}


@dataclasses.dataclass
class Searched:
    """What a search left.

    Attributes:
        trials: Number, hyperparameters and score of each.
        best: The hyperparameters of the best one.
        curves: The learning curve of each trial.
        trained: The numbers of those that this search has trained.
        from_stopped_run: How many it had not to train.
        notes: What was told of its progress.
    """

    trials: list[tuple[str, dict[str, Any], float]]
    best: dict[str, Any]
    curves: list[Any]
    trained: list[str]
    from_stopped_run: int
    notes: list[str]


def prepare() -> Any:
    """Returns what trains a trial on a table of three columns."""
    import tensorflow as tf
    import tf_keras

    from modules import tasks
    from modules.training import loop, model
    from modules.training.tuning.trial_training import TrialTraining

    tf_keras.utils.set_random_seed(SEED)
    random = np.random.default_rng(SEED)
    rows = random.random([2 * ROWS, 3], np.float32)
    labels = (rows.sum(axis=1, keepdims=True) + random.normal(0, 0.5, [2 * ROWS, 1]) > 1.5).astype(np.float32)

    def train() -> Any:
        batches = tf.data.Dataset.from_tensor_slices((rows[:ROWS], labels[:ROWS]))
        return batches.shuffle(ROWS, seed=SEED).batch(16)

    def validation() -> Any:
        return tf.data.Dataset.from_tensor_slices((rows[ROWS:], labels[ROWS:])).batch(ROWS)

    def build(values: Any) -> Any:
        network = model.build_network(3, model.architecture_of(values), SEED)
        loop.compile_model(network, values["learning_rate"], loop.hard_loss("binary"), average_steps=8)
        return network

    score = loop.ValidationScore(validation(), tasks.Target("binary", ("no", "yes")), "auc")
    return TrialTraining(build, score, 2, train, validation)


def search(strategy: str, folder: Path, trainers: Any, trained: list[str] | None = None) -> Searched:
    """Runs a search, with its journal in the folder `journal`; `trained` gets the numbers of the trials."""
    import keras_tuner

    from modules.base import progress
    from modules.base.settings import SearchSpace, Tuner
    from modules.contracts import teacher_search, training_curves
    from modules.training.tuning import strategies
    from modules.training.tuning.journal import Journal
    from modules.training.tuning.teacher_tuner import TeacherTuner

    chosen: dict[str, Any] = {"strategy": strategy, "max_trials": None if strategy == "hyperband" else 9}
    settings = Tuner(max_epochs=LAST, factor=2, search_space=SearchSpace(**SPACE), **chosen)
    oracle, budget = strategies.make(keras_tuner.Objective("val_auc", "max"), settings, SEED)
    oracle.verbose = 0
    left = folder / f"search-{os.getpid()}"
    tuner = TeacherTuner(
        oracle, settings, budget, str(left), trainers, "AUC", Journal(str(folder / "journal"), f"the {strategy}")
    )
    told: list[progress.Progress] = []
    with progress.listen(told.append):
        tuner.search()
    return Searched(
        [(trial.trial_id, trial.hyperparameters.values, trial.score) for trial in oracle.trials.values()],
        tuner.get_best_hyperparameters()[0].values,
        training_curves.read_trials(str(left)),
        trained or [],
        teacher_search.read(str(left)).from_stopped_run,
        [report.note for report in told],
    )


def in_threads(strategy: str, folder: Path, begin: Callable[[str], None] = lambda trial_id: None) -> Searched:
    """Runs a search in two threads of this process; `begin` is called in the middle of each trial."""
    from modules.training.tuning.trial import Threads

    trained: list[str] = []
    train = prepare()

    def noted(task: Any, tell: Any) -> Any:
        trained.append(task.trial_id)

        def told(epochs: int) -> None:
            begin(task.trial_id)
            tell(epochs)

        return train(task, told)

    return search(strategy, folder, Threads(noted, 2), trained)


def _killed(trial_id: str) -> None:
    if int(trial_id) == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    tempfile.tempdir = sys.argv[2]
    in_threads(sys.argv[1], Path(sys.argv[2]), _killed)
