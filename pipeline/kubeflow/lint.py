"""What compiling does not check: that a compiled file can run. Knows no TFX, and asks no network."""

import dataclasses
import re
from collections.abc import Iterable, Iterator
from typing import Any

from pipeline.kubeflow import artifact_types
from pipeline.kubeflow.document import KFP, VERTEX, Document

_SCHEMA = "2.1.0"
_AGAIN = "Compile the file anew, and do not edit it by hand"
IMAGE = re.compile(r"^[a-z0-9]+([._:/-]+[a-z0-9]+)*(:[A-Za-z0-9_][\w.-]*)?(@sha256:[0-9a-f]{64})?$")
# What neither backend does for a pipeline of TFX, by the key in a task.
_UNSUPPORTED = {
    "artifactIterator": "loops",
    "parameterIterator": "loops",
    "iteratorPolicy": "loops",
}


@dataclasses.dataclass(frozen=True)
class Finding:
    """Something that would fail, or be lost, in a run.

    Attributes:
        task: The task, or the part of the file where it is about no task.
        what: What is wrong.
        why: What would happen.
        fix: What to do.
    """

    task: str
    what: str
    why: str
    fix: str

    def __str__(self) -> str:
        return f"{self.task}: {self.what}: {self.why}. {self.fix}."


def lint(document: Document) -> list[Finding]:
    """Returns all findings; none means that nothing known stands in the way of a run."""
    found = list(_file(document))
    for name in sorted(document.tasks):
        found += _task(document, name)
    return found + list(_cycle(document)) + list(_platform(document))


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """Returns findings with those that say the same of several tasks as one."""
    tasks: dict[tuple[str, str, str], list[str]] = {}
    for finding in findings:
        tasks.setdefault((finding.what, finding.why, finding.fix), []).append(finding.task)
    return [Finding(", ".join(names), *said) for said, names in tasks.items()]


def _file(document: Document) -> Iterator[Finding]:
    yield from _parsed(document)
    version = document.spec.get("schemaVersion")
    if version != _SCHEMA:
        yield Finding(
            "schemaVersion", f"it is {version!r}", f"the steps read their inputs as {_SCHEMA} has them", _AGAIN
        )
    if not document.tasks:
        yield Finding("root", "it holds no task", "nothing would run", _AGAIN)
    given = document.parameters
    for name, entry in sorted(document.spec.get("root", {}).get("inputDefinitions", {}).get("parameters", {}).items()):
        if name not in given and not entry.get("isOptional"):
            fix = f"Give {name} a default, or a value in runtimeConfig.parameterValues"
            yield Finding("root", f"the runtime parameter {name!r} has no value", "the run is refused", fix)
    if document.target == VERTEX and not document.job.get("runtimeConfig", {}).get("gcsOutputDirectory"):
        yield Finding("runtimeConfig", "gcsOutputDirectory is not set", "the artifacts have no place", _AGAIN)


def _parsed(document: Document) -> Iterator[Finding]:
    """Parses every part strictly, as the backends do."""
    from google.protobuf import json_format
    from kfp.pipeline_spec import pipeline_spec_pb2 as protos

    parts: list[tuple[str, Any, Any]] = [
        ("pipelineSpec", document.spec, protos.PipelineSpec()),
        ("deploymentSpec", document.spec.get("deploymentSpec", {}), protos.PipelineDeploymentConfig()),
        ("PipelineJob", document.job, protos.PipelineJob()),
        ("platforms", document.platform, protos.PlatformSpec()),
    ]
    for name, part, message in parts:
        try:
            json_format.ParseDict(part, message, ignore_unknown_fields=False)
        except json_format.ParseError as error:
            why = f"it is no {type(message).__name__} ({' '.join(str(error).split())[:200]})"
            yield Finding(name, "it does not parse", why, _AGAIN)


