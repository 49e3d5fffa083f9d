"""TFX's search, and its record kept."""

from typing import Any

from tfx.components.tuner import executor
from tfx.types import artifact_utils
from tfx.utils import io_utils

from modules.contracts import training_curves


class Executor(executor.Executor):
    """Artifacts in and out: those of TFX's Tuner.

    `tuner_results` gets the folder of the trials as well: their learning curves, and TensorBoard's logs. TFX hands
    tuner_fn nothing but a working directory, which it removes after the step.
    """

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        super().Do(input_dict, output_dict, exec_properties)
        results = artifact_utils.get_single_uri(output_dict["tuner_results"])
        io_utils.copy_dir(training_curves.trials_folder(self._get_tmp_dir()), training_curves.trials_folder(results))
