"""The transform graph, laid out as TFT does, whose `TFTransformOutput` reads it. Knows no TFX."""

import os
import tempfile
from collections.abc import Callable, Mapping

import tensorflow as tf
import tensorflow_transform as tft
from tensorflow_metadata.proto.v0 import schema_pb2
from tensorflow_transform.tf_metadata import dataset_metadata, metadata_io, schema_utils

from components.transform.learning import Learnt
from components.transform.rows import RawExamples
from modules.contracts import profile as contract
from modules.graph.preprocessing import Preprocessing

Transformed = dict[str, tf.Tensor]


def write(
    uri: str, schema: schema_pb2.Schema, source: RawExamples, preprocessing: Preprocessing, learnt: Learnt
) -> Callable[[Mapping[str, tf.Tensor]], Transformed]:
    """Writes the graph, with the profile as an asset, and the schemas of what goes in and comes out.

    Args:
        uri: URI of the TransformGraph artifact.
        schema: The schema of the raw rows.
        source: What reads them.
        preprocessing: What becomes of them.
        learnt: What was learnt of the training rows.

    Returns:
        The function that was written: from a batch of raw columns to the transformed tensors.
    """

    @tf.function(input_signature=[source.signature], autograph=False)
    def transform_fn(inputs: Mapping[str, tf.Tensor]) -> Transformed:
        return preprocessing.transformed(inputs, learnt.constants)

    traced = transform_fn.get_concrete_function()
    module = tf.Module()
    module.transform_fn = traced
    with tempfile.TemporaryDirectory() as directory:
        module.assets = [tf.saved_model.Asset(contract.write(directory, learnt.profile.to_json()))]
        tf.saved_model.save(module, os.path.join(uri, tft.TFTransformOutput.TRANSFORM_FN_DIR))
    outputs = traced.structured_outputs
    made = {name: tf.io.FixedLenFeature(tensor.shape[1:], tensor.dtype) for name, tensor in outputs.items()}
    for folder, content in (
        (tft.TFTransformOutput.RAW_METADATA_DIR, schema),
        (tft.TFTransformOutput.TRANSFORMED_METADATA_DIR, schema_utils.schema_from_feature_spec(made)),
    ):
        metadata_io.write_metadata(dataset_metadata.DatasetMetadata(content), os.path.join(uri, folder))
    return transform_fn
