"""What compiling does not check: that a compiled file can run. Knows no TFX, and asks no network.

The rules are those by which the backends' loaders and drivers refuse a pipeline, and those of the steps' own entry
point; each is a few lines in a file of its subject. The file is parsed first, by `shape`, whatever it holds.
"""

from collections.abc import Iterator

from pipeline.kubeflow.document import KFP, Document
from pipeline.kubeflow.lint import containers, dataflow, limits, overall, platforms, resolvers, shape
from pipeline.kubeflow.lint.containers import IMAGE
from pipeline.kubeflow.lint.finding import Finding, merged

__all__ = ["IMAGE", "Finding", "lint", "merged"]

# What neither backend does for a pipeline of TFX, by the key in a task.
_UNSUPPORTED = {
    "artifactIterator": "loops",
    "parameterIterator": "loops",
    "iteratorPolicy": "loops",
}


def lint(document: Document) -> list[Finding]:
    """Returns all findings; none means that nothing known stands in the way of a run."""
    parsed, findings = shape.canonical(document)
    if parsed is None:
        return findings
    findings += overall.check(parsed)
    for name in sorted(parsed.tasks):
        findings += _task(parsed, name)
    return [*findings, *dataflow.cycle(parsed), *platforms.check(parsed)]


def _task(document: Document, name: str) -> Iterator[Finding]:
    task, component = document.tasks[name], document.component(name)
    if not component:
        reference = task.get("componentRef", {}).get("name")
        yield Finding(name, f"its component {reference!r} does not exist", "Kubeflow cannot start it")
        return
    called = task.get("taskInfo", {}).get("name", "")
    if called != name:
        yield Finding(name, f"its taskInfo calls it {called!r}", "who reads its outputs would not find them")
    yield from _executor(document, name)
    yield from dataflow.check(document, name)
    for key, what in _UNSUPPORTED.items():
        if key in task:
            yield Finding(name, f"it has {key}", f"{what} are not supported for steps of TFX", "Take it out")
    condition = task.get("triggerPolicy", {}).get("condition", "")
    if ".value" in condition:
        why = "a condition on the value of an artifact is not supported"
        yield Finding(name, f"its condition is {condition!r}", why, "Decide by a property of the artifact")
    if "dag" in component:
        yield Finding(
            name, "it is a pipeline of its own", "nested pipelines are not supported", "List its steps instead"
        )


def _executor(document: Document, name: str) -> Iterator[Finding]:
    label = document.component(name).get("executorLabel", "")
    executor = document.executors.get(label)
    if executor is None:
        yield Finding(name, f"its executor {label!r} does not exist", "Kubeflow cannot start it")
        return
    kinds = [kind for kind in ("container", "importer", "resolver") if kind in executor]
    if len(kinds) != 1:
        why = "Kubeflow starts containers, importers and resolvers"
        yield Finding(name, f"its executor is {', '.join(sorted(executor)) or 'empty'}", why)
        return
    if kinds == ["resolver"]:
        if document.target == KFP:
            why = "open-source Kubeflow Pipelines has no resolver"
            yield Finding(name, "it is a resolver", why, "Compile with --target kfp, which leaves resolvers out")
        else:
            yield from resolvers.check(document, name, executor["resolver"])
    if kinds == ["importer"] and not executor["importer"].get("artifactUri"):
        yield Finding(name, "it imports from nowhere", "an importer needs an artifactUri")
    if kinds == ["container"]:
        yield from containers.check(document, name)
        yield from limits.check(document, name)
