"""The image, seen from within: who runs there, what is installed, what can be written, and what is not left."""

import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from tests.image.conftest import LOCK

pytestmark = pytest.mark.integration

PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+) \\$", re.MULTILINE)
WRITTEN = ("HOME", "TMPDIR", "KERAS_HOME", "MPLCONFIGDIR")


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_user_is_a_numbered_one_who_is_not_root() -> None:
    assert os.getuid() == os.getgid() == 10001


@pytest.mark.parametrize("name", WRITTEN)
def test_all_that_libraries_write_goes_below_tmp(name: str) -> None:
    assert Path(os.environ[name]).parts[:2] == ("/", "tmp")


def test_the_environment_and_the_project_cannot_be_written_to() -> None:
    assert not os.access(os.path.dirname(metadata.__file__), os.W_OK)
    for entry in sys.path:
        if entry.startswith("/opt/venv"):
            assert not os.access(entry, os.W_OK), entry


def test_every_package_of_the_lock_is_installed_in_its_version() -> None:
    pinned = {canonical(name): version for name, version in PINNED.findall(Path(LOCK).read_text(encoding="utf-8"))}
    assert len(pinned) > 100
    installed: dict[str, str] = {}
    for found in metadata.distributions():  # the first is the one that is imported; setuptools brings copies of some
        installed.setdefault(canonical(found.metadata["Name"]), found.version)
    assert {name: installed.get(name) for name in pinned} == pinned


def test_no_setting_of_the_building_machine_is_left() -> None:
    suspicious = re.compile(r"(?i)^(pip_|uv_)|index_url|token|password|secret")
    assert [name for name in os.environ if suspicious.search(name)] == []
    for folder in ("/run/secrets", "/root/.cache", "/tmp/tools", "/tmp/.cache/pip", "/tmp/.cache/uv"):
        path = Path(folder)
        if os.access(path, os.R_OK | os.X_OK) and path.is_dir():
            assert list(path.iterdir()) == [], folder


def test_keras_2_is_the_one_that_tensorflow_takes_in_any_process_of_the_image() -> None:
    code = "import tensorflow as tf; print(tf.keras.layers.Dense.__module__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.startswith("tf_keras.")
