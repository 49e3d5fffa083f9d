"""TFX's ExampleValidator, with the validation of `validation`."""

import os
from typing import Any

from tfx.components.example_validator import executor as tfx_executor
from tfx.components.example_validator import labels
from tfx.types import standard_component_specs
from tfx.utils import writer_utils

from components.example_validator import validation


class Executor(tfx_executor.Executor):
    """Artifacts in: `statistics`, `schema`. Out: `anomalies`, as TFX's executor reads and writes them."""

    def _Validate(self, inputs: dict[str, Any], outputs: dict[str, Any]) -> Any:
        """Validates one split; TFX offers this method to those who extend its executor."""
        anomalies = validation.validate(
            inputs[standard_component_specs.STATISTICS_KEY], inputs[standard_component_specs.SCHEMA_KEY]
        )
        path = os.path.join(outputs[labels.SCHEMA_DIFF_PATH], tfx_executor.DEFAULT_FILE_NAME)
        writer_utils.write_anomalies(path, anomalies)
        return anomalies
