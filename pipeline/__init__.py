"""What runs: the config, the wiring, the evaluation and the engines; and the interface of Python.

    from pipeline import fit, load

    run = fit(frame, label="churned")
    run.report()
    model = load(run.pushed)

Nothing of it is imported before it is asked for: a runner that prints its help needs none of it.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modules.base.errors import UserError as UserError
    from pipeline.python.fitting import fit as fit
    from pipeline.python.model import load as load

_INTERFACE = {
    "fit": "pipeline.python.fitting",
    "load": "pipeline.python.model",
    "UserError": "modules.base.errors",
}


def __getattr__(name: str) -> Any:
    """Imports what is asked for, when it is asked for, as PEP 562 has it."""
    if name not in _INTERFACE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_INTERFACE[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_INTERFACE})
