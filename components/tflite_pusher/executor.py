"""Reads a model and its verdict; publishes the model if it may ship."""

import datetime
import json
import os
from typing import Any

from absl import logging
from tfx.components.util import model_utils
from tfx.dsl.components.base import base_executor
from tfx.dsl.io import fileio
from tfx.types import artifact_utils
from tfx.utils import path_utils

from components import artifacts
from components.ladder.executor import FILE as LADDER_FILE
from components.tflite_pusher import publish
from modules import tasks
from modules.judging import tfma_results
from modules.tflite import inference


class Executor(base_executor.BaseExecutor):
    """Artifacts in: `model`, `model_blessing`, `evaluation`, `ladder`. Out: `pushed_model`."""

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        artifact = artifact_utils.get_single_instance(output_dict["pushed_model"])
        blessing = artifact_utils.get_single_instance(input_dict["model_blessing"])
        blessed = model_utils.is_model_blessed(blessing)
        artifact.set_int_custom_property("pushed", int(blessed))
        if not blessed:
            logging.warning("The model was not blessed, and is not pushed.")
            return
        model = artifact_utils.get_single_instance(input_dict["model"])
        serving = path_utils.serving_model_dir(model.uri)
        with fileio.open(os.path.join(serving, inference.CARD_FILE)) as file:
            card = json.loads(file.read())
        with fileio.open(os.path.join(artifact_utils.get_single_uri(input_dict["ladder"]), LADDER_FILE)) as file:
            rungs = {rung["form"]: rung for rung in json.loads(file.read())}
        rung = rungs[tasks.rung_name(card["form"])]
        version = datetime.datetime.now(datetime.UTC).strftime("%Y%m%d%H%M%S%f")[:-3]
        card |= {
            "version": version,
            "text": json.loads(exec_properties["text"]),
            "metrics": tfma_results.overall_metrics(
                artifact_utils.get_single_uri(input_dict["evaluation"]), card["outputs"][0].get("classes", ())
            ),
            "size": {key: rung[key] for key in ("bytes", "gzip_bytes", "sparsity")},
            "run": {
                "pipeline_run_id": self._context.pipeline_run_id if self._context else None,
                "model": artifacts.origin(model),
                "blessing": artifacts.origin(blessing),
            },
        }
        fileio.copy(os.path.join(serving, inference.TFMA_FILE), os.path.join(artifact.uri, inference.MODEL_FILE))
        with fileio.open(os.path.join(artifact.uri, inference.CARD_FILE), "w") as file:
            file.write(json.dumps(card, indent=1, ensure_ascii=False))
        path = publish.publish(artifact.uri, exec_properties["destination"], version)
        artifact.set_string_custom_property("pushed_destination", path)
        artifact.set_string_custom_property("pushed_version", version)
        logging.info("Pushed to %s", path)
