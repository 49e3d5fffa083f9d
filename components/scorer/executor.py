"""Reads all models and the raw rows of two splits, writes what each model predicts."""

from typing import Any

from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils

from components import raw_rows, training_inputs
from components.scorer import folded_teachers, scoring
from modules import tasks
from modules.contracts import model_forms, predictions, tflite
from modules.tflite import card, inference
from modules.training import grafted, serving
from modules.training import network as networks
from modules.training.training_run import TrainingRun

_UNCOMPRESSED = ("teacher", "student")
# Which split's predictions each output holds.
_SPLITS = {"predictions": "test", "validation_predictions": "validation"}


class Executor(base_executor.BaseExecutor):
    """Artifacts in: models, `forms`, `examples`, `transform_graph`.

    Out: `predictions`, `validation_predictions`, `uncompressed`.
    """

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        run = training_inputs.start(input_dict, exec_properties)
        target = artifact_utils.get_single_uri(output_dict["uncompressed"])
        forms = artifact_utils.get_single_uri(input_dict["forms"])
        compressed = {tasks.rung_name(form): model.content for form, model in model_forms.read(forms).items()}
        directories = {name: training_inputs.model_directory(input_dict, name) for name in _UNCOMPRESSED}
        folded = folded_teachers.of(run, directories)
        made = [_converted(run, name, directory) for name, directory in directories.items() if name not in folded]
        model_forms.write(target, made)
        models = {model.card.form: model.content for model in made}
        for key, split in _SPLITS.items():
            rows = raw_rows.read(run, training_inputs.split_files(input_dict, split))
            by_rung = {name: one.answer(rows.inputs) for name, one in folded.items()}
            by_rung |= scoring.score(models | compressed, rows.inputs)
            reference = scoring.score(compressed, rows.inputs, inference.Kernels.REFERENCE)
            artifact = artifact_utils.get_single_instance(output_dict[key])
            artifact.set_int_custom_property("models", len(by_rung))
            artifact.set_int_custom_property("rows", len(rows.labels))
            predictions.write(artifact.uri, predictions.PredictedRows(rows.labels, rows.weights, by_rung, reference))
        folded_teachers.write_figures(
            target, folded, directories, {name: values[:1] for name, values in rows.inputs.items()}
        )


def _converted(run: TrainingRun, name: str, directory: str) -> tflite.TfliteModel:
    """Converts an exported model, and describes it under a name in the place of a numeric form's."""
    _, network = serving.load_parts(directory)
    described = card.model_card(run.table, run.target, name, networks.sparsity(network))
    return tflite.TfliteModel(grafted.exported(run, directory), described)
