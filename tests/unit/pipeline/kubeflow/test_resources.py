"""From the section `kubeflow` to the compiled file."""

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = [pytest.mark.unit, pytest.mark.kubeflow]

TARGETS = ["vertex", "kfp"]
VARIABLES = [{"name": "AWS_REGION", "value": "eu-central-1"}, {"name": "TZ", "value": "UTC"}]


@pytest.mark.parametrize("target", TARGETS)
def test_every_container_gets_what_is_given_for_all_steps(compiled: Callable[[str], Any], target: str) -> None:
    made = compiled(target)
    for name in set(made.tasks) - {"TableExampleGen", "Teacher"}:
        container = made.container(name)
        if container is not None:
            assert container["resources"] == {"cpuLimit": 4.0, "memoryLimit": 15.0}, name
            assert container["env"] == VARIABLES, name
            assert made.tasks[name]["retryPolicy"]["maxRetryCount"] == 2, name


@pytest.mark.parametrize("target", TARGETS)
def test_a_step_gets_what_is_given_for_it_example_gen_included(compiled: Callable[[str], Any], target: str) -> None:
    made = compiled(target)
    assert made.container("TableExampleGen")["resources"] == {"cpuLimit": 4.0, "memoryLimit": 32.0}
    assert made.tasks["TableExampleGen"]["cachingOptions"] == {"enableCache": False}
    assert made.tasks["StatisticsGen"]["cachingOptions"] == {"enableCache": True}
    assert made.tasks["TableExampleGen"]["retryPolicy"] == {
        "maxRetryCount": 2,
        "backoffDuration": "60s",
        "backoffFactor": 2.0,
        "backoffMaxDuration": "3600s",
    }


@pytest.mark.parametrize("target", TARGETS)
def test_a_step_with_accelerators_sees_them_and_one_without_retries_has_none(
    compiled: Callable[[str], Any], target: str
) -> None:
    made = compiled(target)
    teacher = made.container("Teacher")
    assert teacher["resources"]["accelerator"] == {"type": "nvidia.com/gpu", "count": "2"}
    assert {"name": "CUDA_VISIBLE_DEVICES", "value": "0,1"} in teacher["env"]
    assert "retryPolicy" not in made.tasks["Teacher"]


def test_secrets_reach_every_container_of_open_source_kubeflow_by_name_only(compiled: Callable[[str], Any]) -> None:
    made = compiled("kfp")
    executors = made.platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]
    assert set(executors) == set(made.executors)
    keys = [
        {"secretKey": "accesskey", "envVar": "AWS_ACCESS_KEY_ID"},
        {"secretKey": "secretkey", "envVar": "AWS_SECRET_ACCESS_KEY"},
    ]
    assert all(value == {"secretAsEnv": [{"secretName": "store", "keyToEnv": keys}]} for value in executors.values())


@pytest.mark.parametrize("target", TARGETS)
def test_schedule_and_service_account_are_seen_in_the_file(compiled: Callable[[str], Any], target: str) -> None:
    said = compiled(target).spec["pipelineInfo"]["description"]
    assert said == "binary model of income; schedule: 0 3 * * 1; service account: runner"


def test_by_default_a_container_has_two_cores_eight_gigabytes_no_retry_and_a_cache(
    compile_with: Callable[..., Any],
) -> None:
    made = compile_with("vertex")
    container = made.container("Tuner")
    assert container["resources"] == {"cpuLimit": 2.0, "memoryLimit": 8.0}
    assert container["env"] == []
    assert made.tasks["Tuner"]["cachingOptions"] == {"enableCache": True}
    assert "retryPolicy" not in made.tasks["Tuner"]
