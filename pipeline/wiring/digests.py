"""Digests of code and data: what TFX's cache cannot see by itself."""

import ast
import functools
import hashlib
import os

_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_BLOCK_BYTES = 2**20
_PACKAGES = ("modules", "components", "pipeline")


def code_digest(*modules: str) -> str:
    """Digests the source of modules and of everything of this project that they import, however far away.

    TFX keys its cache on the name of a callback and not on its code. This digest, passed along as a parameter, makes an
    edited helper rerun the steps that depend on it, and no other.

    Args:
        *modules: Dotted names, such as `modules.graph.preprocessing`.

    Returns:
        16 hexadecimal digits.
    """
    files: set[str] = set()
    waiting = [path for module in modules for path in _files_of(module)]
    while waiting:
        path = waiting.pop()
        if path not in files:
            files.add(path)
            waiting += _imports(path)
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(os.path.relpath(path, _ROOT).encode() + b"\0" + _read(path) + b"\0")
    return digest.hexdigest()[:16]


def data_digest(*tables: str | list[str] | None) -> str:
    """Digests the content of the files of tables, file by file; what the files are called does not matter.

    Args:
        *tables: Files, folders or patterns, as in `data.train`; None is no table.

    Returns:
        32 hexadecimal digits.
    """
    from modules.tables import sources

    digest = hashlib.sha256()
    for table in tables:
        files = []
        for path in sources.expand(table) if table is not None else []:
            content = hashlib.sha256()
            with sources.open_file(path) as file:
                while block := file.read(_BLOCK_BYTES):
                    content.update(block)
            files.append(content.digest())
        digest.update(b"|".join(sorted(files)) + b"\0")
    return digest.hexdigest()[:32]


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _files_of(module: str) -> list[str]:
    """Returns the file of a dotted name, or nothing if it is no module of this project."""
    base = os.path.join(_ROOT, *module.split("."))
    return [path for path in (base + ".py", os.path.join(base, "__init__.py")) if os.path.isfile(path)][:1]


@functools.cache
def _imports(path: str) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(_read(path))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return [file for name in names if name.split(".")[0] in _PACKAGES for file in _files_of(name)]
