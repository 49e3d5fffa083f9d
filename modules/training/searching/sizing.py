"""How large the .tflite of a network will be, before the network is trained."""

import dataclasses
import tempfile
from collections.abc import Mapping, Sequence

from modules.contracts.architecture import ADD, DENSE, MULTIPLY, Architecture
from modules.graph.encoding import Encoder
from modules.tflite import conversion
from modules.training import model, serving
from modules.training.training_run import TrainingRun

_FLOAT = 4
# Bytes of a weight in each form that somebody may ask for; the others ship most weights as int8.
_PER_WEIGHT = {"float32": 4, "float16": 2}
# What the scales and zero points of int8 weights take, and the operations that read them.
_INT8_STRUCTURE = 350
# A kernel with fewer weights stays in float32 where only weights are quantized.
_LEAST_WEIGHTS = 1_024
_PROBE = (8,)
# Bytes of each operation and its tensors beside weights and biases: where all is float32, and where it is int8.
_PER_OPERATION = {DENSE: 140, ADD: 50, MULTIPLY: 90, "tanh": 105, "swish": 145, "elu": 130}
_PER_INT8_OPERATION = {DENSE: 235, ADD: 75, MULTIPLY: 120, "tanh": 115, "swish": 185, "elu": 215}


@dataclasses.dataclass(frozen=True)
class FileSize:
    """The size of a file as a function of the network in it.

    Attributes:
        rest: Bytes of the preprocessing and the structure: of everything but the network's weights.
        outputs: Width of the network's last layer.
        form: The numeric form that ships; None for the smallest one.
    """

    rest: int
    outputs: int
    form: str | None = None

    @property
    def forms(self) -> Sequence[str]:
        """The numeric forms of which the smallest is meant."""
        return ("dynamic_range", "int8_qat") if self.form is None else (self.form,)

    def of(self, width: int, units: Sequence[int]) -> int:
        """Returns the bytes of the file of a stack of dense layers, right within a few percent.

        Args:
            width: Length of the encoded row.
            units: Width of each hidden layer.
        """
        return self.of_architecture(width, Architecture.stack(units, "relu", 0.0))

    def of_architecture(self, width: int, architecture: Architecture) -> int:
        """Returns the bytes of the file of a network, right within a few percent.

        Args:
            width: Length of the encoded row.
            architecture: The network.
        """
        sides = [*architecture.kernels(width, self.outputs)]
        kernels = [rows * columns for rows, columns in sides]
        biases = _FLOAT * sum(columns for _, columns in sides)
        plain, int8 = (
            self._operations(architecture, _PER_OPERATION),
            self._operations(architecture, _PER_INT8_OPERATION),
        )
        if self.form == "float16" and architecture.kind != "mlp":  # of its kernels, many are too small to be narrowed
            narrowed = sum(2 * size if size >= _LEAST_WEIGHTS else _FLOAT * size for size in kernels)
            return self.rest + biases + plain + narrowed
        if self.form in _PER_WEIGHT:
            return self.rest + biases + plain + _PER_WEIGHT[self.form] * sum(kernels)
        # The last layer of a quantized network stays in float32.
        whole = int8 + sum(kernels[:-1]) + _FLOAT * kernels[-1]
        weights_alone = plain + sum(size if size > _LEAST_WEIGHTS else _FLOAT * size for size in kernels)
        of_form = {"dynamic_range": weights_alone, "int8_ptq": whole, "int8_qat": whole}
        return self.rest + biases + _INT8_STRUCTURE + of_form.get(self.form or "", min(whole, weights_alone))

    def _operations(self, architecture: Architecture, per_operation: Mapping[str, int]) -> int:
        """Returns the bytes of the operations beyond those of one hidden layer, without weights and biases.

        Stacks of dense layers have so few that they do not matter.
        """
        if architecture.kind == "mlp":
            return 0
        parts = [part for node in architecture.nodes for part in (node.operation, node.activation)]
        return sum(per_operation.get(part, 0) for part in parts) - per_operation[DENSE]


def measured(run: TrainingRun, encoder: Encoder, form: str | None) -> FileSize:
    """Converts a small network that learnt nothing, behind the preprocessing of the run.

    Args:
        run: The run.
        encoder: The encoder.
        form: As `FileSize` has it.
    """
    outputs = run.target.outputs
    network = model.build_network(encoder.width, Architecture.stack(_PROBE, "relu", 0.0), run.seed, outputs)
    with tempfile.TemporaryDirectory() as directory:
        serving.export(directory, run, encoder, network)
        content = conversion.to_tflite(directory)
    return FileSize(len(content) - _FLOAT * network.count_params(), outputs, form)
