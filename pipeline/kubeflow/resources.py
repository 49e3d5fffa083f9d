"""From the section `kubeflow` of the config to the compiled pipeline: what each step's container gets. Knows no TFX."""

from typing import Any

from modules.base.errors import UserError
from modules.base.settings import Kubeflow
from pipeline.kubeflow.document import VERTEX, Document

# The wait before a step is tried again doubles each time.
_BACKOFF = {"backoffDuration": "60s", "backoffFactor": 2.0, "backoffMaxDuration": "3600s"}
# What it finds changes with every push, which no cache can see.
NEVER_CACHED = ("Baseline",)


def apply(document: Document, settings: Kubeflow) -> None:
    """Writes resources, retries, caching, environment variables and secrets into a compiled pipeline.

    Args:
        document: The compiled pipeline; it is changed.
        settings: The section `kubeflow`.

    Raises:
        UserError: If the section names a step that the pipeline does not have, or asks for what the target cannot do.
    """
    _check(document, settings)
    for name, task in document.tasks.items():
        step = settings.step(name)
        container = document.container(name)
        if container is None:
            continue
        task["cachingOptions"] = {"enableCache": bool(step.cache) and name not in NEVER_CACHED}
        if step.retries:
            task["retryPolicy"] = {"maxRetryCount": step.retries} | _BACKOFF
        container["resources"] = resources(step.cpu, step.memory_gb, step.accelerator, step.accelerator_count)
        environment = dict(settings.environment)
        if step.accelerator:
            # The project keeps TensorFlow off the GPUs of a shared machine; a step that asked for them gets them.
            environment.setdefault("CUDA_VISIBLE_DEVICES", ",".join(map(str, range(step.accelerator_count or 1))))
        container["env"] = [{"name": key, "value": value} for key, value in sorted(environment.items())]
        if settings.secrets:
            _secrets(document, name, settings.secrets)


def resources(
    cpu: float | None, memory_gb: float | None, accelerator: str | None, accelerator_count: int | None
) -> dict[str, Any]:
    """Returns a ResourceSpec: cores, gigabytes of 10⁹ bytes, and accelerators."""
    spec: dict[str, Any] = {"cpuLimit": cpu, "memoryLimit": memory_gb}
    if accelerator:
        spec["accelerator"] = {"type": accelerator, "count": str(accelerator_count or 1)}
    return spec


def _check(document: Document, settings: Kubeflow) -> None:
    containers = [name for name in document.tasks if document.container(name) is not None]
    for name in settings.steps:
        if name not in containers:
            what = f"is no step that runs in a container; those are {', '.join(sorted(containers))}"
            raise UserError(f"kubeflow.steps.{name}", what, "Name one of these")
    if settings.secrets and document.target == VERTEX:
        what = "are given, and Vertex AI sets no environment variables from secrets"
        fix = "Let kubeflow.service_account read what the steps need, and leave kubeflow.secrets out"
        raise UserError("kubeflow.secrets", what, fix)


def _secrets(document: Document, task: str, secrets: dict[str, str]) -> None:
    """Adds environment variables from Kubernetes' secrets, which open-source Kubeflow keeps in a second document."""
    by_secret: dict[str, list[dict[str, str]]] = {}
    for variable, place in sorted(secrets.items()):
        secret, _, key = place.partition("/")
        by_secret.setdefault(secret, []).append({"secretKey": key, "envVar": variable})
    config = [{"secretName": secret, "keyToEnv": keys} for secret, keys in by_secret.items()]
    kubernetes = document.platform.setdefault("platforms", {}).setdefault("kubernetes", {})
    executors = kubernetes.setdefault("deploymentSpec", {}).setdefault("executors", {})
    executors[document.component(task)["executorLabel"]] = {"secretAsEnv": config}
