"""Who makes what a task reads: producers, parameters, types, and the order that follows."""

from collections.abc import Iterator
from typing import Any

from pipeline.kubeflow import artifact_types
from pipeline.kubeflow.document import KFP, Document
from pipeline.kubeflow.lint import values
from pipeline.kubeflow.lint.finding import Finding


def check(document: Document, name: str) -> Iterator[Finding]:
    """Checks the inputs of a task."""
    yield from _artifacts(document, name)
    yield from _parameters(document, name)
    yield from _types(document, name)
    yield from _order(document, name)


def _artifacts(document: Document, name: str) -> Iterator[Finding]:
    given = document.tasks[name].get("inputs", {}).get("artifacts", {})
    declared = document.component(name).get("inputDefinitions", {}).get("artifacts", {})
    for key, entry in sorted(declared.items()):
        if key not in given and not entry.get("isOptional"):
            yield Finding(name, f"its input {key!r} has no source", "it would start without it")
    for key, entry in sorted(given.items()):
        if key not in declared:
            yield Finding(name, f"its input {key!r} is none of its component", "Kubeflow knows no type of it")
        if source := entry.get("taskOutputArtifact"):
            yield from _source(document, name, f"input {key!r}", source, "artifacts", "outputArtifactKey")
        else:
            yield Finding(name, f"its input {key!r} has no source", "only what another task makes can be read")


def _parameters(document: Document, name: str) -> Iterator[Finding]:
    given = document.tasks[name].get("inputs", {}).get("parameters", {})
    declared = document.component(name).get("inputDefinitions", {}).get("parameters", {})
    for key, entry in sorted(declared.items()):
        if key not in given:
            if "defaultValue" not in entry and not entry.get("isOptional"):
                yield Finding(name, f"its parameter {key!r} has no value", "it would start without it")
            continue
        yield from _parameter(document, name, key, entry, given[key])
    for key in sorted(set(given) - set(declared)):
        yield Finding(name, f"its parameter {key!r} is none of its component", "Kubeflow knows no type of it")
        if source := given[key].get("taskOutputParameter"):
            yield from _source(document, name, f"parameter {key!r}", source, "parameters", "outputParameterKey")


def _parameter(
    document: Document, name: str, key: str, entry: dict[str, Any], given: dict[str, Any]
) -> Iterator[Finding]:
    what = f"its parameter {key!r}"
    value = given.get("runtimeValue", {})
    referred = given.get("componentInputParameter") or value.get("runtimeParameter")
    if source := given.get("taskOutputParameter"):
        yield from _source(document, name, f"parameter {key!r}", source, "parameters", "outputParameterKey")
    elif referred:
        defined = document.spec.get("root", {}).get("inputDefinitions", {}).get("parameters", {})
        if referred not in defined:
            said = f"{what} is the runtime parameter {referred!r}, which the pipeline does not have"
            yield Finding(name, said, "the run is refused", "Declare it under root.inputDefinitions")
        elif defined[referred].get("parameterType") != entry.get("parameterType"):
            yield Finding(name, f"{what} is the runtime parameter {referred!r}", "that is of another type")
    elif value.get("constant") is None:
        yield Finding(name, f"{what} has no value", "it would start without it")
    else:
        yield from values.check(name, what, entry, value["constant"])
        if isinstance(value["constant"], str) and "{{$" in value["constant"]:
            yield Finding(name, f"{what} holds a placeholder", "nobody would fill it in")


def _source(document: Document, name: str, what: str, source: dict[str, Any], kind: str, key: str) -> Iterator[Finding]:
    producer, output = source.get("producerTask", ""), source.get(key, "")
    if producer not in document.tasks:
        yield Finding(name, f"its {what} comes from {producer!r}, which is no task", "nobody makes it")
    elif output not in document.component(producer).get("outputDefinitions", {}).get(kind, {}):
        why = f"{producer} has no such output"
        yield Finding(name, f"its {what} is the output {output!r} of {producer}", why)


def _types(document: Document, name: str) -> Iterator[Finding]:
    """Checks that each artifact is of a type that the steps can load, and the one that its reader expects."""
    component, known = document.component(name), artifact_types.known()
    for side in ("inputDefinitions", "outputDefinitions"):
        for key, entry in sorted(component.get(side, {}).get("artifacts", {}).items()):
            title = artifact_types.title(entry)
            if title not in known:
                why = "the step could not load it; a type of our own belongs into components/artifacts.py"
                yield Finding(name, f"its {side[:-11]} {key!r} is of the unknown type {title!r}", why)
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
            yield Finding(name, what, f"{source['producerTask']} makes another type")


def _order(document: Document, name: str) -> Iterator[Finding]:
    waits = document.tasks[name].get("dependentTasks", [])
    for producer in dict.fromkeys(waits):
        if producer not in document.tasks:
            yield Finding(name, f"it waits for {producer!r}, which is no task", "it would never start")
        if waits.count(producer) > 1:
            yield Finding(name, f"it waits for {producer!r} more than once", "Kubeflow's engine refuses the repetition")
    if document.target == KFP:
        for producer in sorted(set(producers(document.tasks[name])) & set(document.tasks) - set(waits)):
            why = "open-source Kubeflow orders tasks by dependentTasks alone"
            yield Finding(name, f"it reads from {producer!r} and does not wait for it", why)


def cycle(document: Document) -> Iterator[Finding]:
    """Checks that some order of the tasks exists."""
    waiting = {name: set(producers(task)) & set(document.tasks) for name, task in document.tasks.items()}
    while ready := [name for name, needs in waiting.items() if not needs & set(waiting)]:
        for name in ready:
            del waiting[name]
    if waiting:
        yield Finding(", ".join(sorted(waiting)), "they wait for each other", "none of them would start")


def producers(task: dict[str, Any]) -> list[str]:
    """Returns the tasks that a task waits for."""
    inputs = task.get("inputs", {})
    sources = [entry.get("taskOutputArtifact") for entry in inputs.get("artifacts", {}).values()]
    sources += [entry.get("taskOutputParameter") for entry in inputs.get("parameters", {}).values()]
    named = [source.get("producerTask", "") for source in sources if source]
    return named + task.get("dependentTasks", [])
