import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[4]
IMAGE = "europe-docker.pkg.dev/project/models/edge:1"
KUBEFLOW = [
    "kubeflow.cpu=4",
    "kubeflow.memory_gb=15",
    "kubeflow.retries=2",
    "kubeflow.steps={TableExampleGen: {memory_gb: 32, cache: false}, Teacher: {accelerator: nvidia.com/gpu, "
    "accelerator_count: 2, retries: 0}}",
    "kubeflow.environment={TZ: UTC, AWS_REGION: eu-central-1}",
    "kubeflow.service_account=runner",
    "kubeflow.schedule=0 3 * * 1",
]
SECRETS = ["kubeflow.secrets={AWS_ACCESS_KEY_ID: store/accesskey, AWS_SECRET_ACCESS_KEY: store/secretkey}"]


def compile_census(target: Any, *overrides: str) -> Any:
    from pipeline import config
    from pipeline.kubeflow import compile as compiler

    settings = config.load(str(ROOT / "data" / "census_income" / "pipeline.yaml"), overrides)
    return compiler.compile_pipeline(settings, IMAGE, "gs://bucket/root", target)


@pytest.fixture(scope="session")
def compiled() -> Callable[[str], Any]:
    """Returns a function that gives a compiled pipeline of its own, by target."""
    made = {"vertex": compile_census("vertex", *KUBEFLOW), "kfp": compile_census("kfp", *KUBEFLOW, *SECRETS)}
    return lambda target: copy.deepcopy(made[target])


@pytest.fixture(scope="session")
def compile_with() -> Callable[..., Any]:
    return compile_census
