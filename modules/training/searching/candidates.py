"""The shapes of a student that the search tries."""

import dataclasses
import itertools
from collections.abc import Sequence

import numpy as np

from modules.graph.encoding import Encoder
from modules.training.searching.sizing import FileSize

_UNITS = ((8,), (16,), (32,), (64,), (16, 16), (24, 16), (32, 16), (40, 32), (64, 32), (96, 48))
_ACTIVATIONS = ("relu", "tanh")
_DROPOUTS = (0.0, 0.1, 0.2)
# Which of the two codes with a slot per bin a shape does without.
_WITHOUT = ("", "one_hot", "piecewise_linear")


@dataclasses.dataclass(frozen=True)
class StudentShape:
    """A shape.

    Attributes:
        units: Width of each hidden layer.
        activation: Activation of the hidden layers.
        dropout: Share of the units that are dropped in training.
        without: A code of the numeric columns that it does not read; empty where it reads all.
    """

    units: tuple[int, ...]
    activation: str
    dropout: float
    without: str = ""

    def slots(self, encoder: Encoder) -> np.ndarray:
        """Returns which elements of the encoded row it reads, bool [width]."""
        codes = [code.partition("[")[0] for _, code in encoder.names]
        return np.array([code != self.without for code in codes])


# The shape where nobody searches.
USUAL = StudentShape((40, 32), "relu", 0.1)


def smallest(encoder: Encoder, size: FileSize) -> int:
    """Returns the bytes of the smallest file that a shape has."""
    return min(_bytes(shape, encoder, size) for shape in _all(encoder))


def draw(
    count: int, seed: int, encoder: Encoder, size: FileSize, max_bytes: int | None
) -> list[tuple[StudentShape, int]]:
    """Draws shapes, each with the bytes of its file: the usual one first, if it fits, then others by the seed.

    Args:
        count: How many, at most.
        seed: Fixes which.
        encoder: The encoder.
        size: How large the file of a network is.
        max_bytes: The promise, if there is one.
    """
    shapes = [shape for shape in _all(encoder) if shape != USUAL]
    drawn = [USUAL, *(shapes[place] for place in np.random.default_rng(seed).permutation(len(shapes)))]
    sized = ((shape, _bytes(shape, encoder, size)) for shape in drawn)
    return [*itertools.islice((pair for pair in sized if max_bytes is None or pair[1] <= max_bytes), count)]


def _all(encoder: Encoder) -> Sequence[StudentShape]:
    codes = {code.partition("[")[0] for _, code in encoder.names}
    # A row of the last binned code alone, or of none, is not made shorter.
    without = [code for code in _WITHOUT if not code or (code in codes and len(codes & set(_WITHOUT)) > 1)]
    return [StudentShape(*parts) for parts in itertools.product(_UNITS, _ACTIVATIONS, _DROPOUTS, without)]


def _bytes(shape: StudentShape, encoder: Encoder, size: FileSize) -> int:
    return size.of(int(shape.slots(encoder).sum()), shape.units)
