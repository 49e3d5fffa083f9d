"""What runs: the config, the wiring, the evaluation and the engines; and the interface of Python, `load`.

    from pipeline import load

    model = load("out/census_income/pushed")

It is not imported before it is asked for: a runner that prints its help does without.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.python.model import load as load

_INTERFACE = {"load": "pipeline.python.model"}


def __getattr__(name: str) -> Any:
    """Imports `load` when it is asked for, as PEP 562 has it."""
    if name not in _INTERFACE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_INTERFACE[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_INTERFACE})
