"""Prepares the process before anything imports TensorFlow, and says which tests one worker must run together."""

import os
import shutil
import tempfile

import pytest

from modules.base.compat import prepare_environment

_KERAS_HOME = tempfile.mkdtemp(prefix="keras-home-")
os.environ["KERAS_HOME"] = _KERAS_HOME  # and not into the user's home
prepare_environment()

# What takes a minute or more to make: all tests that use it run in one worker, so that it is made once.
_SHARED = {"clone": "adult", "shuffled_run": "adult", "road": "road"}
# The longest first: short tests fill what time is left at the end.
_ORDER = ("/e2e/", "/integration/", "/unit/")


def pytest_unconfigure() -> None:
    shutil.rmtree(_KERAS_HOME, ignore_errors=True)


@pytest.hookimpl(tryfirst=True)  # the worker of xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Groups the tests for `make test`, which spreads them over the machine's cores."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    items.sort(key=_rank)


def _group(item: pytest.Item) -> str:
    used = getattr(item, "fixturenames", ())
    shared = [group for fixture, group in _SHARED.items() if fixture in used]
    return shared[0] if shared else item.nodeid.partition("::")[0]


def _rank(item: pytest.Item) -> int:
    path = item.path.as_posix()
    return next((rank for rank, folder in enumerate(_ORDER) if folder in path), len(_ORDER))
