"""What TFX's stock Evaluator calls back: TFMA's own extractors, with labels turned into what metrics compare.

Importing this module also registers Fairness Indicators' metrics, wherever TFMA builds or computes them.
"""

import copy
import functools
from collections.abc import Mapping
from typing import Any

import apache_beam as beam
import fairness_indicators.fairness_indicators_metrics  # noqa: F401  registers the metrics
import tensorflow_model_analysis as tfma
from tensorflow_model_analysis.extractors import extractor, labels_extractor, tflite_predict_extractor

from modules import tasks
from modules.contracts import tflite


def custom_extractors(eval_shared_model: Any, eval_config: Any, tensor_adapter_config: Any) -> list[Any]:
    """Stock Evaluator's callback: the default extractors, and after the labels' one the encoding of labels.

    Task and classes are read from model.json beside the judged model, so that what is judged is what the model says it
    predicts. Metrics of one class against the rest need the numbers of the classes: they are put into the config here,
    which the Evaluator reads after this.
    """
    models = eval_shared_model if isinstance(eval_shared_model, list) else [eval_shared_model]
    card = tflite.read_card(models[0].model_path)
    task, classes = card.task, card.classes
    for spec in eval_config.metrics_specs:
        if spec.HasField("binarize"):
            spec.binarize.class_ids.values[:] = range(len(classes))
        if spec.HasField("aggregate"):
            spec.aggregate.class_weights.update(dict.fromkeys(range(len(classes)), 1.0))
    columns = {spec["tensor"]: spec["name"] for model in models for spec in tflite.read_card(model.model_path).inputs}
    extractors = tfma.default_extractors(
        eval_shared_model=eval_shared_model,
        eval_config=eval_config,
        tensor_adapter_config=tensor_adapter_config,
        custom_predict_extractor=tflite_predict_extractor.TFLitePredictExtractor(
            eval_config, eval_shared_model, do_fn=functools.partial(PredictByColumn, columns)
        ),
    )
    stages = [e.stage_name for e in extractors]
    place = stages.index(labels_extractor.LABELS_EXTRACTOR_STAGE_NAME) + 1
    encode = extractor.Extractor("EncodeLabels", beam.Map(encode_labels, task, classes))
    return [*extractors[:place], encode, *extractors[place:]]


class PredictByColumn(tflite_predict_extractor.TFLitePredictionDoFn):
    """TFMA's prediction with a .tflite, for columns whose names no tensor can have.

    Args:
        columns: The column's name by the name of the model's input tensor.
        **kwargs: What TFMA gives.
    """

    def __init__(self, columns: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._columns = dict(columns)

    def _get_input_name_from_input_detail(self, input_detail: Mapping[str, Any]) -> str:
        name = super()._get_input_name_from_input_detail(input_detail)
        return self._columns.get(name, name)


def encode_labels(extracts: Mapping[str, Any], task: str, classes: list[str]) -> dict[str, Any]:
    """Replaces the labels of a batch as `tasks.encode_labels` does.

    Args:
        extracts: TFMA's extracts of a batch; labels are an array of text or integers, or one an evaluated model.
        task: The task.
        classes: Names of the classes, in order.
    """
    result = copy.copy(dict(extracts))
    labels = result[tfma.LABELS_KEY]
    if isinstance(labels, Mapping):
        result[tfma.LABELS_KEY] = {name: tasks.encode_labels(array, task, classes) for name, array in labels.items()}
    else:
        result[tfma.LABELS_KEY] = tasks.encode_labels(labels, task, classes)
    return result
