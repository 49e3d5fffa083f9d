"""Reads the student, prunes it to each sparsity, writes the networks with what it measured."""

from typing import Any

import numpy as np
import tf_keras
from absl import logging
from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils

from components import training_inputs
from components.pruner import pruning
from modules.base.settings import Pruner
from modules.contracts import pruned, training_curves
from modules.contracts.pruned import PrunedNetwork
from modules.contracts.training_curves import LearningCurve
from modules.training import curves, inputs, serving, shrinking, soft_labels
from modules.training import network as networks
from modules.training.shrinking import ShrunkNetwork


class Executor(base_executor.BaseExecutor):
    """Artifacts in: `model`, `teacher`, `examples`, `transform_graph`. Out: `pruned_model`, `model_run`."""

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        run = training_inputs.start(input_dict, exec_properties)
        settings = run.section("pruner", Pruner)
        encoder, student = serving.load_parts(training_inputs.model_directory(input_dict, "model"))
        train, validation = training_inputs.datasets(run, input_dict, encoder, settings.batch_size)
        score, loss, steps = run.score(validation), soft_labels.loss(run), inputs.steps(train)
        record = curves.TrainingRecord("pruner", artifact_utils.get_single_uri(output_dict["model_run"]))
        made: list[tuple[PrunedNetwork, ShrunkNetwork]] = []
        learnt: list[LearningCurve] = []
        network = student
        for sparsity in settings.sparsities:
            first = learnt[-1].epochs[-1] if learnt else 0
            network = pruning.prune(
                network, train, validation, score, loss, settings, steps, sparsity, record, initial_epoch=first
            )
            shrunk = shrinking.shrink(network)
            made.append((_measured(network, sparsity, student, shrunk), shrunk))
            pruning.check_sparsity(made[-1][0].measured, sparsity, settings)
            if sparsity:
                learnt.append(training_curves.read(record.directory))
        if len(learnt) != 1:  # the record of one training is written already
            nothing = LearningCurve(record.step, score.monitor, score.mode, [], {score.monitor: []}, None)
            training_curves.write(record.directory, curves.joined(learnt or [nothing]))
        artifact = artifact_utils.get_single_instance(output_dict["pruned_model"])
        found = [measured for measured, _ in made]
        for measured, left in made:
            read = np.isin(np.arange(encoder.width), left.inputs)
            directory = pruned.directory(artifact.uri, found, measured)
            serving.export(directory, run, encoder.keeping(read), left.network)
        pruned.write(artifact.uri, found)
        artifact.set_float_custom_property("sparsity", found[0].measured)
        artifact.set_int_custom_property("gzip_bytes", found[0].gzip_bytes)
        artifact.set_int_custom_property("gzip_bytes_before", found[0].gzip_bytes_before)


def _measured(
    network: tf_keras.Model, sparsity: float, student: tf_keras.Sequential, left: ShrunkNetwork
) -> PrunedNetwork:
    measured = PrunedNetwork(
        sparsity,
        networks.sparsity(network),
        networks.weight_count(network),
        (network.input_shape[1], len(left.inputs)),
        (networks.hidden_units(network), networks.hidden_units(left.network)),
        networks.gzip_bytes(network),
        networks.gzip_bytes(networks.without_dropout(student)),
    )
    logging.info("%s", measured)
    return measured
