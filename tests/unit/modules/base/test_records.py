"""Reading what steps record on their artifacts."""

import pytest
from ml_metadata.proto import metadata_store_pb2
from tfx.types.artifact import Artifact

from modules.base import records

pytestmark = pytest.mark.unit


class Thing(Artifact):
    """An artifact."""

    TYPE_NAME = "Thing"


def test_what_is_recorded_reads_alike_wherever_the_step_ran() -> None:
    locally, on_kubeflow = Thing(), Thing()
    locally.set_string_custom_property("form", "int8")
    locally.set_float_custom_property("sparsity", 0.5)
    locally.set_int_custom_property("blessed", 1)
    for name, value in {"form": "int8", "sparsity": 0.5, "blessed": 1}.items():
        on_kubeflow.set_json_value_custom_property(name, value)
    expected = {"form": "int8", "sparsity": 0.5, "blessed": 1}
    for artifact in (locally, on_kubeflow):
        found = records.record_of(artifact.mlmd_artifact).properties
        assert {name: found[name] for name in expected} == expected


def test_a_property_without_a_value_is_none() -> None:
    node = metadata_store_pb2.Artifact()
    node.custom_properties["empty"].SetInParent()
    assert records.properties_of(node) == {}
