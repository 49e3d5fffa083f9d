"""Whether a pushed folder is what was pushed, and its model still answers as it did: without TensorFlow."""

import os
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from modules.base.errors import UserError
from modules.contracts import pushed_folder
from modules.tflite import opening


def problem_of(folder: str) -> str | None:
    """Looks at every file of a pushed version.

    Args:
        folder: The version's folder.

    Returns:
        What is wrong with it, in a sentence that names the file; None if it is what was pushed.
    """
    contents = {name: _read(os.path.join(folder, name)) for name in _names(folder)}
    if problem := pushed_folder.problem_of_all(folder, contents):
        return problem
    try:
        predictor = opening.open_pushed(folder, folder, lambda line: None)
    except UserError as error:
        return error.what
    try:
        problems = (_problem_of_example(predictor, one) for one in predictor.card.pushed.get("examples", ()))
        return next(filter(None, problems), None)
    except (AttributeError, TypeError, KeyError, ValueError, IndexError, RuntimeError):  # a stranger's model.json
        return "holds a model.json whose example row cannot be given to the model"


def _problem_of_example(predictor: Any, example: Mapping[str, Any]) -> str | None:
    columns = {name: [value] for name, value in example["row"].items()}
    answer = predictor.answer(predictor.to_inputs(columns))[0]
    apart = np.abs(answer - np.array(example["answer"]))
    if not (apart <= example["tolerance"]).all():
        said = f"{_shown(example['answer'])} by model.json, {_shown(answer)} here"
        return f"holds a model.tflite whose answer to the example row is another one: {said}"
    return None


def _shown(answer: Any) -> str:
    return ", ".join(f"{number:.6g}" for number in answer)


def _names(folder: str) -> Iterator[str]:
    """Yields the names of all files, relative to the folder, in the order of their names."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            yield os.path.relpath(os.path.join(place, name), folder).replace(os.sep, "/")


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