def _task(document: Document, name: str) -> Iterator[Finding]:
    task, component = document.tasks[name], document.component(name)
    if not component:
        reference = task.get("componentRef", {}).get("name")
        yield Finding(name, f"its component {reference!r} does not exist", "Kubeflow cannot start it", _AGAIN)
        return
    yield from _executor(document, name)
    yield from _producers(document, name)
    yield from _parameters(document, name)
    yield from _types(document, name)
    for key, what in _UNSUPPORTED.items():
        if key in task:
            yield Finding(name, f"it has {key}", f"{what} are not supported for steps of TFX", "Take it out")
    condition = task.get("triggerPolicy", {}).get("condition", "")
    if ".value" in condition:
        why = "a condition on the value of an artifact is not supported"
        yield Finding(name, f"its condition is {condition!r}", why, "Decide by a property of the artifact")
    if component.get("dag"):
        yield Finding(
            name, "it is a pipeline of its own", "nested pipelines are not supported", "List its steps instead"
        )


def _executor(document: Document, name: str) -> Iterator[Finding]:
    label = document.component(name).get("executorLabel", "")
    executor = document.executors.get(label)
    if executor is None:
        yield Finding(name, f"its executor {label!r} does not exist", "Kubeflow cannot start it", _AGAIN)
        return
    kinds = [kind for kind in ("container", "importer", "resolver") if kind in executor]
    if len(kinds) != 1:
        why = "Kubeflow starts containers, importers and resolvers"
        yield Finding(name, f"its executor is {', '.join(sorted(executor)) or 'empty'}", why, _AGAIN)
        return
    if kinds == ["resolver"] and document.target == KFP:
        why = "open-source Kubeflow Pipelines has no resolver"
        yield Finding(name, "it is a resolver", why, "Compile with --target kfp, which leaves resolvers out")
    if kinds == ["importer"] and not executor["importer"].get("artifactUri"):
        yield Finding(name, "it imports from nowhere", "an importer needs an artifactUri", _AGAIN)
    if kinds != ["container"]:
        return
    container = executor["container"]
    image = container.get("image", "")
    if not IMAGE.match(image):
        what = f"its image is {image!r}" if image else "its image is not set"
        yield Finding(name, what, "its container cannot be pulled", "Compile with --image REGISTRY/NAME:TAG")
    if not container.get("command"):
        yield Finding(name, "it has no command", "the image's own would run, and do nothing of this step", _AGAIN)
    if "lifecycle" in container and document.target == KFP:
        why = "open-source Kubeflow Pipelines never calls the driver of a file-based ExampleGen"
        yield Finding(name, "it counts on a driver", why, "Use a component without one, such as TableExampleGen")


def _producers(document: Document, name: str) -> Iterator[Finding]:
    """Checks who makes what a task reads."""
    task, component = document.tasks[name], document.component(name)
    given = task.get("inputs", {}).get("artifacts", {})
    for key, entry in sorted(component.get("inputDefinitions", {}).get("artifacts", {}).items()):
        if key not in given and not entry.get("isOptional"):
            yield Finding(name, f"its input {key!r} has no source", "it would start without it", _AGAIN)
    for key, entry in sorted(given.items()):
        source = entry.get("taskOutputArtifact", {})
        yield from _source(document, name, f"input {key!r}", source, "artifacts", "outputArtifactKey")
    for key, entry in sorted(task.get("inputs", {}).get("parameters", {}).items()):
        if source := entry.get("taskOutputParameter"):
            yield from _source(document, name, f"parameter {key!r}", source, "parameters", "outputParameterKey")
    for producer in task.get("dependentTasks", []):
        if producer not in document.tasks:
            yield Finding(name, f"it waits for {producer!r}, which is no task", "it would never start", _AGAIN)


def _source(document: Document, name: str, what: str, source: dict[str, Any], kind: str, key: str) -> Iterator[Finding]:
    producer, output = source.get("producerTask", ""), source.get(key, "")
    if producer not in document.tasks:
        yield Finding(name, f"its {what} comes from {producer!r}, which is no task", "nobody makes it", _AGAIN)
    elif output not in document.component(producer).get("outputDefinitions", {}).get(kind, {}):
        why = f"{producer} has no such output"
        yield Finding(name, f"its {what} is the output {output!r} of {producer}", why, _AGAIN)


