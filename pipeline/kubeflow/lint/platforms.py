"""The second document of open-source Kubeflow: environment variables from Kubernetes' secrets."""

import collections
import re
from collections.abc import Iterator
from typing import Any

from pipeline.kubeflow.document import Document
from pipeline.kubeflow.lint.containers import VARIABLE
from pipeline.kubeflow.lint.finding import Finding

_KUBERNETES = "kubernetes"
_SECRET = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
_KEY = re.compile(r"[A-Za-z0-9._-]{1,253}")
_FIX = "Correct kubeflow.secrets in the config, and compile anew"


def check(document: Document) -> Iterator[Finding]:
    """Checks what each executor gets from secrets."""
    platforms = document.platform.get("platforms", {})
    for name in sorted(set(platforms) - {_KUBERNETES}):
        yield Finding("platforms", f"it is for {name!r}", f"Kubeflow knows {_KUBERNETES} alone")
    configs = platforms.get(_KUBERNETES, {}).get("deploymentSpec", {}).get("executors", {})
    yield from _alike(document, configs)
    for label, config in sorted(configs.items()):
        where = f"platforms: {label}"
        if label not in document.executors:
            yield Finding(where, "it is no executor of the pipeline", "its secrets go nowhere")
            continue
        for key in sorted(set(config) - {"secretAsEnv"}):
            yield Finding(where, f"it has {key!r}", "compile writes secretAsEnv alone")
        own = document.executors[label].get("container", {}).get("env", [])
        yield from _secrets(where, config.get("secretAsEnv", []), [entry.get("name", "") for entry in own])


def _alike(document: Document, configs: dict[str, Any]) -> Iterator[Finding]:
    """Checks that every step gets the same secrets, as one section of the config gives them."""
    given = {
        label: str(configs.get(label)) for label, executor in document.executors.items() if "container" in executor
    }
    ((usual, _),) = collections.Counter(given.values()).most_common(1) or [("", 0)]
    for label in sorted(label for label, config in given.items() if config != usual):
        yield Finding(
            f"platforms: {label}", "its secrets are not those of the other steps", "kubeflow.secrets is for all"
        )


def _secrets(where: str, entries: Any, taken: list[str]) -> Iterator[Finding]:
    pairs = []
    for entry in entries if isinstance(entries, list) else [entries]:
        keys = entry.get("keyToEnv") if isinstance(entry, dict) else None
        if not isinstance(keys, list) or not keys or not all(isinstance(pair, dict) for pair in keys):
            yield Finding(where, "its secretAsEnv names no keys", "it is a list of secretName and keyToEnv", _FIX)
            continue
        for field in sorted(set(entry) - {"secretName", "keyToEnv", "optional"}):
            yield Finding(where, f"a secret has the field {field!r}", "Kubeflow knows none like it", _FIX)
        if not _fits(_SECRET, entry.get("secretName")):
            said = entry.get("secretName")
            yield Finding(where, f"a secret is called {said!r}", "no secret of Kubernetes has such a name", _FIX)
        pairs += keys
    for pair in pairs:
        for field in sorted(set(pair) - {"secretKey", "envVar"}):
            yield Finding(where, f"the key of a secret has the field {field!r}", "Kubeflow knows none like it", _FIX)
        if not _fits(_KEY, pair.get("secretKey")):
            yield Finding(where, f"the key of a secret is {pair.get('secretKey')!r}", "no secret has such a key", _FIX)
        variable = pair.get("envVar")
        if not _fits(VARIABLE, variable):
            yield Finding(where, f"a secret fills the variable {variable!r}", "no variable has such a name", _FIX)
        elif variable in taken:
            yield Finding(where, f"{variable} is set more than once", "only one of the values would count", _FIX)
        taken.append(str(variable))


def _fits(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and bool(pattern.fullmatch(value))
