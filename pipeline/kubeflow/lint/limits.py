"""What a task gets: cores, memory, accelerators, tries, and whether it may come from the cache."""

import re
from collections.abc import Iterator
from typing import Any

from pipeline.kubeflow.document import Document
from pipeline.kubeflow.lint.finding import Finding
from pipeline.kubeflow.resources import NEVER_CACHED

# TensorFlow does not start with less.
_LEAST = {"cpuLimit": (0.1, "cores"), "memoryLimit": (0.5, "gigabytes")}
_MOST_TRIES = 10
_FIX = "Correct kubeflow.{} in the config, and compile anew"
_COUNT = re.compile(r"[1-9][0-9]{0,5}")
_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]*")


def check(document: Document, name: str) -> Iterator[Finding]:
    """Checks the resources and the retries of a task with a container."""
    resources = (document.container(name) or {}).get("resources", {})
    for key, (least, unit) in _LEAST.items():
        setting = "cpu" if key == "cpuLimit" else "memory_gb"
        limit = resources.get(key, 0.0)
        if not isinstance(limit, float) or limit < least:
            what = f"its {key} is {limit} {unit}" if key in resources else f"its {key} is 0 or missing"
            yield Finding(name, what, f"a step needs {least} at least", _FIX.format(setting))
        asked = resources.get(key.replace("Limit", "Request"), 0.0)
        if asked != 0 and not (isinstance(asked, float) and isinstance(limit, float) and 0 <= asked <= limit):
            yield Finding(name, f"its {key.replace('Limit', 'Request')} is {asked}", f"the limit is {limit}")
    accelerator = resources.get("accelerator")
    if accelerator is not None:
        kind = accelerator.get("type") or accelerator.get("resourceType", "")
        count = accelerator.get("count") or accelerator.get("resourceCount", "")
        if not _TYPE.fullmatch(kind):
            yield Finding(name, f"its accelerator is {kind!r}", "no node has one", _FIX.format("accelerator"))
        if not _COUNT.fullmatch(count):
            yield Finding(
                name,
                f"it asks for {count or '0'} accelerators",
                "that is no count of them",
                _FIX.format("accelerator_count"),
            )
    yield from _retries(name, document.tasks[name].get("retryPolicy", {}))
    if name in NEVER_CACHED and document.tasks[name].get("cachingOptions", {}).get("enableCache"):
        yield Finding(name, "it may come from the cache", "what it finds changes with every push")


def _retries(name: str, policy: dict[str, Any]) -> Iterator[Finding]:
    count, factor = policy.get("maxRetryCount", 0), policy.get("backoffFactor", 1.0)
    if not 0 <= count <= _MOST_TRIES:
        yield Finding(
            name, f"it is tried again {count} times", f"0 to {_MOST_TRIES} make sense", _FIX.format("retries")
        )
    if not isinstance(factor, float) or not 1 <= factor <= 100:
        yield Finding(name, f"its backoffFactor is {factor}", "the wait before another try would shrink or never end")
    for key in ("backoffDuration", "backoffMaxDuration"):
        if policy.get(key, "0s").startswith("-"):
            yield Finding(name, f"its {key} is {policy[key]}", "nobody can wait less than no time")
