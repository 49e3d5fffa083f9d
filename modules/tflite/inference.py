"""Running an exported .tflite with the LiteRT interpreter alone: no TensorFlow, as on the device."""

import enum
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from modules.contracts import pushed_folder, tflite
from modules.tflite import delegate

# What LiteRT calls the dtypes of a card's inputs.
_DTYPES = {"float32": np.float32, "int64": np.int64, "string": np.bytes_}


class Kernels(enum.Enum):
    """Which code of LiteRT computes.

    Attributes:
        DEVICE: What an app gets that asks for nothing else: LiteRT's default delegate, XNNPACK, and for the operations
            that it does not take LiteRT's own kernels. A row's answer is the same in every batch, to the bit.
        REFERENCE: LiteRT's own kernels alone, as TFMA uses them. They round int8 otherwise, and a row's answer can
            differ in the last bits between batches of another size.
    """

    DEVICE = "BUILTIN"
    REFERENCE = "BUILTIN_WITHOUT_DEFAULT_DELEGATES"


def open_interpreter(model: bytes, kernels: Kernels = Kernels.DEVICE) -> Any:
    """Returns LiteRT's interpreter of a .tflite file's content, on one thread, its tensors allocated for one row."""
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    resolver = OpResolverType[kernels.value]
    interpreter = Interpreter(model_content=model, num_threads=1, experimental_op_resolver_type=resolver)
    delegate.allocate(interpreter)
    return interpreter


class Predictor:
    """An exported model, ready to answer; it computes on one thread.

    Args:
        model: The .tflite file's content.
        card: What it says of its inputs and outputs; `classes` and `to_inputs` need it.
        kernels: Which code computes.
    """

    def __init__(self, model: bytes, card: tflite.ModelCard | None = None, kernels: Kernels = Kernels.DEVICE) -> None:
        self._content, self._card = model, card
        self._interpreter = open_interpreter(model, kernels)
        self._runner = self._interpreter.get_signature_runner()

    @classmethod
    def load(cls, directory: str, verified: bool = True) -> "Predictor":
        """Loads a pushed version, after checking it against its digests if it is to be `verified`."""
        model = pushed_folder.read(directory) if verified else pushed_folder.read_unchecked(directory)
        return cls(model.content, model.card)

    @property
    def card(self) -> tflite.ModelCard:
        """What the model says of its inputs and outputs."""
        assert self._card is not None
        return self._card

    @property
    def model(self) -> tflite.TfliteModel:
        """The file's content and its card."""
        return tflite.TfliteModel(self._content, self.card)

    @property
    def classes(self) -> list[str]:
        """The classes' names, in the order of the columns of `predict`; none for a regression."""
        return self.card.classes

    def check_signature(self) -> None:
        """Checks that the file takes and gives what the card says.

        Raises:
            ValueError: If it does not, in words.
        """
        taken = {name: np.dtype(given["dtype"]) for name, given in self._runner.get_input_details().items()}
        told = {spec["tensor"]: np.dtype(_DTYPES[spec["dtype"]]) for spec in self.card.inputs}
        for tensor in sorted(taken.keys() | told.keys()):
            if taken.get(tensor) != told.get(tensor):
                both = f"{told.get(tensor, 'none')} in {tflite.CARD_FILE}, {taken.get(tensor, 'none')} in the file"
                raise ValueError(f"the input {tensor!r} is {both}")
        given = self._runner.get_output_details()
        if [spec["name"] for spec in self.card.outputs] != list(given):
            raise ValueError(f"the file answers {', '.join(given)}, and {tflite.CARD_FILE} says otherwise")
        ((name, answer),) = given.items()
        width = int(answer["shape_signature"][-1])
        width += name == "probability"
        if self.classes and width > 0 and width != len(self.classes):
            raise ValueError(f"the file answers {width} classes, and {tflite.CARD_FILE} says {len(self.classes)}")

    def to_inputs(self, columns: Mapping[str, Sequence[Any]]) -> dict[str, np.ndarray]:
        """Turns columns of Python values, None for missing, into the model's input tensors, [n, 1] each."""
        inputs = {}
        for spec in self.card.inputs:
            missing = np.nan if spec["missing"] is None else spec["missing"]
            values = [missing if value is None else value for value in columns[spec["name"]]]
            dtype = object if spec["dtype"] == "string" else spec["dtype"]
            if dtype is object:
                values = [value.encode("utf-8") if isinstance(value, str) else value for value in values]
            inputs[spec["tensor"]] = np.array(values, dtype).reshape(-1, 1)
        return inputs

    def predict(self, inputs: Mapping[str, np.ndarray]) -> np.ndarray:
        """Runs a batch.

        Args:
            inputs: The raw tensors by tensor name, each [n, 1], as `to_inputs` makes them.

        Returns:
            float32: the probability of each class, [n, classes], of two the negative one first; or the value that a
            regression predicts, [n, 1].
        """
        ((name, answer),) = self._runner(**inputs).items()
        return np.concatenate([1.0 - answer, answer], axis=1) if name == "probability" else answer

    def answer(self, inputs: Mapping[str, np.ndarray]) -> np.ndarray:
        """Returns what the file answers to a batch: as `predict`, of two classes the positive one alone, [n, 1]."""
        ((_, answer),) = self._runner(**inputs).items()
        return answer

    def predict_all(self, inputs: Mapping[str, np.ndarray], batch: int = 4_096) -> np.ndarray:
        """Runs any number of rows, some at a time; arguments and result as those of `predict`."""
        rows = len(next(iter(inputs.values())))
        parts = [
            self.predict({name: array[start : start + batch] for name, array in inputs.items()})
            for start in range(0, rows, batch)
        ]
        return np.concatenate(parts) if parts else np.empty((0, max(len(self.classes), 1)), np.float32)
