"""Prepares the process before anything imports TensorFlow, and says which tests one worker must run together."""

import gc
import os
import shutil
import tempfile
from typing import Any

import pytest

from modules.base.compat import prepare_environment
from tests import forked

_KERAS_HOME = tempfile.mkdtemp(prefix="keras-home-")
os.environ["KERAS_HOME"] = _KERAS_HOME  # and not into the user's home
_MADE = [_KERAS_HOME]
if forked.BYTECODE not in os.environ:  # the first process of all makes it, for its workers too
    os.environ[forked.BYTECODE] = tempfile.mkdtemp(prefix="bytecode-")
    _MADE.append(os.environ[forked.BYTECODE])
prepare_environment()
gc.set_threshold(20_000, 20, 50)  # as a run has it: Python's collector finds nothing in the millions of objects of TFX

# Files that share what takes a minute or more to make: one worker runs them, so that it is made once.
_TOGETHER = (
    "tests/e2e/test_pipeline.py tests/e2e/test_page.py tests/e2e/test_notebook.py",
    "tests/integration/test_asked_model.py tests/integration/test_comparer.py "
    "tests/integration/test_concepts_of_a_network.py tests/integration/test_data.py "
    "tests/integration/test_debugger_methods.py tests/integration/test_evaluator.py "
    "tests/integration/test_explaining_rows.py tests/integration/test_interpretable_models.py "
    "tests/integration/test_intervals.py tests/integration/test_remote_artifacts.py "
    "tests/integration/test_saliency_of_a_network.py tests/integration/test_shipping.py "
    "tests/integration/test_smallest_form.py tests/integration/test_sparsities.py "
    "tests/integration/test_student_search.py tests/integration/test_teachers.py tests/integration/test_training.py "
    "tests/integration/test_tuned_architecture.py tests/integration/test_verdict.py tests/integration/test_why.py",
)
# The longest first: short tests fill what time is left at the end.
_ORDER = ("/e2e/", "/faults/", "/integration/", "/unit/")


def pytest_unconfigure() -> None:
    for folder in _MADE:
        shutil.rmtree(folder, ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what takes minutes unless it is asked for, and puts the longest tests first: all cores have work."""
    if "faults" not in config.getoption("-m"):
        left_out = [item for item in items if item.get_closest_marker("faults")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    items.sort(key=lambda item: next((n for n, part in enumerate(_ORDER) if part in item.path.as_posix()), 0))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Gives each worker whole files, and files that share a long fixture to the same one."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFixture(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return next((together for together in _TOGETHER if file in together.split()), file)

    return ByFixture(config, log)
