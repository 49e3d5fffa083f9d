"""A .tflite with its card, model.json: as TFMA reads it, in every numeric form, and as it is pushed."""

import dataclasses
import os
from collections.abc import Mapping, Sequence
from typing import Any

from modules.contracts import files

MODEL_FILE, CARD_FILE = "model.tflite", "model.json"
# A model artifact's folder for serving, as TFX calls it, and in there a .tflite, as TFMA calls it.
_SERVING_FOLDER, _TFMA_FILE = "Format-Serving", "tflite"


@dataclasses.dataclass(frozen=True)
class ModelCard:
    """What a .tflite takes and gives.

    Attributes:
        form: Name of the numeric form.
        inputs: One object per input, with `name` (the column), `tensor`, `kind`, `dtype`, `shape` and `missing`.
        outputs: One object per output, with `name`, `dtype`, `shape`, `meaning` and, of classes, their names `classes`.
        task: `binary`, `multiclass` or `regression`.
        label: The label's column.
        sparsity: Share of the kernels' weights that are zero; None before it is measured.
        pushed: What is added when the model is pushed: `version`, `text` (how the text tables are written),
            `metrics`, `size` and `run`.
    """

    form: str
    inputs: Sequence[Mapping[str, Any]]
    outputs: Sequence[Mapping[str, Any]]
    task: str
    label: str
    sparsity: float | None = None
    pushed: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def classes(self) -> list[str]:
        """Names of the classes, in order; none of a regression."""
        return list(self.outputs[0].get("classes", ()))

    def to_json(self) -> dict[str, Any]:
        """Returns one flat object: what is added when the model is pushed stands beside the other attributes."""
        flat = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        pushed = flat.pop("pushed")
        if self.sparsity is None:
            flat.pop("sparsity")
        return {**flat, **pushed}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "ModelCard":
        """Reads what `to_json` made.

        Raises:
            KeyError: If the card does not say what the model is.
        """
        own = {name: content[name] for name in ("form", "inputs", "outputs", "task", "label")}
        pushed = {name: value for name, value in content.items() if name not in {*own, "sparsity"}}
        return cls(**own, sparsity=content.get("sparsity"), pushed=pushed)


@dataclasses.dataclass(frozen=True)
class TfliteModel:
    """The content of a .tflite, and its card."""

    content: bytes
    card: ModelCard


def write_judged(uri: str, model: TfliteModel) -> None:
    """Writes a model into a Model artifact, where TFMA reads a .tflite."""
    _write(os.path.join(uri, _SERVING_FOLDER), _TFMA_FILE, model)


def read_judged(uri: str) -> TfliteModel:
    """Returns the model of a Model artifact that `write_judged` wrote."""
    return TfliteModel(files.read_bytes("model", uri, os.path.join(_SERVING_FOLDER, _TFMA_FILE)), read_judged_card(uri))


def read_judged_card(uri: str) -> ModelCard:
    """Returns the card of a Model artifact that `write_judged` wrote."""
    return ModelCard.from_json(files.read_json("model", uri, os.path.join(_SERVING_FOLDER, CARD_FILE)))


def write_form(uri: str, model: TfliteModel) -> None:
    """Writes one form of a model into a ModelForms artifact, into a folder of its name."""
    _write(os.path.join(uri, model.card.form), MODEL_FILE, model)


def read_form(uri: str, form: str) -> TfliteModel:
    """Returns one form from a ModelForms artifact."""
    content = files.read_bytes("model forms", uri, os.path.join(form, MODEL_FILE))
    return TfliteModel(content, read_card(os.path.join(uri, form)))


def write_pushed(folder: str, model: TfliteModel) -> None:
    """Writes a model and its papers as they are pushed."""
    _write(folder, MODEL_FILE, model)


def read_card(folder: str) -> ModelCard:
    """Returns the card of a folder that holds a .tflite: a form, a pushed version, or where TFMA reads it."""
    return ModelCard.from_json(files.read_json("model", folder, CARD_FILE))


def read_pushed(folder: str) -> TfliteModel:
    """Returns the model of a pushed version."""
    return TfliteModel(files.read_bytes("pushed model", folder, MODEL_FILE), read_card(folder))


def write_judged_files(uri: str, content: bytes, card: bytes) -> None:
    """Writes the files of a pushed version, byte by byte, where TFMA reads a .tflite."""
    files.write_bytes(os.path.join(uri, _SERVING_FOLDER), _TFMA_FILE, content)
    files.write_bytes(os.path.join(uri, _SERVING_FOLDER), CARD_FILE, card)


def _write(folder: str, name: str, model: TfliteModel) -> None:
    files.write_bytes(folder, name, model.content)
    files.write_json(folder, CARD_FILE, model.card.to_json(), indent=1)
