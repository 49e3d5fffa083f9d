"""What open-source Kubeflow sends, and what a step needs."""

from typing import Any

import pytest

from pipeline.kubeflow import repair

pytestmark = [pytest.mark.unit, pytest.mark.kubeflow]

MODEL = {"instanceSchema": "title: tfx.Model\ntype: object\n"}
SPEC = {"artifacts": {"model": {"artifactType": MODEL}}}


def sent(**artifact: Any) -> dict[str, Any]:
    return {
        "inputs": {
            "parameterValues": {"code": "1"},
            "artifacts": {"model": {"artifacts": [{"name": "7", "uri": "gs://b/r/model", **artifact}]}},
        },
        "outputs": {
            "artifacts": {"blessing": {"artifacts": [{"uri": "minio://m/v2/blessing"}]}},
            "outputFile": "/tmp/kfp_outputs/output_metadata.json",
        },
    }


def only_input(executor_input: dict[str, Any]) -> dict[str, Any]:
    (artifact,) = executor_input["inputs"]["artifacts"]["model"]["artifacts"]
    return artifact


@pytest.mark.parametrize(
    "kind", [None, {}, {"instanceSchema": ""}, {"schemaTitle": "system.Model"}, {"schemaTitle": "tfx.Model"}]
)
def test_an_input_has_the_type_that_was_compiled_whatever_the_backend_made_of_it(kind: Any) -> None:
    executor_input = sent() if kind is None else sent(type=kind)
    assert only_input(repair.typed(executor_input, SPEC))["type"] == MODEL


def test_an_input_that_the_spec_does_not_list_is_left_as_it_is() -> None:
    assert repair.typed(sent(type={"schemaTitle": "a"}), {}) == sent(type={"schemaTitle": "a"})
    assert repair.typed({"outputs": {}}, SPEC) == {"outputs": {}}


@pytest.mark.parametrize(
    ("metadata", "left"), [({"absent": 1}, 0), ({"absent": 1.0}, 0), ({"absent": 0}, 1), ({}, 1), ({"x": 1}, 1)]
)
def test_an_artifact_that_stands_for_none_is_no_input(metadata: dict[str, Any], left: int) -> None:
    repaired = repair.without(sent(metadata=metadata), "absent")
    assert len(repaired["inputs"]["artifacts"]["model"]["artifacts"]) == left


def test_artifacts_are_read_and_written_where_the_launcher_keeps_its_copies() -> None:
    executor_input = sent()
    repaired, origin = repair.copies(executor_input, "/", "origin")
    assert only_input(repaired)["uri"] == "/gcs/b/r/model"
    assert only_input(repaired)["metadata"] == {"origin": "gs://b/r/model"}
    assert repair.output_uris(repaired) == ["/minio/m/v2/blessing"]
    assert origin == {"/gcs/b/r/model": "gs://b/r/model", "/minio/m/v2/blessing": "minio://m/v2/blessing"}
    assert executor_input == sent()  # what was given is not changed


def test_a_key_without_artifacts_is_no_obstacle() -> None:
    executor_input = sent()
    executor_input["inputs"]["artifacts"]["model"] = {}
    repaired, origin = repair.copies(repair.without(repair.typed(executor_input, SPEC), "absent"), "/", "origin")
    assert repaired["inputs"]["artifacts"]["model"].get("artifacts", []) == []
    assert list(origin) == ["/minio/m/v2/blessing"]


def test_a_bucket_of_s3_has_a_folder_of_its_own_and_a_local_path_stays() -> None:
    executor_input = sent(uri="s3://b/x")
    executor_input["outputs"]["artifacts"]["blessing"]["artifacts"][0]["uri"] = "/data/blessing"
    repaired, origin = repair.copies(executor_input, "/root", "origin")
    assert only_input(repaired)["uri"] == "/root/s3/b/x"
    assert repair.output_uris(repaired) == ["/data/blessing"]
    assert origin == {"/root/s3/b/x": "s3://b/x"}


def test_what_a_step_says_of_its_outputs_names_the_store_and_not_the_copies() -> None:
    said = {
        "artifacts": {
            "blessing": {
                "artifacts": [
                    {"uri": "/gcs/b/r/blessing", "metadata": {"current_model": "/gcs/b/r/model", "blessed": 1}}
                ]
            }
        }
    }
    origin = {"/gcs/b/r/model": "gs://b/r/model", "/gcs/b/r/blessing": "gs://b/r/blessing"}
    (artifact,) = repair.published(said, origin)["artifacts"]["blessing"]["artifacts"]
    assert artifact == {"uri": "gs://b/r/blessing", "metadata": {"current_model": "gs://b/r/model", "blessed": 1}}
