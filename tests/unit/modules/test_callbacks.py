import importlib
import inspect

import pytest

from modules import callbacks

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        (callbacks.PREPROCESSING, ["dtypes", "custom_config"]),
        (callbacks.TUNER, ["fn_args"]),
        (callbacks.TEACHER, ["fn_args"]),
        (callbacks.STUDENT, ["fn_args"]),
    ],
)
def test_each_name_is_a_function_that_takes_what_tfx_gives_it(name: str, parameters: list[str]) -> None:
    module = callbacks.module_of(name)
    called = getattr(importlib.import_module(module), name.removeprefix(f"{module}."))
    assert list(inspect.signature(called).parameters) == parameters
    assert called.__module__ == module  # where its digest of code begins, and where Beam's pickles look for it
