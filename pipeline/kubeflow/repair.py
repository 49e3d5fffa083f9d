"""What open-source Kubeflow sends to a step, made into what TFX's executors understand, and back. Pure JSON, no TFX.

Its driver reads input artifacts from its own metadata and forgets their types, or names them `system.*`
(https://github.com/tensorflow/tfx/issues/7768). It has no optional outputs, so that an artifact which stands for none
is passed on. Its launcher copies each input into the container, below `/gcs/`, `/s3/` or `/minio/`, and uploads what it
finds there of the outputs: reading and writing these copies needs no client of any store, and leaves no empty objects
as marks of folders, over which the next launcher would stumble (https://github.com/kubeflow/pipelines/issues/13476).
"""

import copy
import os
from typing import Any

_COPIES = {"gs://": "gcs/", "s3://": "s3/", "minio://": "minio/"}


def typed(executor_input: dict[str, Any], inputs_spec: dict[str, Any]) -> dict[str, Any]:
    """Gives each input artifact the type that the compiled pipeline says it has.

    Args:
        executor_input: The ExecutorInput, as JSON.
        inputs_spec: The step's ComponentInputsSpec, as JSON.
    """
    repaired = copy.deepcopy(executor_input)
    for key, artifacts in _inputs(repaired).items():
        spec = inputs_spec.get("artifacts", {}).get(key)
        for artifact in artifacts.get("artifacts", []) if spec else []:
            artifact["type"] = spec["artifactType"]
    return repaired


def without(executor_input: dict[str, Any], mark: str) -> dict[str, Any]:
    """Drops the input artifacts that stand for none.

    Args:
        executor_input: The ExecutorInput, as JSON.
        mark: The property that such an artifact has, with a value other than 0.
    """
    repaired = copy.deepcopy(executor_input)
    for artifacts in _inputs(repaired).values():
        every = artifacts.get("artifacts", [])
        artifacts["artifacts"] = [artifact for artifact in every if not artifact.get("metadata", {}).get(mark)]
    return repaired


def copies(executor_input: dict[str, Any], root: str, mark: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Points all artifacts at the launcher's copies.

    Args:
        executor_input: The ExecutorInput, as JSON.
        root: The folder that the launcher's folders are in.
        mark: The property that tells a step what an input is a copy of.

    Returns:
        The ExecutorInput with local paths; and the URI that each path stands for.
    """
    repaired = copy.deepcopy(executor_input)
    origin = {}
    inputs, outputs = _all(_inputs(repaired)), _all(_outputs(repaired))
    for artifact in (*inputs, *outputs):
        uri = artifact.get("uri", "")
        for scheme, folder in _COPIES.items():
            if uri.startswith(scheme):
                artifact["uri"] = os.path.join(root, folder, uri.removeprefix(scheme))
                origin[artifact["uri"]] = uri
    for artifact in inputs:
        if artifact.get("uri") in origin:
            artifact.setdefault("metadata", {})[mark] = origin[artifact["uri"]]
    return repaired, origin


def output_uris(executor_input: dict[str, Any]) -> list[str]:
    """Returns where the step's outputs go."""
    return [artifact["uri"] for artifact in _all(_outputs(executor_input))]


def published(executor_output: dict[str, Any], origin: dict[str, str]) -> dict[str, Any]:
    """Gives the artifacts of an ExecutorOutput back the URIs that their copies stand for, in their properties too."""
    repaired = copy.deepcopy(executor_output)
    for artifact in _all(repaired.get("artifacts", {})):
        artifact["uri"] = origin.get(artifact.get("uri", ""), artifact.get("uri", ""))
        metadata = artifact.get("metadata", {})
        artifact["metadata"] = {
            key: origin.get(value, value) if isinstance(value, str) else value for key, value in metadata.items()
        }
    return repaired


def _inputs(executor_input: dict[str, Any]) -> dict[str, Any]:
    return executor_input.get("inputs", {}).get("artifacts", {})


def _outputs(executor_input: dict[str, Any]) -> dict[str, Any]:
    return executor_input.get("outputs", {}).get("artifacts", {})


def _all(by_key: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns the artifacts of all keys; an empty list of them is left out of the JSON."""
    return [artifact for artifacts in by_key.values() for artifact in artifacts.get("artifacts", [])]
