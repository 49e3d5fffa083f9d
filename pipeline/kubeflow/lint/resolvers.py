"""Resolvers: what Vertex AI looks up in its store of metadata."""

import re
from collections.abc import Iterator
from typing import Any

from pipeline.kubeflow import artifact_types
from pipeline.kubeflow.document import Document
from pipeline.kubeflow.lint.finding import Finding

_TITLE = re.compile(r'schema_title="([^"]*)"')
_INPUT = re.compile(r"\{\{\$\.inputs\.artifacts\['([^']*)'\]\.metadata\['[^']+'\]\}\}")


def check(document: Document, name: str, resolver: dict[str, Any]) -> Iterator[Finding]:
    """Checks that each output of a resolver is looked up by a filter that can match."""
    queries = resolver.get("outputArtifactQueries", {})
    outputs = document.component(name).get("outputDefinitions", {}).get("artifacts", {})
    if not queries:
        yield Finding(name, "its resolver is empty", "it would look nothing up")
    for key in sorted(set(outputs) ^ set(queries)):
        what = f"its output {key!r} has no query" if key in outputs else f"its query {key!r} is for no output"
        yield Finding(name, what, "a resolver looks up each of its outputs")
    inputs = document.tasks[name].get("inputs", {}).get("artifacts", {})
    for key, query in sorted(queries.items()):
        text = query.get("filter", "")
        title = _TITLE.search(text)
        if not title or title[1] not in artifact_types.known():
            yield Finding(name, f"its filter for {key!r} is {text!r:.120}", "it names no type that the steps can load")
        unfilled = _INPUT.sub("", text)
        missing = [named for named in _INPUT.findall(text) if named not in inputs]
        if "{{" in unfilled or missing:
            yield Finding(name, f"its filter for {key!r} has a placeholder of no input", "nobody would fill it in")
