"""Asks the model that ships, method by method, and writes what each found out."""

from typing import Any

from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils

from components import asked_model, training_inputs
from components.explainer import methods
from modules.base import questions
from modules.contracts import explanation
from modules.explaining.clock import Clock


class Executor(base_executor.BaseExecutor):
    """Artifacts in: `model`, `student`, `teacher`, examples, `transform_graph`, predictions. Out: `explanation`."""

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        run = training_inputs.start(input_dict, exec_properties)
        settings = run.section("explainer", questions.Explainer)
        asked = asked_model.AskedModel(run, input_dict, Clock(settings.most_seconds), settings.sampled_rows)
        results = asked_model.ask(methods.METHODS, asked, settings)
        artifact = artifact_utils.get_single_instance(output_dict["explanation"])
        artifact.set_int_custom_property("methods", len(results))
        artifact.set_int_custom_property("left_out", sum(result.content is None for result in results))
        explanation.write(artifact.uri, results)
