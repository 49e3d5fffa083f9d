"""Reads the pruned student, writes it in every numeric form."""

from typing import Any

from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils

from components import training_inputs
from components.quantizer import forms
from modules.base.settings import Quantizer
from modules.contracts import tflite
from modules.tflite import card, conversion
from modules.training import grafted, serving, soft_labels
from modules.training import network as networks
from modules.training.training_run import TrainingRun


class Executor(base_executor.BaseExecutor):
    """Artifacts in: `model`, `teacher`, `examples`, `transform_graph`. Out: `forms`, `model_run`."""

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        run = training_inputs.start(input_dict, exec_properties)
        settings = run.section("quantizer", Quantizer)
        source = training_inputs.model_directory(input_dict, "model")
        encoder, pruned = serving.load_parts(source)
        train, validation = training_inputs.datasets(run, input_dict, encoder, settings.batch_size)
        log_dir = artifact_utils.get_single_uri(output_dict["model_run"])

        made: dict[str, tuple[bytes, float]] = {}
        zeros = networks.sparsity(pruned)
        float32 = conversion.to_tflite(source)
        made["float32"] = float32, zeros
        made["float16"] = conversion.with_float16_weights(float32), zeros
        made["dynamic_range"] = conversion.to_tflite(source, conversion.dynamic_range), zeros
        quantized = forms.quantize_network(pruned)
        forms.calibrate(quantized, train)
        made["int8_ptq"] = _int8(float32, run, encoder, quantized), zeros
        score, loss = run.score(validation), soft_labels.loss(run)
        forms.train_quantized(quantized, train, validation, score, loss, settings, log_dir)
        made["int8_qat"] = _int8(float32, run, encoder, quantized), networks.sparsity(quantized)

        known = {column.name: column.vocabulary.values for column in run.profile.categorical}
        target = artifact_utils.get_single_uri(output_dict["forms"])
        for form, (content, form_sparsity) in made.items():
            model = tflite.TfliteModel(content, card.model_card(run.table, run.target, form, form_sparsity, known))
            tflite.write_form(target, model)


def _int8(float32: bytes, run: TrainingRun, encoder: Any, quantized: Any) -> bytes:
    return grafted.convert(float32, run, encoder, quantized, conversion.dynamic_range)
