"""What the search for the student's shape tried (student_search.json in its model run)."""

import dataclasses
from collections.abc import Sequence

from modules.contracts import files

_FILE = "student_search.json"


@dataclasses.dataclass(frozen=True)
class TriedShape:
    """A shape of the student.

    Attributes:
        units: Width of each hidden layer.
        activation: Activation of the hidden layers.
        dropout: Share of the units that were dropped in training.
        without: The code of the numeric columns that it does not read; empty where it reads all.
        bytes: Size of its file, computed before it was trained.
        epochs: How many epochs it was trained for.
        score: What was watched on the validation rows; None where it is not a number.
    """

    units: Sequence[int]
    activation: str
    dropout: float
    without: str
    bytes: int
    epochs: int
    score: float | None


def write(model_run: str, shapes: Sequence[TriedShape]) -> None:
    """Writes the shapes, the best first; none where nothing was searched."""
    files.write_json(model_run, _FILE, [dataclasses.asdict(shape) for shape in shapes], indent=1)


def read(model_run: str) -> list[TriedShape]:
    """Returns the shapes, the best first."""
    return [TriedShape(**entry) for entry in files.read_json("model run", model_run, _FILE)]
