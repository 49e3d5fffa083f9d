"""Values of parameters, and the types that the steps declare for them."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from modules.base import credentials
from pipeline.kubeflow.lint.finding import Finding
from pipeline.kubeflow.lint.shape import said

_Test = Callable[[Any], bool]
_TYPES: dict[str, tuple[str, _Test]] = {
    "STRING": ("a text", lambda value: isinstance(value, str)),
    "NUMBER_INTEGER": ("a whole number", lambda value: isinstance(value, float) and value.is_integer()),
    "NUMBER_DOUBLE": ("a number", lambda value: isinstance(value, float)),
    "BOOLEAN": ("true or false", lambda value: isinstance(value, bool)),
    "LIST": ("a list", lambda value: isinstance(value, list)),
    "STRUCT": ("a map", lambda value: isinstance(value, dict)),
}


def check(task: str, what: str, entry: dict[str, Any], value: Any) -> Iterator[Finding]:
    """Checks one value.

    Args:
        task: The task, or the part of the file.
        what: What the value is of, as `its parameter 'code'`.
        entry: The parameter's declaration.
        value: As protocol buffers give it: every number is a float.
    """
    kind = entry.get("parameterType", "")
    if kind not in _TYPES:
        yield Finding(task, f"{what} has the type {kind!r}", f"the backends know {', '.join(_TYPES)}")
        return
    expected, fits = _TYPES[kind]
    if not fits(value):
        yield Finding(task, f"{what} is {said(value)}", f"it is declared to be {expected}")
    elif isinstance(value, str) and (credential := credentials.in_address(value)):
        yield Finding(
            task, f"{what} holds {credential}", "everybody could read it in this file", "Leave it out of the config"
        )
    elif isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            json.loads(value)
        except (ValueError, RecursionError) as error:
            reason = str(error).splitlines()[0][:100]
            yield Finding(task, f"{what} is cut or broken JSON", f"the step could not read it ({reason})")
