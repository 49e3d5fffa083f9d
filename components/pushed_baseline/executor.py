"""Finds the latest pushed version, and writes it as the Evaluator reads a .tflite."""

from typing import Any

from absl import logging
from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils

from components.tflite_pusher import versions
from modules.contracts import pushed_folder, tflite

# The property of an artifact that stands for none: an engine that has no optional outputs passes it on all the same.
ABSENT = "absent"


class Executor(base_executor.BaseExecutor):
    """Artifacts out: `model`."""

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        artifact = artifact_utils.get_single_instance(output_dict["model"])
        found = versions.latest(exec_properties["destination"])
        artifact.set_int_custom_property(ABSENT, int(found is None))
        if found is None:
            logging.info("Nothing was pushed to %s yet: there is no baseline.", exec_properties["destination"])
            return
        artifact.set_string_custom_property("pushed_version", found)
        contents = versions.contents(exec_properties["destination"], found, pushed_folder.PUSHED_FILES)
        pushed_folder.parse(f"{exec_properties['destination']}, version {found}", contents)
        tflite.write_judged_files(artifact.uri, contents[tflite.MODEL_FILE], contents[tflite.CARD_FILE])
        logging.info("The baseline is version %s of %s.", found, exec_properties["destination"])
