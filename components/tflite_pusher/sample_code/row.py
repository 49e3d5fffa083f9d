"""The row that the programs run: the first of the test rows, and what the model answers to it."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from modules.contracts.tflite import ModelCard
from modules.tflite.inference import Kernels, open_interpreter

# Of so many test rows it is measured how far the kernels of LiteRT are apart.
MOST_ROWS = 256
# How far answers may be apart though the kernels agree: the rounding of float32.
_ROUNDING = 1e-5


@dataclasses.dataclass(frozen=True)
class SampleInput:
    """A cell of the row.

    Attributes:
        column: The column.
        tensor: Name of the model's input.
        place: Place of the tensor among the inputs of the file: interfaces without signatures count them.
        dtype: `float32`, `int64` or `string`.
        value: What the tensor holds: a number or a text; NaN is a number.
        is_missing: Whether it stands for a missing value.
    """

    column: str
    tensor: str
    place: int
    dtype: str
    value: float | int | str
    is_missing: bool


@dataclasses.dataclass(frozen=True)
class SampleRow:
    """A row and its answer.

    Attributes:
        inputs: The cells.
        output: Name of the model's output.
        names: What each number of the answer is.
        answer: The answer, with the kernels that devices use.
        tolerance: How far another processor's answer may be from it.
    """

    inputs: Sequence[SampleInput]
    output: str
    names: Sequence[str]
    answer: Sequence[float]
    tolerance: float

    def to_json(self) -> dict[str, Any]:
        """Returns what model.json has of it: the row by column, None for a missing value, the answer, the tolerance."""
        row = {one.column: None if one.is_missing else one.value for one in self.inputs}
        return {"row": row, "answer": list(self.answer), "tolerance": self.tolerance}


def sample_row(content: bytes, card: ModelCard, rows: Mapping[str, np.ndarray]) -> SampleRow:
    """Runs the first of some rows.

    Args:
        content: The .tflite.
        card: What it says of its inputs and outputs.
        rows: The input tensors by name, [n, 1] each, n at least 1 and at most `MOST_ROWS`.
    """
    answers = []
    for kernels in (Kernels.DEVICE, Kernels.REFERENCE):
        interpreter = open_interpreter(content, kernels)
        runner = interpreter.get_signature_runner()
        (answer,) = runner(**rows).values()
        answers.append(answer.astype(np.float64))
    order = [detail["index"] for detail in interpreter.get_input_details()]
    places = {name: order.index(detail["index"]) for name, detail in runner.get_input_details().items()}
    apart = float(np.abs(answers[0] - answers[1]).max())
    first = answers[0][0]
    (output,) = card.outputs
    return SampleRow(
        inputs=[_cell(spec, places[spec["tensor"]], rows[spec["tensor"]][0, 0]) for spec in card.inputs],
        output=output["name"],
        names=card.classes if len(card.classes) == len(first) else [output["meaning"]],
        answer=[float(np.float32(number)) for number in first],
        tolerance=2 * apart + _ROUNDING * max(1.0, float(np.abs(first).max())),
    )


def _cell(spec: Mapping[str, Any], place: int, raw: Any) -> SampleInput:
    value = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw.item()
    missing = value != value if spec["missing"] is None else value == spec["missing"]
    return SampleInput(spec["name"], spec["tensor"], place, spec["dtype"], value, missing)
