"""The class that each step runs: found in the source, without importing it."""

import ast
import functools
import importlib.util
import os
from collections.abc import Iterator

from pipeline.kubeflow.lint.finding import Finding

_PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
_COMPONENTS = os.path.join(_PROJECT, "components")
# The steps that the wiring calls otherwise than their components.
_CALLED = {"PushedBaseline": "Baseline", "TflitePusher": "Pusher"}
# A step that runs the component of another one.
_AGAIN = {"Papers": "components.reporter.executor.Executor"}
_OF_TFX = {
    "ImportSchemaGen": "tfx.components.schema_gen.import_schema_gen.executor.Executor",
    "Teacher": "tfx.components.trainer.executor.GenericExecutor",
    "Student": "tfx.components.trainer.executor.GenericExecutor",
}


def check(task: str, classes: list[str]) -> Iterator[Finding]:
    """Checks the executor class of a task."""
    for path in classes:
        wanted = expected().get(task)
        if wanted and path != wanted:
            yield Finding(task, f"its executor class is {path!r}", f"this step is {wanted}")
        elif not _exists(path):
            yield Finding(task, f"its executor class {path!r} does not exist", "the step could not start")


@functools.cache
def expected() -> dict[str, str]:
    """Returns the executor classes by the names of the steps."""
    classes = _OF_TFX | _AGAIN
    for folder in sorted(os.listdir(_COMPONENTS)):
        path = os.path.join(_COMPONENTS, folder, "component.py")
        if os.path.exists(path):
            for name in _classes(path):
                classes[_CALLED.get(name, name)] = f"components.{folder}.executor.Executor"
    return classes


def _exists(path: str) -> bool:
    module, _, name = path.rpartition(".")
    top, *parts = module.split(".")
    if not all(part.isidentifier() for part in (top, *parts, name)):
        return False
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return False
    folders = list(spec.submodule_search_locations or ()) if spec else []
    files = [os.path.join(folder, *parts) + ".py" for folder in folders]
    return any(os.path.isfile(file) and name in _classes(file) for file in files)


@functools.cache
def _classes(path: str) -> frozenset[str]:
    with open(path, encoding="utf-8") as file:
        return frozenset(node.name for node in ast.parse(file.read()).body if isinstance(node, ast.ClassDef))
