"""Reads a model, its verdict and what the run found out; publishes the model and its papers if it may ship."""

import dataclasses
import json
from typing import Any

from absl import logging
from tfx.components.util import model_utils
from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils

from components import artifacts, raw_rows, training_inputs
from components.tflite_pusher import papers, publish
from components.tflite_pusher.sample_code.row import MOST_ROWS, sample_row
from modules.base import origins
from modules.base.errors import UserError
from modules.contracts import pushed_folder, report, tflite


class Executor(base_executor.BaseExecutor):
    """Artifacts in: `model`, `model_blessing`, `report`, `examples`, `transform_graph`. Out: `pushed_model`."""

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        artifact = artifact_utils.get_single_instance(output_dict["pushed_model"])
        blessing = artifact_utils.get_single_instance(input_dict["model_blessing"])
        blessed = model_utils.is_model_blessed(blessing)
        artifact.set_int_custom_property("pushed", int(blessed))
        if not blessed:
            logging.warning("The model was not blessed, and is not pushed.")
            return
        model = artifact_utils.get_single_instance(input_dict["model"])
        judged = tflite.read_judged(model.uri)
        if tflite.judged_digest(model.uri) != blessing.get_string_custom_property(artifacts.JUDGED):
            what = "is not the one that was judged: its sha256 is not the one that the Evaluator recorded"
            raise UserError(f"model in {model.uri}", what, "Run the pipeline again: nothing was pushed")
        found = artifact_utils.get_single_uri(input_dict["report"])
        summary, shown = report.read_summary(found), report.read_page(found)
        run = training_inputs.start(input_dict, exec_properties)
        rows = raw_rows.read(run, training_inputs.split_files(input_dict, "test"), most=MOST_ROWS)
        row = sample_row(judged.content, judged.card, rows.inputs)
        origin = {
            "text": json.loads(exec_properties["config"])["data"],
            "run": {
                "pipeline_run_id": self._context.pipeline_run_id if self._context else None,
                "model": origins.of_artifact(artifacts.origin(model)),
                "blessing": origins.of_artifact(artifacts.origin(blessing)),
            },
        }

        def write(version: str) -> str:
            card = dataclasses.replace(judged.card, pushed={"version": version, **origin})
            card = papers.described(card, summary, row)
            pushed_folder.write(
                artifact.uri,
                tflite.TfliteModel(judged.content, card),
                papers.papers(summary, shown, card, version, row),
                papers.file_metadata(summary, card, version),
            )
            return artifact.uri

        version, path = publish.publish_next(write, exec_properties["destination"])
        artifact.set_string_custom_property(artifacts.PUSHED, pushed_folder.digest(artifact.uri))
        artifact.set_string_custom_property("pushed_destination", path)
        artifact.set_string_custom_property("pushed_version", version)
        logging.info("Pushed to %s", path)
