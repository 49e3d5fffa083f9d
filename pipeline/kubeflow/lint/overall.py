"""What holds for the file as a whole: names, versions, the place of the artifacts, runtime parameters."""

import re
from collections.abc import Iterator

from modules.base import credentials
from pipeline.kubeflow.compile import SCHEMES
from pipeline.kubeflow.document import VERTEX, Document
from pipeline.kubeflow.lint import values
from pipeline.kubeflow.lint.finding import Finding

_SCHEMA = "2.1.0"
_PIPELINE = re.compile(r"[a-z0-9][-a-z0-9]{0,127}")
# Kubeflow's engine makes a template of each task and component, and these are its names.
_NAME = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9]{0,126}[A-Za-z0-9])?")
_LABEL = re.compile(r"[a-z0-9_-]{0,63}")
_BUCKET = r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?(/[^?#]*)?"
_PUSHED = ("gs://", "s3://")


def check(document: Document) -> Iterator[Finding]:
    """Checks what is about no single task."""
    spec = document.spec
    version = spec.get("schemaVersion")
    if version != _SCHEMA:
        yield Finding("schemaVersion", f"it is {version!r}", f"the steps read their inputs as {_SCHEMA} has them")
    if not spec.get("sdkVersion"):
        yield Finding("sdkVersion", "it is not set", "the backends take the file for none of a compiler")
    if not document.tasks:
        yield Finding("root", "it holds no task", "nothing would run")
    name = spec.get("pipelineInfo", {}).get("name", "")
    if not _PIPELINE.fullmatch(name):
        what = f"name is {name!r}" if name else "name is empty"
        yield Finding("pipelineInfo", what, "the backends take 1 to 128 lower-case letters, digits and hyphens")
    for kind, names in (("task", document.tasks), ("component", spec.get("components", {}))):
        for name in sorted(names):
            if not _NAME.fullmatch(name):
                why = f"a {kind}'s name takes letters, digits and hyphens, 128 at most"
                yield Finding(name or f"a {kind}", f"the {kind}'s name is {name!r}", why)
    yield from _unused(document)
    yield from _parameters(document)
    yield from _root(document)
    yield from _job(document)


def _unused(document: Document) -> Iterator[Finding]:
    used = {task.get("componentRef", {}).get("name") for task in document.tasks.values()}
    for name in sorted(document.spec.get("components", {})):
        if name not in used:
            yield Finding(name, "no task is made of this component", "the step would not run")


def _parameters(document: Document) -> Iterator[Finding]:
    given = document.parameters
    defined = document.spec.get("root", {}).get("inputDefinitions", {}).get("parameters", {})
    for name, entry in sorted(defined.items()):
        if name not in given and not entry.get("isOptional"):
            fix = f"Give {name} a default, or a value in runtimeConfig.parameterValues"
            yield Finding("root", f"the runtime parameter {name!r} has no value", "the run is refused", fix)
        for value in [entry["defaultValue"]] if "defaultValue" in entry else []:
            yield from values.check("root", f"the default of {name!r}", entry, value)
        if name in given and given[name] != entry.get("defaultValue"):
            yield from values.check("root", f"the runtime parameter {name!r}", entry, given[name])
    for name in sorted(set(given) - set(defined)):
        yield Finding("runtimeConfig", f"{name!r} is no runtime parameter of the pipeline", "the run is refused")
    destination = given.get("destination")
    if isinstance(destination, str) and not destination.startswith(_PUSHED):
        why = f"the steps push to {' or '.join(_PUSHED)}"
        yield Finding("root", f"the runtime parameter 'destination' is {destination!r}", why)


def _root(document: Document) -> Iterator[Finding]:
    if document.target == VERTEX:
        where, field = "runtimeConfig", "gcsOutputDirectory"
        root = document.job.get("runtimeConfig", {}).get(field, "")
    else:
        where, field = "pipelineSpec", "defaultPipelineRoot"
        root = document.spec.get(field, "")
    schemes = SCHEMES[document.target]
    if not root:
        yield Finding(where, f"{field} is not set", "the artifacts have no place")
    elif not any(re.fullmatch(re.escape(scheme) + _BUCKET, root) for scheme in schemes):
        why = f"{document.target} keeps artifacts in a folder of a bucket, {' or '.join(schemes)}"
        yield Finding(where, f"{field} is {root!r}", why, "Compile with another --pipeline-root")
    if credential := credentials.in_address(root):
        yield Finding(
            where, f"{field} holds {credential}", "everybody could read it in this file", "Compile without it"
        )


def _job(document: Document) -> Iterator[Finding]:
    """Checks what Vertex AI's job has besides its pipeline."""
    if document.target != VERTEX:
        return
    if not document.job.get("displayName"):
        yield Finding("PipelineJob", "displayName is empty", "Vertex AI refuses a job without a name")
    for key, value in sorted(document.job.get("labels", {}).items()):
        if not key or not _LABEL.fullmatch(key) or not _LABEL.fullmatch(value):
            why = "labels take lower-case letters, digits, _ and -, 63 at most"
            yield Finding("PipelineJob", f"its label {key!r} is {value!r}", why)
