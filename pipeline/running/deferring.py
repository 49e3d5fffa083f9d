"""Imports packages when they are first used, not when a library that may never use them names them.

TFX and Beam import clients of clouds and clusters that a run on this machine never calls: about a second of each
start. `importlib.util.LazyLoader` does not help, because it loads a module as soon as anybody asks for its `__file__`,
as `inspect.getmodule` does of every module.
"""

import contextlib
import importlib
import importlib.abc
import sys
import threading
import types
from collections.abc import Iterable, Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from typing import Any

# What a cached run on this machine does not use: what draws charts; Google's clients, which Beam and TensorFlow import;
# the stemmer of TFMA's ROUGE; ways to start a model server, with Docker and Kubernetes. On neither stack does a library
# use them while it is being imported itself (as a base class, in an annotation): that would load them at once. The
# modules of a package are listed too where a library writes `from package import module`.
RARELY_USED = (
    "altair",
    "altair.utils",
    "altair.utils.schemapi",
    "docker",
    "docker.errors",
    "docker.types",
    "google.cloud.bigquery",
    "google.cloud.dataflow",
    "google.cloud.pubsub",
    "googleapiclient.discovery",
    "nltk",
    "nltk.stem",
    "nltk.stem.porter",
    "rouge_score.rouge_scorer",
    "tfx.components.infra_validator.model_server_runners.kubernetes_runner",
)
# What only the module itself knows, of the names with two underscores; the import system knows the others.
_TOLD_BY_THE_MODULE = ("__all__", "__version__")
# Seconds to wait for another thread that loads a module. Two threads that import modules of one package by different
# ways can wait for each other for ever: then one goes on with what is there, as in Python's own imports.
_PATIENCE = 60


def defer(names: Iterable[str] = RARELY_USED) -> None:
    """Lets each of these modules be loaded when one of its attributes is first used.

    Until then, `import` returns the module empty: it knows its name, its file and its path, and those of its own
    modules that are named too. It is the module itself that is filled later, so that whoever holds it holds the real
    one. A module that is missing, that is imported already or that is not a Python file is imported as ever.

    Args:
        names: Dotted names. A name below another is found in the module of the other.
    """
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder(frozenset(names)))


def is_deferred(name: str) -> bool:
    """Returns whether a module has been imported and not yet loaded."""
    return isinstance(sys.modules.get(name), _Deferred)


class _Finder:
    """Finds the modules to be deferred, and loads the package of any other module that is looked for below them."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names
        roots = [name for name in names if name.rpartition(".")[0] not in names]
        self._locks = {f"{root}.": threading.RLock() for root in roots}

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> ModuleSpec | None:
        """Returns how to import a module, or None to leave it to the other finders."""
        if name not in self._names:
            above = sys.modules.get(name.rpartition(".")[0])
            if isinstance(above, _Deferred):
                _load(above)
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or type(spec.loader) is not SourceFileLoader:
            return None
        below = sorted(other for other in self._names if other.rpartition(".")[0] == name)
        lock = next(lock for root, lock in self._locks.items() if f"{name}.".startswith(root))
        spec.loader = _Loader(spec.loader, below, lock)
        return spec


class _Loader(importlib.abc.Loader):
    """Makes a module that waits, in place of the one that `loader` would load now."""

    def __init__(self, loader: SourceFileLoader, below: list[str], lock: Any) -> None:
        self._loader, self._below, self._lock = loader, below, lock

    def create_module(self, spec: ModuleSpec) -> types.ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: types.ModuleType) -> None:
        assert module.__spec__ is not None
        module.__spec__.loader = module.__loader__ = self._loader
        module.__spec__.loader_state = _State(self._lock)
        module.__class__ = _Deferred
        for name in self._below:
            with contextlib.suppress(ModuleNotFoundError):  # another version may not have it
                importlib.import_module(name)


class _State:
    """What is known of a module that waits: its package's lock, and whether its code is running."""

    def __init__(self, lock: Any) -> None:
        self.lock, self.loading = lock, False


class _Deferred(types.ModuleType):
    """A module that waits for its first use."""

    def __getattribute__(self, name: str) -> Any:
        get = super().__getattribute__
        if name.startswith("__") and name not in _TOLD_BY_THE_MODULE:
            return get(name)
        if not isinstance(get("__dict__").get(name), _Deferred):
            _load(self)
        return get(name)

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("__") and not isinstance(value, _Deferred):
            _load(self)
        types.ModuleType.__setattr__(self, name, value)  # its class may be another one by now

    def __dir__(self) -> Iterable[str]:
        _load(self)
        return types.ModuleType.__dir__(self)


def _load(module: types.ModuleType) -> None:
    """Runs the code of a module that waits, after that of its package; whoever comes second waits for the first."""
    above = sys.modules.get(module.__name__.rpartition(".")[0])
    if isinstance(above, _Deferred):
        _load(above)
    spec = module.__spec__
    assert spec is not None and spec.loader is not None
    state = spec.loader_state
    if not isinstance(state, _State) or not state.lock.acquire(timeout=_PATIENCE):
        return
    try:
        if isinstance(module, _Deferred) and not state.loading:
            _run(module, spec.loader, state)
    finally:
        state.lock.release()


def _run(module: types.ModuleType, loader: Any, state: "_State") -> None:
    empty = dict(vars(module))
    state.loading = True
    try:
        loader.exec_module(module)
    except BaseException:  # as if it had never been tried
        vars(module).clear()
        vars(module).update(empty)
        raise
    finally:
        state.loading = False
    module.__class__ = types.ModuleType
