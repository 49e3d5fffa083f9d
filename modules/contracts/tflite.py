"""A .tflite with its card, model.json: as TFMA reads it, in every numeric form, and as it is pushed.

The card holds the digest of the .tflite, which is checked wherever both are read. What a pushed version's SHA256SUMS
holds covers the card, too; the digest that the Evaluator records of what it judged is that of the card as it read it.
"""

import dataclasses
import os
from collections.abc import Mapping, Sequence
from typing import Any

from modules.contracts import card_checks, files, sums
from modules.contracts.files import IncompleteArtifact

MODEL_FILE, CARD_FILE, SUMS_FILE = "model.tflite", "model.json", sums.FILE
# A version is complete once it holds its card, which is written last.
PUSHED_FILES = (MODEL_FILE, SUMS_FILE, CARD_FILE)
# In the card's file, the digest of the .tflite beside it.
_SHA256 = "sha256"
# A model artifact's folder for serving, as TFX calls it, and in there a .tflite, as TFMA calls it.
_SERVING_FOLDER, _TFMA_FILE = "Format-Serving", "tflite"
_PUSHED = "pushed model"
_RESTORE = "Restore it by running the pipeline that pushed it again, or take another version"


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
            ValueError: If it is not what `to_json` makes, in words.
        """
        if problem := card_checks.problem_of(content):
            raise ValueError(problem)
        own = {name: content[name] for name in ("form", "inputs", "outputs", "task", "label")}
        pushed = {name: value for name, value in content.items() if name not in {*own, "sparsity", _SHA256}}
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
    """Returns the model of a Model artifact that `write_judged` wrote.

    Raises:
        IncompleteArtifact: If a file is missing, or the .tflite is not the one that the card describes.
    """
    return _read("model", os.path.join(uri, _SERVING_FOLDER), _TFMA_FILE)


def read_judged_card(uri: str) -> ModelCard:
    """Returns the card of a Model artifact that `write_judged` wrote."""
    return read_card(os.path.join(uri, _SERVING_FOLDER))


def judged_digest(uri: str) -> str:
    """Returns the digest of the card of a Model artifact, and so, by way of the card, of all of the model."""
    return sums.digest(files.read_bytes("model", os.path.join(uri, _SERVING_FOLDER), CARD_FILE))


def write_form(uri: str, model: TfliteModel) -> None:
    """Writes one form of a model into a ModelForms artifact, into a folder of its name."""
    _write(os.path.join(uri, model.card.form), MODEL_FILE, model)


def read_form(uri: str, form: str) -> TfliteModel:
    """Returns one form from a ModelForms artifact; raises as `read_judged` does."""
    return _read("model forms", os.path.join(uri, form), MODEL_FILE)


def write_pushed(folder: str, model: TfliteModel) -> None:
    """Writes a model and its papers as they are pushed, and the digests of both."""
    _write(folder, MODEL_FILE, model)
    names = (MODEL_FILE, CARD_FILE)
    files.write_bytes(folder, SUMS_FILE, sums.render({name: files.read_bytes(_PUSHED, folder, name) for name in names}))


def read_card(folder: str) -> ModelCard:
    """Returns the card of a folder that holds a .tflite: a form, a pushed version, or where TFMA reads it.

    Raises:
        IncompleteArtifact: If it is missing, or is no card.
    """
    return _card("model", folder, files.read_bytes("model", folder, CARD_FILE))[0]


def read_pushed(folder: str) -> TfliteModel:
    """Returns the model of a pushed version, after checking its files as `of_pushed` does.

    Raises:
        IncompleteArtifact: If a file is missing, or is not the one that was pushed.
    """
    names = [name for name in PUSHED_FILES if os.path.exists(os.path.join(folder, name))]
    return of_pushed(folder, {name: files.read_bytes(_PUSHED, folder, name) for name in names})


def of_pushed(folder: str, contents: Mapping[str, bytes]) -> TfliteModel:
    """Returns the model that the files of a pushed version hold: the one check of whoever uses a version.

    Both files must be those that SHA256SUMS lists, and the .tflite the one that the card describes. A version that was
    pushed before there were digests has neither; `has_sums` tells.

    Args:
        folder: Where they lie, for messages.
        contents: The files, by their names: MODEL_FILE, CARD_FILE and, if it is there, SUMS_FILE.

    Raises:
        IncompleteArtifact: If a file is missing, or is not the one that was pushed.
    """
    for name in (CARD_FILE, MODEL_FILE):
        if name not in contents:
            raise IncompleteArtifact(_PUSHED, folder, f"has no file {name}", _RESTORE)
    judged = {name: contents[name] for name in (MODEL_FILE, CARD_FILE)}
    if SUMS_FILE in contents and (problem := sums.problem_of(judged, contents[SUMS_FILE])):
        raise IncompleteArtifact(_PUSHED, folder, problem, _RESTORE)
    card, sha256 = _card(_PUSHED, folder, contents[CARD_FILE])
    if sha256 and SUMS_FILE not in contents:
        raise IncompleteArtifact(_PUSHED, folder, f"has no file {SUMS_FILE}", _RESTORE)
    return _checked(_PUSHED, folder, MODEL_FILE, TfliteModel(contents[MODEL_FILE], card), sha256)


def problem_of_pushed(folder: str, contents: Mapping[str, bytes]) -> str | None:
    """Returns what `of_pushed` would refuse files for; None if they are what was pushed."""
    try:
        of_pushed(folder, contents)
    except IncompleteArtifact as error:
        return error.what
    return None


def read_pushed_files(folder: str, sha256: str) -> dict[str, bytes]:
    """Returns the files of a version that was pushed with digests, by their names, after checking all of them.

    Args:
        folder: Where they lie.
        sha256: What `pushed_digest` was when they were pushed.

    Raises:
        IncompleteArtifact: If a file is missing, or is not the one that was pushed.
    """
    contents = {name: files.read_bytes(_PUSHED, folder, name) for name in PUSHED_FILES}
    of_pushed(folder, contents)
    if sums.digest(contents[SUMS_FILE]) != sha256:
        raise IncompleteArtifact(_PUSHED, folder, f"holds another {SUMS_FILE} than was pushed", _RESTORE)
    return contents


def pushed_digest(folder: str) -> str:
    """Returns the digest of a pushed version's SHA256SUMS, and so of all that it lists."""
    return sums.digest(files.read_bytes(_PUSHED, folder, SUMS_FILE))


