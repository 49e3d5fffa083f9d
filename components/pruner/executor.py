"""Reads the student, prunes it, writes it with what it measured."""

from typing import Any

from absl import logging
from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils
from tfx.utils import path_utils

from components import training_inputs
from components.pruner import pruning
from modules.base.settings import Pruner
from modules.training import inputs, serving, soft_labels
from modules.training import network as networks


class Executor(base_executor.BaseExecutor):
    """Artifacts in: `model`, `teacher`, `examples`, `transform_graph`. Out: `pruned_model`, `model_run`."""

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        run = training_inputs.start(input_dict, exec_properties)
        settings = run.section("pruner", Pruner)
        encoder, student = serving.load_parts(training_inputs.model_directory(input_dict, "model"))
        train, validation = training_inputs.datasets(run, input_dict, encoder, settings.batch_size)
        pruned = pruning.prune(
            student,
            train,
            validation,
            run.score(validation),
            soft_labels.loss(run),
            settings,
            steps_per_epoch=inputs.steps(train),
            log_dir=artifact_utils.get_single_uri(output_dict["model_run"]),
        )
        measured = networks.sparsity(pruned)
        before, after = networks.gzip_bytes(networks.without_dropout(student)), networks.gzip_bytes(pruned)
        logging.info("Sparsity %.4f; weights after gzip: %d bytes, before pruning %d", measured, after, before)
        pruning.check_sparsity(measured, settings)
        artifact = artifact_utils.get_single_instance(output_dict["pruned_model"])
        artifact.set_float_custom_property("sparsity", measured)
        artifact.set_int_custom_property("gzip_bytes", after)
        artifact.set_int_custom_property("gzip_bytes_before", before)
        serving.export(path_utils.serving_model_dir(artifact.uri), run, encoder, pruned)
