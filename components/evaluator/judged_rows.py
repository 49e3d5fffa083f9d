"""The test rows, read and predicted in batches; what is kept of a row is its label, answers, weight, and slices."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from components import card_inputs
from components.evaluator.scored import Scored
from components.evaluator.slicing import SliceCollector
from modules.tflite import inference

_BATCH = 4_096


@dataclasses.dataclass(frozen=True)
class JudgedRows:
    """The test rows, in file order, with the predictions of every model.

    Attributes:
        labels: As `modules.tasks.encode_labels` has them, float32 [n].
        predictions: By the model's name in the EvalConfig, as `inference.Predictor.predict` has them.
        weights: Example weights, float64 [n], if there are any.
        rows_by_slice: Row numbers by TFMA's key of the slice.
    """

    labels: np.ndarray
    predictions: dict[str, np.ndarray]
    weights: np.ndarray | None
    rows_by_slice: dict[tuple, np.ndarray]

    def rows(self, model: str, rows: np.ndarray, weighted: bool) -> Scored:
        """Returns some rows as metrics see them.

        Args:
            model: The model's name in the EvalConfig.
            rows: Row numbers.
            weighted: Whether rows count by their example weights.
        """
        weights = self.weights[rows] if weighted and self.weights is not None else np.ones(len(rows))
        return Scored(self.labels[rows].astype(np.float64), self.predictions[model][rows].astype(np.float64), weights)


def read_and_predict(
    pattern: str,
    feature_spec: Mapping[str, Any],
    models: Mapping[str, inference.Predictor],
    eval_config: Any,
    encode_labels: Callable[[np.ndarray], np.ndarray],
) -> JudgedRows:
    """Reads raw examples and predicts them.

    Args:
        pattern: File pattern of gzipped TFRecords of raw examples.
        feature_spec: How to parse them: a dense tensor [1] for each column, with a default for missing values.
        models: The models by their names in the EvalConfig, each with its card.
        eval_config: TFMA's EvalConfig, with its defaults filled in: label, weight, and slices.
        encode_labels: Turns raw labels, [n], into what predictions are compared with.
    """
    label, weight = eval_config.model_specs[0].label_key, eval_config.model_specs[0].example_weight_key
    slices = SliceCollector(eval_config.slicing_specs)
    inputs = {spec["name"] for predictor in models.values() for spec in predictor.card.inputs}
    names = {label, *inputs, *slices.columns, *([weight] if weight else [])} & set(feature_spec)
    records = tf.data.TFRecordDataset(sorted(tf.io.gfile.glob(pattern)), compression_type="GZIP").batch(_BATCH)
    labels, weights = [], []
    predictions: dict[str, list[np.ndarray]] = {name: [] for name in models}
    for batch in records:
        parsed = tf.io.parse_example(batch, {name: feature_spec[name] for name in names})
        columns = {name: tensor.numpy() for name, tensor in parsed.items()}
        labels.append(encode_labels(columns[label][:, 0]))
        if weight:
            weights.append(columns[weight][:, 0].astype(np.float64))
        slices.add(columns, len(batch))
        for name, predictor in models.items():
            predictions[name].append(predictor.predict(card_inputs.inputs_of(predictor.card, columns)))
    return JudgedRows(
        np.concatenate(labels),
        {name: np.concatenate(answers) for name, answers in predictions.items()},
        np.concatenate(weights) if weight else None,
        slices.rows_by_slice(),
    )
