"""The blessing, as TFX's Evaluator writes it."""

import os

from tfx.components.evaluator import constants
from tfx.types import artifact_utils
from tfx.types.artifact import Artifact
from tfx.utils import io_utils

from components import artifacts


def write(blessing: Artifact, input_dict: dict[str, list[Artifact]], digest: str, may_ship: bool) -> None:
    """Writes a file for those who read folders, and properties for ML Metadata.

    Args:
        blessing: The output.
        input_dict: The inputs of the step: `model`, and maybe `baseline_model`.
        digest: That of the model, as the Evaluator judged it.
        may_ship: Whether the model is blessed.
    """
    blessing.set_string_custom_property(artifacts.JUDGED, digest)
    model = artifact_utils.get_single_instance(input_dict["model"])
    blessing.set_string_custom_property(constants.ARTIFACT_PROPERTY_CURRENT_MODEL_URI_KEY, model.uri)
    blessing.set_int_custom_property(constants.ARTIFACT_PROPERTY_CURRENT_MODEL_ID_KEY, model.id)
    if input_dict.get("baseline_model"):
        baseline = artifact_utils.get_single_instance(input_dict["baseline_model"])
        blessing.set_string_custom_property(constants.ARTIFACT_PROPERTY_BASELINE_MODEL_URI_KEY, baseline.uri)
        blessing.set_int_custom_property(constants.ARTIFACT_PROPERTY_BASELINE_MODEL_ID_KEY, baseline.id)
    name = constants.BLESSED_FILE_NAME if may_ship else constants.NOT_BLESSED_FILE_NAME
    io_utils.write_string_file(os.path.join(blessing.uri, name), "")
    value = constants.BLESSED_VALUE if may_ship else constants.NOT_BLESSED_VALUE
    blessing.set_int_custom_property(constants.ARTIFACT_PROPERTY_BLESSED_KEY, value)
