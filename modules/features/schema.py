"""What a schema says of the columns, and what it has to say so that training and serving see the same tensors."""

from collections.abc import Mapping
from typing import Any

from modules.tables.missing import MISSING


def schema_dtypes(schema: Any) -> dict[str, str]:
    """Returns the raw dtype of every column of a `schema_pb2.Schema`, by name."""
    from tensorflow_metadata.proto.v0 import schema_pb2

    names = {schema_pb2.INT: "int64", schema_pb2.FLOAT: "float32", schema_pb2.BYTES: "string"}
    return {feature.name: names[feature.type] for feature in schema.feature if feature.type in names}


def add_tensor_representations(schema: Any) -> None:
    """Makes every column of a schema a dense [batch, 1] tensor whose default is the missing value of its dtype.

    Training (Transform), judging (TFMA) and serving (TFLite) then see the same tensors, and a missing value reaches
    the one implementation of imputation, inside the model.

    Args:
        schema: A `schema_pb2.Schema`, changed in place.
    """
    group = schema.tensor_representation_group[""].tensor_representation
    group.clear()
    for name, dtype in schema_dtypes(schema).items():
        tensor = group[name].dense_tensor
        tensor.column_name = name
        tensor.shape.dim.add().size = 1
        if dtype == "float32":
            tensor.default_value.float_value = MISSING[dtype]
        elif dtype == "int64":
            tensor.default_value.int_value = MISSING[dtype]
        else:
            tensor.default_value.bytes_value = b""


def relax_inferred(schema: Any, dtypes: Mapping[str, str]) -> None:
    """Takes out of an inferred schema what only chance put in.

    Inference says what the training rows held, and not what may be: a rare category that fell among the validation
    rows, or the first missing value there, is no fault of the data. The model has a slot for the one, and an indicator
    for the other.
    Types still count; columns that come or go are ExampleGen's to refuse.

    Args:
        schema: A `schema_pb2.Schema`, changed in place.
        dtypes: The dtype that ExampleGen gave each column, by name: inference cannot know it of a column that has no
            value in the training rows.
    """
    from tensorflow_metadata.proto.v0 import schema_pb2

    types = {"int64": schema_pb2.INT, "float32": schema_pb2.FLOAT, "string": schema_pb2.BYTES}
    for feature in schema.feature:
        feature.type = types[dtypes[feature.name]]
        feature.ClearField("presence")
        feature.ClearField("value_count")
        feature.ClearField("shape")
        if feature.HasField("domain") or feature.HasField("string_domain"):
            feature.distribution_constraints.min_domain_mass = 0.0
