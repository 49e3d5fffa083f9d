"""Reads all models and the raw test rows, writes ladder.json."""

import json
import os
from typing import Any

import numpy as np
import tensorflow as tf
from tfx.dsl.components.base import base_executor
from tfx.dsl.io import fileio
from tfx.types import artifact_utils

from components import training_inputs
from components.ladder import measure
from modules import inference, run, serving, tasks, tflite
from modules import network as networks

FILE = "ladder.json"


class Executor(base_executor.BaseExecutor):
    """Artifacts in: `teacher`, `student`, `forms`, `examples`, `transform_graph`. Out: `ladder`."""

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        this = training_inputs.start(input_dict, exec_properties)
        raw = read_raw(this, training_inputs.split_files(input_dict, "test"))
        rungs = []
        for key in ("teacher", "student"):
            directory = training_inputs.model_directory(input_dict, key)
            sparsity = networks.sparsity(serving.load_parts(directory)[1])
            rungs.append(measure.measure(key, tflite.to_tflite(directory), sparsity, this.label.task, *raw))
        forms = artifact_utils.get_single_uri(input_dict["forms"])
        for form in tflite.FORMS:
            with fileio.open(os.path.join(forms, form, inference.MODEL_FILE), "rb") as file:
                content = file.read()
            with fileio.open(os.path.join(forms, form, inference.CARD_FILE)) as file:
                sparsity = json.loads(file.read())["sparsity"]
            # The pruned student in float32 is the rung between the student and the quantized forms.
            name = "pruned" if form == "float32" else form
            rungs.append(measure.measure(name, content, sparsity, this.label.task, *raw))
        artifact = artifact_utils.get_single_instance(output_dict["ladder"])
        artifact.set_int_custom_property("forms", len(rungs))
        with fileio.open(os.path.join(artifact.uri, FILE), "w") as file:
            file.write(json.dumps(rungs, indent=1))


def read_raw(this: run.Run, patterns: list[str]) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray | None]:
    """Reads raw examples as the tensors that an exported model takes.

    Args:
        this: The run.
        patterns: File patterns of gzipped TFRecords of raw examples.

    Returns:
        The input tensors by name, [n, 1] each; the labels as `tasks.encode_labels` has them, [n]; and the example
        weights, [n], if there are any.
    """
    names = sorted(name for pattern in patterns for name in tf.io.gfile.glob(pattern))
    records = tf.data.TFRecordDataset(names, compression_type="GZIP").batch(4_096)
    spec = this.output.raw_feature_spec()
    batches = [{k: v.numpy() for k, v in tf.io.parse_example(batch, spec).items()} for batch in records]
    columns = {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}
    labels = tasks.encode_labels(columns[this.table.label][:, 0], this.target.task, list(this.target.classes))
    weights = columns[this.table.weight][:, 0].astype(np.float64) if this.table.weight else None
    return {feature.tensor: columns[feature.name] for feature in this.table.features}, labels, weights
