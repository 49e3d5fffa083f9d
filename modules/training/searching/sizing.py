"""How large the .tflite of a network will be, before the network is trained."""

import dataclasses
import itertools
import tempfile
from collections.abc import Sequence

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

    def of(self, width: int, units: Sequence[int]) -> int:
        """Returns the bytes of the file, right within a few percent.

        Args:
            width: Length of the encoded row.
            units: Width of each hidden layer.
        """
        layers = [width, *units, self.outputs]
        kernels = [before * after for before, after in itertools.pairwise(layers)]
        biases = _FLOAT * sum(layers[1:])
        if self.form in _PER_WEIGHT:
            return self.rest + biases + _PER_WEIGHT[self.form] * sum(kernels)
        whole = sum(kernels[:-1]) + _FLOAT * kernels[-1]  # the last layer of a quantized network stays in float32
        weights_alone = sum(size if size > _LEAST_WEIGHTS else _FLOAT * size for size in kernels)
        of_form = {"dynamic_range": weights_alone, "int8_ptq": whole, "int8_qat": whole}
        return self.rest + biases + _INT8_STRUCTURE + of_form.get(self.form or "", min(whole, weights_alone))


def measured(run: TrainingRun, encoder: Encoder, form: str | None) -> FileSize:
    """Converts a small network that learnt nothing, behind the preprocessing of the run.

    Args:
        run: The run.
        encoder: The encoder.
        form: As `FileSize` has it.
    """
    outputs = run.target.outputs
    network = model.build_network(encoder.width, model.Architecture(_PROBE, "relu", 0.0), run.seed, outputs)
    with tempfile.TemporaryDirectory() as directory:
        serving.export(directory, run, encoder, network)
        content = conversion.to_tflite(directory)
    return FileSize(len(content) - _FLOAT * network.count_params(), outputs, form)
