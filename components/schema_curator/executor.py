"""Reads a schema, adds the tensor representations, writes it."""

from typing import Any

from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils

from modules.contracts import examples, schema
from modules.features.schema import add_tensor_representations, relax_inferred


class Executor(base_executor.BaseExecutor):
    """Artifacts in: `schema`, `examples`. Out: `curated_schema`."""

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        source = artifact_utils.get_single_uri(input_dict["schema"])
        curated = schema.read(source)
        if exec_properties["inferred"]:
            dtypes = examples.read_dtypes(artifact_utils.get_single_uri(input_dict["examples"]))
            relax_inferred(curated, dtypes)
        add_tensor_representations(curated)
        schema.write(artifact_utils.get_single_uri(output_dict["curated_schema"]), curated)
