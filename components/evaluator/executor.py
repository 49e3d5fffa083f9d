"""Reads the models and the raw test rows, writes TFMA's results."""

from typing import Any

import tensorflow_model_analysis as tfma
from absl import logging
from google.protobuf import json_format
from tensorflow_model_analysis.proto import config_pb2
from tensorflow_model_analysis.utils import config_util
from tensorflow_transform.tf_metadata import schema_utils
from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils
from tfx.utils import io_utils, path_utils

from components import artifacts
from components.evaluator import judged_rows, measuring, results, thresholds
from modules import tasks
from modules.contracts import examples, schema, tflite
from modules.judging import tfma_metrics  # noqa: F401 - registers a metric
from modules.tflite import inference


class Executor(base_executor.BaseExecutor):
    """Artifacts in: `examples`, `schema`, `model`, and maybe `baseline_model`. Out: `evaluation`.

    Attributes:
        kernels: Which code computes the answers.
    """

    kernels = inference.Kernels.DEVICE

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        uris = {key: artifact_utils.get_single_uri(given) for key, given in input_dict.items() if given}
        eval_config = json_format.Parse(exec_properties["eval_config"], config_pb2.EvalConfig())
        # As TFX does: without a baseline, change thresholds are ignored.
        eval_config = config_util.update_eval_config_with_defaults(
            eval_config, has_baseline="baseline_model" in uris, rubber_stamp=True
        )
        # By name in the EvalConfig, the candidate first.
        models = {
            spec.name: uris["baseline_model" if spec.is_baseline else "model"] for spec in eval_config.model_specs
        }
        card = tflite.read_judged_card(uris["model"])
        name_classes(eval_config, len(card.classes))
        if card.threshold is not None:
            cards = {name: tflite.read_judged_card(uri) for name, uri in models.items()}
            own = {name: of.threshold for name, of in cards.items()}
            thresholds.fill_in(eval_config, {name: card.threshold if at is None else at for name, at in own.items()})
        config_util.verify_eval_config(eval_config)
        rows = judged_rows.read_and_predict(
            io_utils.all_files_pattern(examples.split_folder(uris["examples"], "test")),
            schema_utils.schema_as_feature_spec(schema.read(uris["schema"])).feature_spec,
            {name: self._predictor(uri) for name, uri in models.items()},
            eval_config,
            lambda raw: tasks.encode_labels(raw, card.task, card.classes),
        )
        measured = measuring.measure(rows, eval_config)
        logging.info("Measured %d rows on %d slices.", len(rows.labels), len(measured))
        artifact = artifact_utils.get_single_instance(output_dict["evaluation"])
        artifact.set_string_custom_property(artifacts.JUDGED, tflite.judged_digest(uris["model"]))
        artifact.set_int_custom_property("rows", len(rows.labels))
        artifact.set_int_custom_property("slices", len(measured))
        results.write(
            measured, eval_config, [_shared(name, uri, eval_config) for name, uri in models.items()], artifact.uri
        )

    def _predictor(self, uri: str) -> inference.Predictor:
        model = tflite.read_judged(uri)
        return inference.Predictor(model.content, model.card, self.kernels)


def _shared(name: str, uri: str, eval_config: Any) -> Any:
    """Returns what TFMA knows of a model: its name, and where it lies."""
    return tfma.default_eval_shared_model(path_utils.serving_model_path(uri), model_name=name, eval_config=eval_config)


def name_classes(eval_config: Any, count: int) -> None:
    """Fills in the numbers of the classes, which the config does not know, where a metric is of each class."""
    for spec in eval_config.metrics_specs:
        if spec.HasField("binarize"):
            spec.binarize.class_ids.values[:] = range(count)
        if spec.HasField("aggregate"):
            spec.aggregate.class_weights.update(dict.fromkeys(range(count), 1.0))
