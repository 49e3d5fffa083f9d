"""Which configurations are trained where the teacher's file has a limit: its bytes are computed beforehand."""

from collections.abc import Mapping
from typing import Any

import keras_tuner

from modules.base.errors import UserError
from modules.training import model
from modules.training.searching.sizing import FileSize
from modules.training.tuning import spaces
from modules.training.tuning.spaces import Admits


def admitting(limit: int, width: int, size: FileSize, space: keras_tuner.HyperParameters) -> Admits:
    """Returns what tells whether the file of a configuration's network keeps the limit.

    Args:
        limit: Bytes.
        width: Length of the encoded row.
        size: How large the file of a network is.
        space: The hyperparameters.

    Raises:
        UserError: If no configuration does.
    """

    def bytes_of(values: Mapping[str, Any]) -> int:
        return size.of(width, model.architecture_of(values).units)

    least = min(bytes_of(point) for point in spaces.points(space, 0))
    if least > limit:
        raise UserError(
            "tuner.max_bytes",
            f"no network of tuner.search_space fits {limit:,} bytes: the smallest takes about {least:,}",
            "Allow more, or give search_space fewer layers or units",
        )
    return lambda values: bytes_of(values) <= limit
