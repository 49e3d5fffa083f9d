"""TFX's search, which goes on where a killed one had come to, and its record kept."""

import os
from typing import Any

from tfx.components.tuner import executor
from tfx.dsl.io import fileio
from tfx.types import artifact_utils, standard_component_specs
from tfx.utils import io_utils, json_utils

from components.tuner.fingerprint import fingerprint
from modules.contracts import training_curves
from modules.training.tuning import journal
from modules.training.tuning.journal import Journal

# Beside the folders of the step's results, where `clean` finds what stopped runs left.
_JOURNALS = os.path.join(".system", "search")
_CONFIG, _RESULTS = standard_component_specs.CUSTOM_CONFIG_KEY, standard_component_specs.TUNER_RESULTS_KEY
_READ = (standard_component_specs.EXAMPLES_KEY, standard_component_specs.TRANSFORM_GRAPH_KEY)
_DECISIVE = (
    standard_component_specs.TUNER_FN_KEY,
    standard_component_specs.TRAIN_ARGS_KEY,
    standard_component_specs.EVAL_ARGS_KEY,
)


class Executor(executor.Executor):
    """Artifacts in and out: those of TFX's Tuner.

    `tuner_results` gets the folder of the trials as well: their learning curves, and TensorBoard's logs. TFX hands
    tuner_fn nothing but a working directory, which it removes after the step. The journal of finished trials lies
    elsewhere, until the step has succeeded.
    """

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        results = artifact_utils.get_single_uri(output_dict[_RESULTS])
        config = json_utils.loads(exec_properties[_CONFIG])
        root = config.pop(journal.ROOT, None) or os.path.join(os.path.dirname(os.path.dirname(results)), _JOURNALS)
        kept = _journal(root, input_dict, exec_properties, config)
        given = json_utils.dumps(config | {journal.KEPT: [kept.folder, kept.fingerprint]})
        super().Do(input_dict, output_dict, exec_properties | {_CONFIG: given})
        io_utils.copy_dir(training_curves.trials_folder(self._get_tmp_dir()), training_curves.trials_folder(results))
        if fileio.exists(kept.folder):
            fileio.rmtree(kept.folder)


def _journal(root: str, input_dict: dict, exec_properties: dict[str, Any], config: dict[str, Any]) -> Journal:
    """Returns the journal of a search, whose trials are the same however many processes train them."""
    search = {name: value for name, value in config["tuner"].items() if name != "workers"}
    parameters = {name: exec_properties.get(name) for name in _DECISIVE} | {_CONFIG: config | {"tuner": search}}
    artifacts = [artifact for key in _READ for artifact in input_dict.get(key, ())]
    found = fingerprint(parameters, [artifact.uri for artifact in artifacts])
    return Journal(os.path.join(root, found), found)
