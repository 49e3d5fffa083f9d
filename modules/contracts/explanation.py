"""Why the model answers as it does: explanation.json."""

from collections.abc import Sequence

from modules.contracts import files, method_results
from modules.contracts.method_results import MethodResult

_FILE = "explanation.json"


def write(uri: str, results: Sequence[MethodResult]) -> None:
    """Writes what each method found out."""
    files.write_json(uri, _FILE, method_results.to_json(results))


def read(uri: str) -> list[MethodResult]:
    """Returns what each method found out."""
    return method_results.from_json(files.read_json("explanation", uri, _FILE))
