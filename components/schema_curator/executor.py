"""Reads a schema, adds the tensor representations, writes it."""

import json
import os
from typing import Any

from tfx.dsl.components.base import base_executor
from tfx.dsl.io import fileio
from tfx.types import artifact_utils
from tfx.utils import io_utils

from modules import features

_FILE = "schema.pbtxt"


class Executor(base_executor.BaseExecutor):
    """Artifacts in: `schema`, `examples`. Out: `curated_schema`."""

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        source = artifact_utils.get_single_uri(input_dict["schema"])
        schema = io_utils.SchemaReader().read(os.path.join(source, _FILE))
        if exec_properties["inferred"]:
            examples = artifact_utils.get_single_uri(input_dict["examples"])
            with fileio.open(os.path.join(examples, features.DTYPES_FILE)) as file:
                features.relax_inferred(schema, json.loads(file.read()))
        features.add_tensor_representations(schema)
        target = artifact_utils.get_single_uri(output_dict["curated_schema"])
        io_utils.write_pbtxt_file(os.path.join(target, _FILE), schema)