def has_sums(folder: str) -> bool:
    """Tells whether a pushed version, on this machine, holds digests by which `read_pushed` can check it."""
    return os.path.exists(os.path.join(folder, SUMS_FILE))


def write_judged_files(uri: str, content: bytes, card: bytes) -> None:
    """Writes the .tflite and the card of a pushed version, byte by byte, where TFMA reads a .tflite."""
    files.write_bytes(os.path.join(uri, _SERVING_FOLDER), _TFMA_FILE, content)
    files.write_bytes(os.path.join(uri, _SERVING_FOLDER), CARD_FILE, card)


def _write(folder: str, name: str, model: TfliteModel) -> None:
    files.write_bytes(folder, name, model.content)
    files.write_json(folder, CARD_FILE, {**model.card.to_json(), _SHA256: sums.digest(model.content)}, indent=1)


def _read(artifact: str, folder: str, name: str) -> TfliteModel:
    """Reads a .tflite and its card, and checks the one against the other."""
    content = files.read_bytes(artifact, folder, name)
    card, sha256 = _card(artifact, folder, files.read_bytes(artifact, folder, CARD_FILE))
    return _checked(artifact, folder, name, TfliteModel(content, card), sha256)


def _card(artifact: str, folder: str, content: bytes) -> tuple[ModelCard, str | None]:
    """Returns the card, and the digest of the .tflite that it holds."""
    found = files.parse_json(artifact, folder, CARD_FILE, content)
    try:
        return ModelCard.from_json(found), found.get(_SHA256)
    except ValueError as error:
        raise IncompleteArtifact(artifact, folder, f"holds {CARD_FILE}, which {error}") from None


def _checked(artifact: str, folder: str, name: str, model: TfliteModel, sha256: str | None) -> TfliteModel:
    if sha256 and sums.digest(model.content) != sha256:
        what = f"holds a {name} of {len(model.content):,} bytes that is not the one that {CARD_FILE} describes"
        raise IncompleteArtifact(artifact, folder, f"{what} (its sha256 differs)")
    return model
