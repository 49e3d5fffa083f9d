"""What a model takes of raw columns, by its card."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from modules.contracts.tflite import ModelCard


def inputs_of(card: ModelCard, columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Returns a model's input tensors by name, [n, 1] each.

    Args:
        card: The model's card.
        columns: Raw columns by name, [n, 1] each. A model of old may have learnt from a column that is not there any
            more: it gets missing values.
    """
    count = len(next(iter(columns.values())))
    return {
        spec["tensor"]: columns[spec["name"]] if spec["name"] in columns else _missing(spec, count)
        for spec in card.inputs
    }


def _missing(spec: Mapping[str, Any], count: int) -> np.ndarray:
    if spec["dtype"] == "string":
        return np.full((count, 1), spec["missing"].encode("utf-8"), object)
    return np.full((count, 1), np.nan if spec["missing"] is None else spec["missing"], spec["dtype"])
