"""Where the model comes from: the config, the versions, the model's hash."""

import hashlib
import importlib.metadata
import os
import platform
from typing import Any

from components.reporter.sources import Sources

_PACKAGES = (
    "tensorflow",
    "tf-keras",
    "tfx",
    "tensorflow-data-validation",
    "tensorflow-transform",
    "tensorflow-model-analysis",
    "keras-tuner",
    "tensorflow-model-optimization",
    "ai-edge-litert",
    "apache-beam",
)


def facts(sources: Sources) -> dict[str, Any]:
    """Returns `seed`, `config`, `versions` and the `model_sha256` of the .tflite that is passed on."""
    found: dict[str, Any] = {
        "seed": sources.settings.seed,
        "config": sources.settings.model_dump(mode="json"),
        "versions": versions(),
    }
    if "quantized_model" in sources.records:
        from tfx.dsl.io import fileio

        path = os.path.join(sources.records["quantized_model"].uri, "Format-Serving", "tflite")
        with fileio.open(path, "rb") as file:
            found["model_sha256"] = hashlib.sha256(file.read()).hexdigest()
    return found


def versions() -> dict[str, str]:
    """Returns the versions of Python and of the packages that a result depends on."""
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:  # not every stack has all of them
            continue
    return found
