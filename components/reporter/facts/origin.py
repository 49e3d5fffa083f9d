"""Where the model comes from: the config, the versions, the model's hash."""

import hashlib
import importlib.metadata
import platform
from typing import Any

from components.reporter.sources import Sources
from modules.base.version import NAME, VERSION
from modules.contracts import tflite

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
    part: dict[str, Any] = {
        "seed": sources.settings.seed,
        "config": sources.settings.model_dump(mode="json"),
        "versions": versions(),
    }
    if "quantized_model" in sources.records:
        model = tflite.read_judged(sources.records["quantized_model"].uri)
        part["model_sha256"] = hashlib.sha256(model.content).hexdigest()
    return part


def versions() -> dict[str, str]:
    """Returns the versions of this project, of Python and of the packages that a result depends on."""
    by_package = {NAME: VERSION, "python": platform.python_version()}
    for name in _PACKAGES:
        try:
            by_package[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:  # not every stack has all of them
            continue
    return by_package
