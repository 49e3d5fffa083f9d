"""Models of one run side by side as .tflite: each in a folder that is called like its form, and forms.json, a list."""

from collections.abc import Iterable

from modules.contracts import files, tflite
from modules.contracts.tflite import TfliteModel

_ARTIFACT, _FILE = "model forms", "forms.json"


def write(uri: str, models: Iterable[TfliteModel]) -> None:
    """Writes the models into a ModelForms artifact."""
    names = []
    for model in models:
        tflite.write_form(uri, model)
        names.append(model.card.form)
    files.write_json(uri, _FILE, names)


def read(uri: str) -> dict[str, TfliteModel]:
    """Returns the models by their form, in the order of writing; raises as `tflite.read_judged` does."""
    return {name: tflite.read_form(uri, name) for name in files.read_json(_ARTIFACT, uri, _FILE)}