def _parameters(document: Document, name: str) -> Iterator[Finding]:
    given = document.tasks[name].get("inputs", {}).get("parameters", {})
    root = document.spec.get("root", {}).get("inputDefinitions", {}).get("parameters", {})
    for key, entry in sorted(document.component(name).get("inputDefinitions", {}).get("parameters", {}).items()):
        if key not in given:
            if "defaultValue" not in entry and not entry.get("isOptional"):
                yield Finding(name, f"its parameter {key!r} has no value", "it would start without it", _AGAIN)
            continue
        value = given[key].get("runtimeValue", {})
        referred = given[key].get("componentInputParameter") or value.get("runtimeParameter")
        if referred and referred not in root:
            what = f"its parameter {key!r} is the runtime parameter {referred!r}, which the pipeline does not have"
            yield Finding(name, what, "the run is refused", "Declare it under root.inputDefinitions")
        if not referred and "taskOutputParameter" not in given[key] and value.get("constant") is None:
            yield Finding(name, f"its parameter {key!r} has no value", "it would start without it", _AGAIN)


def _types(document: Document, name: str) -> Iterator[Finding]:
    """Checks that each artifact is of a type that the steps can load, and the one that its reader expects."""
    component, known = document.component(name), artifact_types.known()
    for side in ("inputDefinitions", "outputDefinitions"):
        for key, entry in sorted(component.get(side, {}).get("artifacts", {}).items()):
            title = artifact_types.title(entry)
            if title not in known:
                why = "the step could not load it; a type of our own belongs into components/artifacts.py"
                yield Finding(name, f"its {side[:-11]} {key!r} is of the unknown type {title!r}", why, _AGAIN)
    for key, entry in sorted(document.tasks[name].get("inputs", {}).get("artifacts", {}).items()):
        source = entry.get("taskOutputArtifact", {})
        if source.get("producerTask") not in document.tasks:
            continue
        outputs = document.component(source["producerTask"]).get("outputDefinitions", {}).get("artifacts", {})
        expected = component.get("inputDefinitions", {}).get("artifacts", {}).get(key)
        made = outputs.get(source.get("outputArtifactKey"))
        if not expected or not made:
            continue
        wanted, got = artifact_types.title(expected), artifact_types.title(made)
        if wanted != got:
            what = f"its input {key!r} is to be a {wanted}, and gets a {got}"
            yield Finding(name, what, f"{source['producerTask']} makes another type", _AGAIN)


def _cycle(document: Document) -> Iterator[Finding]:
    waiting = {name: set(producers(task)) & set(document.tasks) for name, task in document.tasks.items()}
    while ready := [name for name, needs in waiting.items() if not needs & set(waiting)]:
        for name in ready:
            del waiting[name]
    if waiting:
        yield Finding(", ".join(sorted(waiting)), "they wait for each other", "none of them would start", _AGAIN)


def producers(task: dict[str, Any]) -> list[str]:
    """Returns the tasks that a task waits for."""
    inputs = task.get("inputs", {})
    sources = [entry.get("taskOutputArtifact") for entry in inputs.get("artifacts", {}).values()]
    sources += [entry.get("taskOutputParameter") for entry in inputs.get("parameters", {}).values()]
    return [source["producerTask"] for source in sources if source] + task.get("dependentTasks", [])


def _platform(document: Document) -> Iterator[Finding]:
    """Checks what the second document of open-source Kubeflow refers to."""
    kubernetes = document.platform.get("platforms", {}).get("kubernetes", {})
    for label in sorted(kubernetes.get("deploymentSpec", {}).get("executors", {})):
        if label not in document.executors:
            yield Finding(f"platforms: {label}", "it is no executor of the pipeline", "its secrets go nowhere", _AGAIN)
