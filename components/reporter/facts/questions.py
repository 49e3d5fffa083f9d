"""What the Explainer and the Debugger found out."""

from typing import Any

from components.reporter.sources import Sources
from modules.contracts import debugging, explanation, method_results

_READERS = {"explanation": explanation.read, "debugging": debugging.read}


def facts(sources: Sources) -> dict[str, Any]:
    """Returns `explanation` and `debugging`: a list of `method`, `content` and `note` each, where the step ran."""
    found = {name: sources.read(name, reader) for name, reader in _READERS.items()}
    return {name: method_results.to_json(results) for name, results in found.items() if results is not None}
