"""The teachers that no .tflite file can hold: they answer raw rows, and are measured, as they are."""

import functools
from collections.abc import Mapping

import numpy as np

from modules.contracts import folded_teacher
from modules.tflite import device
from modules.training.teachers.answering import Answering
from modules.training.teachers.folded import FoldedTeacher
from modules.training.training_run import TrainingRun


def of(run: TrainingRun, directories: Mapping[str, str]) -> dict[str, Answering]:
    """Returns those of the models that are trained by folds, ready to answer.

    Args:
        run: The run.
        directories: The serving directories of models by name.
    """
    return {
        name: Answering(run, FoldedTeacher.load(directory))
        for name, directory in directories.items()
        if folded_teacher.is_one(directory)
    }


def write_figures(
    uri: str, folded: Mapping[str, Answering], directories: Mapping[str, str], row: Mapping[str, np.ndarray]
) -> None:
    """Measures them as `device.measure` does a .tflite file, and writes what they take.

    Args:
        uri: The ModelForms artifact.
        folded: What `of` returned.
        directories: What `of` was given.
        row: The raw input tensors of one row, by name, [1, 1] each.
    """
    for name, answering in folded.items():
        saved = folded_teacher.read(directories[name])
        call = functools.partial(answering.answer, row)
        figures = device.measure_call(call, saved.size, saved.gzip_size)
        folded_teacher.write_figures(uri, vars(figures))
