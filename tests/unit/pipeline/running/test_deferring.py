import importlib
import inspect
import pathlib
import subprocess
import sys
import threading
import types
from collections.abc import Iterator

import pytest

from pipeline.running import deferring

ROOT = pathlib.Path(__file__).parents[4]
FILES = {
    "parcel/__init__.py": "import builtins\nbuiltins.unpacked.append(__name__)\nfrom parcel import inner\nSIZE = 3\n"
    "__all__ = ['SIZE']\n",
    "parcel/inner.py": "import builtins, time\nbuiltins.unpacked.append(__name__)\ntime.sleep(0.05)\nDEPTH = 2\n",
    "parcel/other.py": "from parcel.inner import DEPTH\n",
    "broken.py": "FIRST = 1\nimport there_is_no_such_module\n",
}


@pytest.fixture
def unpacked(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Defers small packages; the names of those whose code has run."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "meta_path", [finder for finder in sys.meta_path if not _is_ours(finder)])
    names: list[str] = []
    monkeypatch.setattr("builtins.unpacked", names, raising=False)
    deferring.defer(["parcel", "parcel.inner", "parcel.of_another_version", "broken", "there_is_no_such_package"])
    yield names
    for name in [name for name in sys.modules if name.split(".")[0] in ("parcel", "broken")]:
        del sys.modules[name]


def _is_ours(finder: object) -> bool:
    return isinstance(finder, deferring._Finder)


def load(name: str) -> types.ModuleType:
    return importlib.import_module(name)


def test_a_module_is_loaded_by_the_first_use_of_an_attribute(unpacked: list[str]) -> None:
    parcel = load("parcel")
    assert unpacked == [] and deferring.is_deferred("parcel")

    assert parcel.SIZE == 3
    assert unpacked == ["parcel"] and type(parcel) is types.ModuleType and sys.modules["parcel"] is parcel


def test_from_import_of_a_named_module_waits_and_loads_its_package_first(unpacked: list[str]) -> None:
    namespace: dict[str, types.ModuleType] = {}
    exec("from parcel import inner", namespace)
    assert unpacked == []

    assert namespace["inner"].DEPTH == 2
    assert unpacked == ["parcel", "parcel.inner"]


@pytest.mark.parametrize(
    "statement",
    ["from parcel import SIZE as n", "from parcel import *; n = SIZE", "import parcel.other; n = parcel.SIZE"],
)
def test_whatever_else_is_imported_of_a_package_loads_it(unpacked: list[str], statement: str) -> None:
    namespace: dict[str, int] = {}
    exec(statement, namespace)
    assert namespace["n"] == 3 and unpacked[0] == "parcel" and not deferring.is_deferred("parcel")


def test_who_only_looks_round_loads_nothing(unpacked: list[str]) -> None:
    parcel = load("parcel")
    assert hasattr(parcel, "__file__") and hasattr(parcel, "__path__") and not hasattr(parcel, "__wrapped__")
    assert inspect.getmodule(test_who_only_looks_round_loads_nothing) is sys.modules[__name__]
    assert importlib.util.find_spec("parcel") is parcel.__spec__
    assert unpacked == [] and deferring.is_deferred("parcel")


def test_what_is_set_stays_when_the_module_is_loaded(unpacked: list[str]) -> None:
    parcel = load("parcel")
    parcel.SIZE = 5  # type: ignore[attr-defined]
    assert parcel.SIZE == 5 and "SIZE" in dir(parcel)


def test_a_missing_package_is_missed_where_it_is_imported(unpacked: list[str]) -> None:
    with pytest.raises(ModuleNotFoundError, match="there_is_no_such_package"):
        load("there_is_no_such_package")
    load("parcel")
    with pytest.raises(ModuleNotFoundError, match=r"parcel\.of_another_version"):
        load("parcel.of_another_version")


def test_a_package_that_cannot_be_loaded_says_so_each_time(unpacked: list[str]) -> None:
    broken = load("broken")
    for _ in range(2):
        with pytest.raises(ModuleNotFoundError, match="there_is_no_such_module"):
            _ = broken.FIRST


def test_threads_see_a_module_whole_and_load_it_once(unpacked: list[str]) -> None:
    parcel, seen = load("parcel"), []
    threads = [threading.Thread(target=lambda: seen.append((parcel.SIZE, parcel.inner.DEPTH))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [(3, 2)] * 8 and unpacked == ["parcel", "parcel.inner"]


def test_deferring_twice_is_deferring_once(unpacked: list[str]) -> None:
    deferring.defer()
    assert sum(map(_is_ours, sys.meta_path)) == 1


def test_a_run_is_prepared_without_what_is_rarely_used(tmp_path: pathlib.Path) -> None:
    """In a process of its own: the libraries are imported anew."""
    code = """
import sys
from pipeline.running import deferring
from pipeline import config
from pipeline.running.attempt import Attempt
Attempt(config.load("data/census_income/pipeline.yaml"), sys.argv[1], "", None, bool)._prepare()
print([name for name in deferring.RARELY_USED if name in sys.modules and not deferring.is_deferred(name)])
print(sorted({name.split(".")[0] for name in sys.modules} & {"kubernetes", "jsonschema"}))
import altair, nltk.stem, docker.errors
from googleapiclient import discovery
print(altair.Chart.__name__, nltk.stem.PorterStemmer().stem("caresses"))
print(docker.errors.NotFound.__name__, discovery.build.__name__)
"""
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-4:] == ["[]", "[]", "Chart caress", "NotFound build"]
