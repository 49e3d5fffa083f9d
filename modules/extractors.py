"""What the Evaluator calls back: TFMA's own extractors, with text labels turned into 0 and 1.

Importing this module also registers Fairness Indicators' metrics, wherever TFMA builds or computes them.
"""

import copy
import json
import os
from collections.abc import Mapping
from typing import Any

import apache_beam as beam
import fairness_indicators.fairness_indicators_metrics  # noqa: F401  registers the metrics
import numpy as np
import tensorflow as tf
import tensorflow_model_analysis as tfma
from tensorflow_model_analysis.extractors import extractor, labels_extractor

from modules.inference import CARD_FILE


def custom_extractors(eval_shared_model: Any, eval_config: Any, tensor_adapter_config: Any) -> list[Any]:
    """Evaluator's callback: the default extractors, and after the labels' one the encoding of labels.

    The positive class is read from model.json beside the judged model, so that what is judged is what the model says
    it predicts.
    """
    extractors = tfma.default_extractors(
        eval_shared_model=eval_shared_model, eval_config=eval_config, tensor_adapter_config=tensor_adapter_config
    )
    models = eval_shared_model if isinstance(eval_shared_model, list) else [eval_shared_model]
    positive = _positive_class(models[0].model_path)
    stages = [e.stage_name for e in extractors]
    place = stages.index(labels_extractor.LABELS_EXTRACTOR_STAGE_NAME) + 1
    encode = extractor.Extractor("EncodeLabels", beam.Map(encode_labels, positive))
    return [*extractors[:place], encode, *extractors[place:]]


def _positive_class(model_path: str) -> str:
    with tf.io.gfile.GFile(os.path.join(model_path, CARD_FILE)) as file:
        return json.loads(file.read())["outputs"][0]["classes"][1]


def encode_labels(extracts: Mapping[str, Any], positive: str) -> dict[str, Any]:
    """Replaces the labels of a batch by 1.0 for the positive class and 0.0 for any other.

    Args:
        extracts: TFMA's extracts of a batch; labels are an array of text or integers, or one an evaluated model.
        positive: The positive class, as text.
    """
    result = copy.copy(dict(extracts))
    labels = result[tfma.LABELS_KEY]
    if isinstance(labels, Mapping):
        result[tfma.LABELS_KEY] = {name: _encode(array, positive) for name, array in labels.items()}
    else:
        result[tfma.LABELS_KEY] = _encode(labels, positive)
    return result


def _encode(labels: np.ndarray, positive: str) -> np.ndarray:
    array = np.asarray(labels)
    wanted: Any = positive.encode("utf-8") if array.dtype == object or array.dtype.kind == "S" else int(positive)
    return (array == wanted).astype(np.float32)
