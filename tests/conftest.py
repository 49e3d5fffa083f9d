"""Prepares the process before anything imports TensorFlow, and keeps Keras' settings file out of the user's home."""

import os
import shutil
import tempfile

from modules.base.compat import prepare_environment

_KERAS_HOME = tempfile.mkdtemp(prefix="keras-home-")
os.environ["KERAS_HOME"] = _KERAS_HOME
prepare_environment()


def pytest_unconfigure() -> None:
    shutil.rmtree(_KERAS_HOME, ignore_errors=True)
