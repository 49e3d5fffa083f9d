"""Reads the pruned student, at each sparsity, and writes it in every numeric form."""

import dataclasses
import functools
import os
from collections.abc import Iterator
from typing import Any

import tensorflow as tf
from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils

from components import training_inputs
from components.quantizer import forms
from modules import tasks
from modules.base.settings import Quantizer
from modules.contracts import model_forms, pruned, tflite, training_curves
from modules.contracts.pruned import PrunedNetwork
from modules.graph.encoding import Encoder
from modules.tflite import card, conversion
from modules.training import grafted, serving, soft_labels
from modules.training import network as networks
from modules.training.training_run import TrainingRun


class Executor(base_executor.BaseExecutor):
    """Artifacts in: `model`, `teacher`, `examples`, `transform_graph`. Out: `forms`, `model_run`."""

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        run = training_inputs.start(input_dict, exec_properties)
        source = artifact_utils.get_single_uri(input_dict["model"])
        log_dir = artifact_utils.get_single_uri(output_dict["model_run"])
        settings = run.section("quantizer", Quantizer)
        tried = pruned.read(source)
        encoders = [serving.load_parts(pruned.directory(source, tried, network))[0] for network in tried]
        encoder = functools.reduce(Encoder.joined, encoders)
        rows = _Rows(encoder, *training_inputs.datasets(run, input_dict, encoder, settings.batch_size))
        known = {column.name: column.vocabulary.values for column in run.profile.categorical}
        made = []
        for network in tried:
            several = network.sparsity if len(tried) > 1 else None
            record = log_dir if several is None else os.path.join(log_dir, f"{several:g}")
            for form, content, zeros in _forms(run, rows, pruned.directory(source, tried, network), network, record):
                name = tasks.point_name(form, several)
                made.append(tflite.TfliteModel(content, card.model_card(run.table, run.target, name, zeros, known)))
        if record != log_dir:  # the page shows the curves of one training, which is that of the sparsest network
            training_curves.write(log_dir, training_curves.read(record))
        model_forms.write(artifact_utils.get_single_uri(output_dict["forms"]), made)


@dataclasses.dataclass(frozen=True)
class _Rows:
    """Batches of the encoded rows."""

    encoder: Encoder
    train: tf.data.Dataset
    validation: tf.data.Dataset

    def read_by(self, part: Encoder) -> "_Rows":
        """Returns the rows as an encoder makes them that has some of the elements: read and labelled once for all."""
        if part.width == self.encoder.width:
            return self
        places = self.encoder.places(part)

        def pick(encoded: tf.Tensor, *further: tf.Tensor) -> tuple[tf.Tensor, ...]:
            return tf.gather(encoded, places, axis=1), *further

        return _Rows(part, *(batches.map(pick).prefetch(2) for batches in (self.train, self.validation)))


def _forms(
    run: TrainingRun, rows: _Rows, directory: str, network: PrunedNetwork, record: str
) -> Iterator[tuple[str, bytes, float]]:
    """Yields the numeric forms of one network, and the share of zeros of each."""
    encoder, plain = serving.load_parts(directory)
    rows = rows.read_by(encoder)
    zeros = networks.sparsity(plain, network.weights)
    float32 = grafted.exported(run, directory)
    yield "float32", float32, zeros
    yield "float16", conversion.with_float16_weights(float32), zeros
    yield "dynamic_range", grafted.convert(float32, run, encoder, plain, conversion.dynamic_range), zeros
    quantized = forms.quantize_network(plain)
    ranges = forms.calibrate(quantized, plain, rows.train)
    with forms.calibrated(quantized, ranges):
        content = grafted.convert(float32, run, encoder, quantized, conversion.dynamic_range)
    yield "int8_ptq", content, zeros
    score, settings = run.score(rows.validation), run.section("quantizer", Quantizer)
    forms.train_quantized(quantized, rows.train, rows.validation, score, soft_labels.loss(run), settings, record)
    content = grafted.convert(float32, run, encoder, quantized, conversion.dynamic_range)
    yield "int8_qat", content, networks.sparsity(quantized, network.weights)
