"""What the answer of a model is, in words."""

from collections.abc import Mapping
from typing import Any


def title(content: Mapping[str, Any], output: str) -> str:
    """Returns what one number of an answer is.

    Args:
        content: What a method found: `label`, the column that is predicted, and all `outputs`.
        output: One of these.
    """
    label = content["label"]
    return f"the predicted {label}" if content["outputs"] == [label] else f"the probability of {output}"
