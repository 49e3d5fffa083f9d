"""Tables that an installed Python package holds: found without importing it, and never outside its folders."""

import os
from collections.abc import Iterable
from importlib import util

from modules.base.errors import DataError

SCHEME = "package"


def path_of(uri: str, package: str, inner: str) -> str:
    """Returns the local path of a file, a folder or a pattern within a package.

    Args:
        uri: The whole address, for messages.
        package: A top-level package.
        inner: The path within it.

    Raises:
        DataError: If the package is not installed, or the path leads out of it.
    """
    paths = [os.path.normpath(os.path.join(folder, inner)) for folder in _folders(uri, package)]
    chosen = next((path for path in paths if os.path.exists(path)), paths[0])
    check_inside(uri, package, [chosen])
    return chosen


def check_inside(uri: str, package: str, paths: Iterable[str]) -> None:
    """Checks that paths lie within a package, where symbolic links lead too.

    Raises:
        DataError: If one does not.
    """
    folders = [os.path.realpath(folder) for folder in _folders(uri, package)]
    for path in paths:
        real = os.path.realpath(path)
        if not any(os.path.commonpath([folder, real]) == folder for folder in folders):
            what = f"leads out of the package {package!r}, to {real}"
            raise DataError(uri, what, "Name a file within the package, or give the path of the other one")


def _folders(uri: str, package: str) -> list[str]:
    spec = util.find_spec(package) if package.isidentifier() else None
    folders = list(spec.submodule_search_locations or ()) if spec else []
    if not folders:
        what = f"names the Python package {package!r}, which is not installed"
        raise DataError(uri, what, "Install it, or write package://<top-level package>/<path within it>")
    return folders
