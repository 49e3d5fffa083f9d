"""Classes: their order, their weights, and how examples hold them."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from modules.tasks.target import Target


def sort_classes(names: list[str]) -> list[str]:
    """Orders the names of classes: as numbers where all of them are numbers, else as text."""
    try:
        numbers = {name: float(name) for name in names}
    except ValueError:
        return sorted(names)
    if not all(math.isfinite(number) for number in numbers.values()):
        return sorted(names)
    return sorted(names, key=lambda name: (numbers[name], name))


def class_weights(target: "Target") -> np.ndarray:
    """Returns the weights by which all classes count alike: n / (classes · n_class), float32 [classes]."""
    counts = np.maximum(np.array(target.counts, np.float64), 1.0)
    return (counts.sum() / (len(counts) * counts)).astype(np.float32)


def as_raw(name: str, array: np.ndarray) -> Any:
    """Returns a class as the examples hold it: bytes, or a number of the array's dtype."""
    if array.dtype == object or array.dtype.kind == "S":
        return name.encode("utf-8")
    return array.dtype.type(float(name) if array.dtype.kind == "f" else int(name))
