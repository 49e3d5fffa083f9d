"""Whether gradients by column change when the network's weights are random, as they must."""

from collections.abc import Sequence

import numpy as np

from components.asked_model import AskedModel, Found
from modules.base import questions
from modules.explaining import saliency_check

# Of the rows that a method draws; each is asked with every set of random weights.
_SHARE = 5


def find(asked: AskedModel, settings: questions.Explainer) -> Found:
    """Checks the gradients times what the encoded row differs from its mean, summed up by column."""
    network = asked.network
    columns = len({column for column, _ in network.names})
    if columns < saliency_check.LEAST_COLUMNS:
        return None, f"The network reads {columns} columns, too few for a rank correlation."
    encoded = network.encode(asked.test.sample(max(20, asked.rows // _SHARE), asked.seed).rows)
    apart = encoded - encoded.mean(axis=0)

    def saliency(weights: Sequence[np.ndarray]) -> np.ndarray:
        changed = network.with_weights(weights)
        parts = [
            np.column_stack([*changed.by_column(changed.gradients(encoded, output) * apart).values()])
            for output in range(asked.target.outputs)
        ]
        return np.concatenate(parts)

    stages = saliency_check.check(saliency, network.network.get_weights(), asked.seed)
    return {
        "rows": len(encoded),
        "columns": columns,
        "repeats": saliency_check.REPEATS,
        "limit": saliency_check.LIMIT,
        "stages": [{"layers": its.layers, "correlation": its.correlation} for its in stages],
        "passes": stages[-1].correlation <= saliency_check.LIMIT,
    }, ""
