"""Training a teacher by folds: every member once per fold, on the rows of the others."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from modules.base import progress
from modules.base.errors import DataError
from modules.base.settings import Trainer
from modules.contracts import folded_teacher
from modules.contracts.folded_teacher import SavedMember, SavedTeacher
from modules.training import inputs, model
from modules.training.inputs import Rows
from modules.training.teachers import recording
from modules.training.teachers.folds import folds_of
from modules.training.teachers.kinds import KINDS
from modules.training.teachers.member import Learnt, Lesson
from modules.training.training_run import TrainingRun

# Between the seeds of two members: further apart than the folds of one.
_SEEDS = 1_000


def train(
    run: TrainingRun,
    settings: Trainer,
    hyperparameters: Mapping[str, Any],
    train_files: Sequence[str],
    directory: str,
    model_run: str,
) -> None:
    """Trains a teacher on the training rows alone, and writes it.

    Args:
        run: The run.
        settings: The section `trainer` of the config.
        hyperparameters: The best ones of the search, where one of the members is a network.
        train_files: File patterns of the transformed training examples.
        directory: Where the teacher goes.
        model_run: Where its curves go.

    Raises:
        DataError: If there are fewer than two rows, or a member cannot learn from them.
    """
    encoder = model.build_encoder(run.output, run.encoding)
    rows = inputs.read(train_files, run.output, encoder)
    count = len(rows["label"])
    folds = min(settings.folds, count)
    if folds < 2:
        what = "one training row cannot be dealt to folds"
        raise DataError("The table", what, "Give more rows, or set trainer.teacher to network")
    fold_of = folds_of(0, count, folds, run.seed)
    names = [kind for kind, members in settings.folded.items() for _ in range(members)]
    members = []
    for number, name in enumerate(names):
        learnt = []
        for fold in range(folds):
            progress.report(number * folds + fold, len(names) * folds, f"{name.replace('_', ' ')}, fold {fold + 1}")
            lesson = Lesson(
                run,
                settings,
                hyperparameters,
                _chosen(rows, fold_of != fold),
                _chosen(rows, fold_of == fold),
                run.seed + _SEEDS * number + fold,
            )
            learnt.append(KINDS[name].learn(lesson))
        if not number:
            recording.record(model_run, KINDS[name].UNIT, [one.curves for one in learnt])
        length = common_length(learnt)
        models = [one.cut(length).to_bytes() for one in learnt]
        members.append(SavedMember(name, KINDS[name].describe(run), models))
    folded_teacher.write(directory, SavedTeacher(folds, run.seed, members))


def common_length(learnt: Sequence[Learnt]) -> int:
    """Returns the mean of the folds' best lengths.

    All models of a member get one length: each fold's own, chosen by the very rows that its model is to label, would
    flatter these labels, and follows chance in small folds.
    """
    return max(round(float(np.mean([one.best for one in learnt]))), 1)


def _chosen(rows: Rows, which: np.ndarray) -> Rows:
    return {name: values[which] for name, values in rows.items()}
