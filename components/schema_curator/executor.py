"""Reads a schema, adds the tensor representations, writes it."""

import os
from typing import Any

from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils
from tfx.utils import io_utils

from modules import features

_FILE = "schema.pbtxt"


class Executor(base_executor.BaseExecutor):
    """Artifacts in: `schema`. Out: `curated_schema`."""

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        source = artifact_utils.get_single_uri(input_dict["schema"])
        schema = io_utils.SchemaReader().read(os.path.join(source, _FILE))
        if exec_properties["inferred"]:
            features.relax_inferred(schema)
        features.add_tensor_representations(schema)
        target = artifact_utils.get_single_uri(output_dict["curated_schema"])
        io_utils.write_pbtxt_file(os.path.join(target, _FILE), schema)
