"""Digests of code: what TFX's cache cannot see by itself. Those of data are in `modules/tables/content.py`."""

import ast
import functools
import hashlib
import importlib.metadata
import os
import sys
from collections.abc import Iterator

_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_PACKAGES = ("modules", "components", "pipeline")
_CODE, _COMPILED = ".py", ".pyc"
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")

# What every step computes with, its own code or TFX's: another version of one of these is another step. The step that
# reads the tables is among them, and all the others read what it made: TFX's own steps are rerun with it.
_STACK = (
    "ai-edge-litert",
    "apache-beam",
    "fairness-indicators",
    "keras-tuner",
    "numpy",
    "pandas",
    "protobuf",
    "pyarrow",
    "scikit-learn",
    "scipy",
    "tensorflow",
    "tensorflow-data-validation",
    "tensorflow-metadata",
    "tensorflow-model-analysis",
    "tensorflow-model-optimization",
    "tensorflow-transform",
    "tf-keras",
    "tfx",
    "tfx-bsl",
)
# Of what is imported beside it, packages that are installed by another name.
_INSTALLED_AS = {"interpret": "interpret-core", "vl_convert": "vl-convert-python"}


def code_digest(*modules: str) -> str:
    """Digests the code of modules, and of everything of this project that they import, however far away.

    TFX keys its cache on the name of a callback and not on its code. This digest, passed along as a parameter, makes an
    edited helper rerun the steps that depend on it, and no other. With the code go the files beside it that are none,
    such as templates, and the versions of the libraries that it computes with.

    Args:
        *modules: Dotted names, such as `modules.graph.preprocessing`.

    Returns:
        16 hexadecimal digits.
    """
    files: set[str] = set()
    libraries: set[str] = set(_STACK)
    waiting = [path for module in modules for path in _files_of(module)]
    while waiting:
        path = waiting.pop()
        if path not in files:
            files.add(path)
            ours, others = _imports(path)
            waiting += ours
            libraries.update(others)
    files |= {path for folder in {os.path.dirname(path) for path in files} for path in _assets(folder)}
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(os.path.relpath(path, _ROOT).encode() + b"\0" + _read(path) + b"\0")
    for library in sorted(libraries):
        digest.update(f"{library}=={_version(library)}\0".encode())
    return digest.hexdigest()[:16]


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _files_of(module: str) -> list[str]:
    """Returns the file of a dotted name, or nothing if it is no module of this project."""
    base = os.path.join(_ROOT, *module.split("."))
    return [path for path in (base + _CODE, os.path.join(base, "__init__.py")) if os.path.isfile(path)][:1]


@functools.cache
def _imports(path: str) -> tuple[list[str], list[str]]:
    """Returns the files of this project that a file imports, and the other packages that it imports."""
    names: list[str] = []
    for node in _statements(ast.parse(_read(path))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    ours = [name for name in names if name.split(".")[0] in _PACKAGES]
    others = {name.split(".")[0] for name in names} - {*_PACKAGES, *sys.stdlib_module_names}
    return [file for name in ours for file in _files_of(name)], sorted(others)


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """Yields all statements, however deep, and no expression: these are most of a file, and import nothing."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [statement for block in _BLOCKS for statement in getattr(node, block, ())]


def _assets(folder: str) -> list[str]:
    """Returns the files of a folder that are not code, and those of the folders below it that hold no code."""
    paths = []
    for place, folders, names in os.walk(folder):
        if place != folder and any(name.endswith((_CODE, _COMPILED)) for name in names):
            folders.clear()
            continue
        assets = [name for name in names if not name.startswith(".") and not name.endswith((_CODE, _COMPILED))]
        paths += [os.path.join(place, name) for name in assets]
    return paths


@functools.cache
def _version(package: str) -> str:
    """Returns the version of an installed package, by the name that it is imported by; "" if there is none."""
    try:
        return importlib.metadata.version(_INSTALLED_AS.get(package, package))
    except importlib.metadata.PackageNotFoundError:
        return ""
