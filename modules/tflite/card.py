"""The card of a model: what it takes and gives, written down for whoever calls it. Knows no TFX."""

import math
from collections.abc import Mapping, Sequence

from modules.contracts.tflite import ModelCard
from modules.features.table import FeatureTable
from modules.tables import timestamps
from modules.tasks import Target


def model_card(
    table: FeatureTable,
    target: Target,
    form: str,
    sparsity: float | None = None,
    known: Mapping[str, Sequence[str]] | None = None,
) -> ModelCard:
    """Describes inputs and outputs.

    Args:
        table: The feature table.
        target: What the model answers.
        form: Name of the numeric form.
        sparsity: Share of the kernels' weights that are zero, where it was measured.
        known: The values that the model knows, by categorical column.

    Returns:
        The card. Of an input, `name` is the column, `tensor` the signature's input; `kind` is numeric, categorical or
        timestamp, the last with its `unit`; of a categorical one, `values` are those that the model knows; `missing` is
        the value that stands for "no value"; None is NaN, which JSON cannot write.
    """
    return ModelCard(
        form,
        inputs=[
            {
                "name": feature.name,
                "tensor": feature.tensor,
                "kind": feature.kind,
                **({"unit": timestamps.UNIT} if feature.kind == "timestamp" else {}),
                **({"values": list(known[feature.name])} if known and feature.name in known else {}),
                "dtype": feature.dtype,
                "shape": [None, 1],
                "missing": None
                if isinstance(feature.missing, float) and math.isnan(feature.missing)
                else feature.missing,
            }
            for feature in table.features
        ],
        outputs=[target.describe(table.label)],
        task=target.task,
        label=table.label,
        sparsity=sparsity,
        threshold=target.kind.default_threshold,
    )
