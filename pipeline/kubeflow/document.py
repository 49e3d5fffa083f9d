"""The compiled file: a PipelineJob as JSON for Vertex AI, a PipelineSpec as YAML for open-source Kubeflow Pipelines."""

import collections
import dataclasses
import json
import os
from typing import Any

import yaml

from modules.base import writing
from modules.base.errors import UserError

VERTEX, KFP = "vertex", "kfp"
_FIX = "Make it anew with kubeflow_runner.py compile"


@dataclasses.dataclass(frozen=True)
class Document:
    """A compiled pipeline.

    Attributes:
        target: `vertex` or `kfp`.
        spec: The PipelineSpec, schema 2.1, as JSON.
        job: What Vertex AI's PipelineJob has besides its spec: displayName, labels, runtimeConfig.
        platform: What open-source Kubeflow has in a second document: the PlatformSpec.
    """

    target: str
    spec: dict[str, Any]
    job: dict[str, Any] = dataclasses.field(default_factory=dict)
    platform: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def tasks(self) -> dict[str, Any]:
        """The tasks by name."""
        return self.spec.get("root", {}).get("dag", {}).get("tasks", {})

    @property
    def executors(self) -> dict[str, Any]:
        """What runs, by the label that components refer to."""
        return self.spec.get("deploymentSpec", {}).get("executors", {})

    def component(self, task: str) -> dict[str, Any]:
        """Returns the interface of a task: its inputs, its outputs and the label of its executor."""
        name = self.tasks[task].get("componentRef", {}).get("name", "")
        return self.spec.get("components", {}).get(name, {})

    def container(self, task: str) -> dict[str, Any] | None:
        """Returns the container of a task, or None for one that Kubeflow itself carries out."""
        return self.executors.get(self.component(task).get("executorLabel", ""), {}).get("container")

    @property
    def parameters(self) -> dict[str, Any]:
        """The values of the runtime parameters: their defaults, and what the job sets."""
        defined = self.spec.get("root", {}).get("inputDefinitions", {}).get("parameters", {})
        defaults = {name: entry["defaultValue"] for name, entry in defined.items() if "defaultValue" in entry}
        return defaults | self.job.get("runtimeConfig", {}).get("parameterValues", {})


def check_ending(target: str, path: str, option: str = "--output ") -> None:
    """Checks that a file has the ending by which its reader knows it.

    Args:
        target: `vertex` or `kfp`.
        path: The file.
        option: What it was given by on the command line.

    Raises:
        UserError: If it has another.
    """
    endings = (".json",) if target == VERTEX else (".yaml", ".yml")
    if not path.endswith(endings):
        what = f"does not end in {' or '.join(endings)}, which a file for {target} has to"
        raise UserError(f"{option}{path}", what, f"Give it the ending {endings[0]}")


class _Dumper(yaml.SafeDumper):
    """Writes YAML without aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def write(document: Document, path: str) -> None:
    """Writes a compiled pipeline; the same pipeline gives the same bytes.

    Nobody but its owner may read the file: it holds the environment of the steps.

    Raises:
        UserError: If the file cannot be written.
    """
    if document.target == VERTEX:
        text = json.dumps(document.job | {"pipelineSpec": document.spec}, indent=1, sort_keys=True, ensure_ascii=False)
    else:
        documents = [document.spec, *([document.platform] if document.platform else [])]
        text = yaml.dump_all(documents, Dumper=_Dumper, sort_keys=True, allow_unicode=True, width=120)
    try:
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        with writing.whole(path, permissions=0o600) as file:
            file.write(text.rstrip("\n") + "\n")
    except OSError as error:
        raise UserError(f"--output {path}", f"cannot be written ({error.strerror})", "Give another path") from None


def read(path: str) -> Document:
    """Reads a compiled pipeline.

    Raises:
        UserError: If the file cannot be read, repeats a key, or is neither of the two kinds.
    """
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        documents = [_json(text)] if path.endswith(".json") else _yaml(text)
    except OSError as error:
        raise UserError(path, f"cannot be read ({error.strerror})", "Give the path of a compiled pipeline") from None
    except _Repeated as error:
        what = f"has the key {error.args[0]!r} twice in one map, and readers differ in which they take"
        raise UserError(path, what, _FIX) from None
    except (ValueError, TypeError, RecursionError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())[:200]
        raise UserError(path, f"is neither JSON nor YAML ({reason})", _FIX) from None
    first, *more = documents if documents and all(isinstance(part, dict) for part in documents) else [{}]
    if len(more) > 1:
        raise UserError(path, f"holds {len(documents)} documents; a compiled pipeline has two at most", _FIX)
    if isinstance(first.get("pipelineSpec"), dict):
        job = {key: value for key, value in first.items() if key != "pipelineSpec"}
        return Document(VERTEX, first["pipelineSpec"], job)
    if "root" in first:
        return Document(KFP, first, platform=more[0] if more else {})
    raise UserError(path, "is no compiled pipeline: it has neither a pipelineSpec nor a root", _FIX)


class _Repeated(Exception):
    """A key that is twice in one map."""


# In C where libyaml is there: ten times as fast.
_SAFE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SAFE):
    """YAML's loader, which refuses repeated keys."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        _refuse_repeated(keys)
        return dict(super().construct_mapping(node, deep))


def _yaml(text: str) -> list[Any]:
    """Reads YAML without aliases, by which a short file can stand for gigabytes; no compiled file has any."""
    for event in yaml.parse(text, Loader=_SAFE):
        if isinstance(event, yaml.AliasEvent):
            raise yaml.YAMLError(f"it has an alias (*) {event.start_mark}")
    return list(yaml.load_all(text, Loader=_Loader))  # noqa: S506 - it is a safe loader


def _json(text: str) -> Any:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        _refuse_repeated([key for key, _ in pairs])
        return dict(pairs)

    return json.loads(text, object_pairs_hook=unique)


def _refuse_repeated(keys: list[str]) -> None:
    for key, count in collections.Counter(keys).items():
        if count > 1:
            raise _Repeated(key)
