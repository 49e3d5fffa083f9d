"""The artifact types that the steps can load, by the titles that Kubeflow knows them by. Imports no TFX."""

import ast
import functools
import importlib.util
import os
from typing import Any

import yaml

_OURS = os.path.join(
    os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "components", "artifacts.py"
)


def title(entry: dict[str, Any]) -> str:
    """Returns the title of the type of an input or output, as its definition in a PipelineSpec gives it, or nothing."""
    kind = entry.get("artifactType", {})
    if "schemaTitle" in kind:
        return str(kind["schemaTitle"])
    return _title(kind.get("instanceSchema", ""))


@functools.lru_cache(maxsize=256)
def _title(text: str) -> str:
    try:
        schema = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        return ""
    return str(schema.get("title", "")) if isinstance(schema, dict) else ""


@functools.cache
def known() -> frozenset[str]:
    """Returns the titles of all types: those that TFX has a schema of for Kubeflow, and our own."""
    spec = importlib.util.find_spec("tfx")
    places = list(spec.submodule_search_locations or ()) if spec else []
    folders = [os.path.join(place, "orchestration", "kubeflow", "v2", "artifact_types") for place in places]
    titles = {f"tfx.{name.removesuffix('.yaml')}" for folder in folders for name in os.listdir(folder)}
    with open(_OURS, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "TYPE_NAME":
            titles.add(ast.literal_eval(node.value))
    return frozenset(titles)
