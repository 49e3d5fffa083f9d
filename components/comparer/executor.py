"""Reads the student, trains it with less to learn from, and writes how all of them fare on the test rows."""

import dataclasses
from typing import Any

import numpy as np
import tensorflow as tf
import tf_keras
from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils

from components import raw_rows, training_inputs
from components.comparer import comparing
from modules import tasks
from modules.base.settings import Distillation
from modules.contracts import gains, training_curves
from modules.graph.encoding import Encoder
from modules.training import inputs, loop, serving
from modules.training.convergence import patience_of
from modules.training.distillation import DistillationLoss
from modules.training.training_run import TrainingRun

_BATCH = 4_096


class Executor(base_executor.BaseExecutor):
    """Artifacts in: `student`, its run, `teacher`, examples, `transform_graph`. Out: `gains`."""

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        run = training_inputs.start(input_dict, exec_properties)
        settings = run.section("distillation", Distillation)
        encoder, student = serving.load_parts(training_inputs.model_directory(input_dict, "student"))
        epochs = len(training_curves.read(artifact_utils.get_single_uri(input_dict["student_run"])).epochs)
        batches = training_inputs.datasets(run, input_dict, encoder, settings.batch_size)
        steps = inputs.steps(batches[0])
        if settings.augment.method != "none":
            batches = training_inputs.datasets(_without_synthetic_rows(run), input_dict, encoder, settings.batch_size)
        train, validation = batches[0].repeat().take(steps), batches[1]
        networks = {
            gains.LABELS: _trained(run, student, train, validation, epochs, steps, alpha=0.0),
            gains.TEACHER: student,
        }
        if settings.augment.method != "none":
            networks[gains.TEACHER] = _trained(run, student, train, validation, epochs, steps, settings.alpha)
            networks[gains.SYNTHETIC] = student
        files = training_inputs.split_files({"examples": input_dict["raw_examples"]}, "test")
        rows = raw_rows.read(run, files)
        predicted = _predicted(run, encoder, networks, rows.columns)
        made = comparing.compare(run.target.task, rows.labels, predicted, rows.weights, run.seed)
        artifact = artifact_utils.get_single_instance(output_dict["gains"])
        gains.write(artifact.uri, dataclasses.replace(made, steps=epochs * steps))


def _without_synthetic_rows(run: TrainingRun) -> TrainingRun:
    changed = {**run.config["distillation"], "augment": {"method": "none"}}
    return dataclasses.replace(run, config={**run.config, "distillation": changed})


def _trained(
    run: TrainingRun,
    student: tf_keras.Model,
    train: tf.data.Dataset,
    validation: tf.data.Dataset,
    epochs: int,
    steps: int,
    alpha: float,
) -> tf_keras.Model:
    """Trains a network of the student's shape from its first weights, for as many steps; the best epoch is kept."""
    settings = run.section("distillation", Distillation)
    tf_keras.utils.set_random_seed(run.seed)
    network = tf_keras.models.clone_model(student)
    loss = DistillationLoss(settings.temperature, alpha, run.label.task)
    loop.compile_model(network, settings.learning_rate, loss, steps)
    patience = dataclasses.replace(patience_of(settings.patience, steps), stops=False)
    loop.fit(network, train, validation, run.score(validation), epochs, patience)
    return network


def _predicted(
    run: TrainingRun, encoder: Encoder, networks: dict[str, tf_keras.Model], columns: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Returns what each network answers to raw rows, float64 [n, classes] or [n, 1]."""
    transform = run.output.transform_features_layer()
    taken = {feature.name: columns[feature.name] for feature in run.table.features}
    logits: dict[str, list[np.ndarray]] = {name: [] for name in networks}
    for batch in tf.data.Dataset.from_tensor_slices(taken).batch(_BATCH):
        encoded = encoder(transform(batch))
        for name, network in networks.items():
            logits[name].append(network(encoded, training=False).numpy())
    return {name: tasks.from_logits(run.target, np.concatenate(parts)) for name, parts in logits.items()}
