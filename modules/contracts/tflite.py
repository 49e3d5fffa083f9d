"""A .tflite with its card, model.json: as TFMA reads it, and in every numeric form. `pushed_folder` reads pushed ones.

The card holds the digest of the .tflite as it was judged, which is checked wherever both are read. A pushed .tflite is
the judged one, byte for byte, behind a header that names the digest of the card: neither digest depends on the other.
The digest that the Evaluator records of what it judged is that of the card as it read it.
"""

import dataclasses
import os
import types
from collections.abc import Mapping, Sequence
from typing import Any

from modules import tasks
from modules.contracts import card_checks, files, sums
from modules.contracts.files import IncompleteArtifact
from modules.tflite import metadata
from modules.tflite.metadata import FileMetadata

MODEL_FILE, CARD_FILE = "model.tflite", "model.json"
# In the card's file, the digest of the .tflite that was judged, and how many of the last bytes of the one beside it
# that is.
_SHA256, JUDGED_BYTES = "sha256", "judged_bytes"
# And what the .tflite says of itself.
_METADATA = "metadata"
# What a card need not have.
_OPTIONAL = ("sparsity", "threshold")
# A model artifact's folder for serving, as TFX calls it, and in there a .tflite, as TFMA calls it.
SERVING_FOLDER, _TFMA_FILE = "Format-Serving", "tflite"


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
        threshold: The decision threshold: a row is predicted positive if its probability is above it. None of a task
            without a positive class; the default one of a card that says none.
        pushed: What is added when the model is pushed, as docs/papers.md describes it: `version`, `text` (how the text
            tables are written), `metrics`, `size`, `run`, `examples`, `files`.
    """

    form: str
    inputs: Sequence[Mapping[str, Any]]
    outputs: Sequence[Mapping[str, Any]]
    task: str
    label: str
    sparsity: float | None = None
    threshold: float | None = None
    pushed: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def classes(self) -> list[str]:
        """Names of the classes, in order; none of a regression."""
        return list(self.outputs[0].get("classes", ()))

    def to_json(self) -> dict[str, Any]:
        """Returns one flat object: what is added when the model is pushed stands beside the other attributes."""
        flat = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        pushed = flat.pop("pushed")
        measured = {name: flat.pop(name) for name in _OPTIONAL}
        return {**flat, **{name: value for name, value in measured.items() if value is not None}, **pushed}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "ModelCard":
        """Reads what `to_json` made.

        Raises:
            ValueError: If it is not what `to_json` makes, in words.
        """
        if problem := card_checks.problem_of(content):
            raise ValueError(problem)
        own = {name: content[name] for name in ("form", "inputs", "outputs", "task", "label")}
        pushed = {
            name: value
            for name, value in content.items()
            if name not in {*own, *_OPTIONAL, _SHA256, JUDGED_BYTES, _METADATA}
        }
        default = tasks.named(own["task"]).default_threshold
        return cls(**own, sparsity=content.get("sparsity"), threshold=content.get("threshold", default), pushed=pushed)


@dataclasses.dataclass(frozen=True)
class TfliteModel:
    """The content of a .tflite, and its card."""

    content: bytes
    card: ModelCard


def write_judged(uri: str, model: TfliteModel) -> None:
    """Writes a model into a Model artifact, where TFMA reads a .tflite."""
    _write(os.path.join(uri, SERVING_FOLDER), _TFMA_FILE, model)


def read_judged(uri: str) -> TfliteModel:
    """Returns the model of a Model artifact that `write_judged` wrote.

    Raises:
        IncompleteArtifact: If a file is missing, or the .tflite is not the one that the card describes.
    """
    return _read("model", os.path.join(uri, SERVING_FOLDER), _TFMA_FILE)


def read_judged_card(uri: str) -> ModelCard:
    """Returns the card of a Model artifact that `write_judged` wrote."""
    return read_card(os.path.join(uri, SERVING_FOLDER))


def judged_digest(uri: str) -> str:
    """Returns the digest of the card of a Model artifact, and so, by way of the card, of all of the model."""
    return sums.digest(files.read_bytes("model", os.path.join(uri, SERVING_FOLDER), CARD_FILE))


def write_form(uri: str, model: TfliteModel) -> None:
    """Writes one form of a model into a ModelForms artifact, into a folder of its name."""
    _write(os.path.join(uri, model.card.form), MODEL_FILE, model)


def read_form(uri: str, form: str) -> TfliteModel:
    """Returns one form from a ModelForms artifact; raises as `read_judged` does."""
    return _read("model forms", os.path.join(uri, form), MODEL_FILE)


def read_card(folder: str) -> ModelCard:
    """Returns the card of a folder that holds a .tflite: a form, a pushed version, or where TFMA reads it.

    Raises:
        IncompleteArtifact: If it is missing, or is no card.
    """
    return _card("model", folder, files.read_bytes("model", folder, CARD_FILE))[0]


def write_judged_files(uri: str, content: bytes, card: bytes) -> None:
    """Writes the .tflite and the card of a pushed version, byte by byte, where TFMA reads a .tflite."""
    files.write_bytes(os.path.join(uri, SERVING_FOLDER), _TFMA_FILE, content)
    files.write_bytes(os.path.join(uri, SERVING_FOLDER), CARD_FILE, card)


def render_card(model: TfliteModel, further: Mapping[str, Any] = types.MappingProxyType({})) -> bytes:
    """Returns the content of model.json.

    Args:
        model: The .tflite, as it was judged, and its card.
        further: What else it says.
    """
    said = {**model.card.to_json(), **further, _SHA256: sums.digest(model.content)}
    return files.render_json(said, indent=1)


def parse(artifact: str, folder: str, name: str, content: bytes, card: bytes) -> TfliteModel:
    """Returns the model that a .tflite and its card hold, after checking the one against the other.

    Args:
        artifact: What holds them, for messages.
        folder: Where they lie, for messages.
        name: What the .tflite is called there.
        content: The .tflite; a pushed one is the one that was judged behind a header with its metadata.
        card: The content of model.json.

    Raises:
        IncompleteArtifact: If it is no card, or the card of another .tflite.
    """
    read, said = _card(artifact, folder, card)
    sha256, judged = said.get(_SHA256), judged_part(content, said)
    if sha256 and (sums.digest(judged) != sha256 or not _is_header_of(content, judged, card, said)):
        what = f"holds a {name} of {len(content):,} bytes that is not the one that {CARD_FILE} describes"
        raise IncompleteArtifact(artifact, folder, f"{what} (its sha256 differs)")
    return TfliteModel(content, read)


def has_digest(artifact: str, folder: str, card: bytes) -> bool:
    """Tells whether a card holds the digest of its .tflite; arguments and errors as those of `parse`."""
    return _SHA256 in _card(artifact, folder, card)[1]


def judged_part(content: bytes, said: Mapping[str, Any]) -> bytes:
    """Returns what was judged of a .tflite: its last bytes, as many as model.json says; all where it does not say."""
    return content[-said[JUDGED_BYTES] :] if JUDGED_BYTES in said else content


def render_pushed(
    model: TfliteModel, further: Mapping[str, Any], header: FileMetadata | None = None
) -> tuple[bytes, bytes]:
    """Returns a .tflite as it is pushed, and the content of its model.json; arguments as those of `render_card`.

    Args:
        model: What was judged, and its card.
        further: What else model.json says.
        header: What the .tflite shall say of itself; `card_sha256` is filled in.
    """
    if header is None:
        return model.content, render_card(model, further)
    said = dataclasses.asdict(header)
    said.pop("card_sha256")
    card = render_card(model, {**further, _METADATA: said, JUDGED_BYTES: len(model.content)})
    return _with_header(model.content, said, card), card


def _with_header(judged: bytes, said: Mapping[str, str], card: bytes) -> bytes:
    return metadata.attach(judged, FileMetadata(**said, card_sha256=sums.digest(card)))


def _is_header_of(content: bytes, judged: bytes, card: bytes, said: Mapping[str, Any]) -> bool:
    """Tells whether a .tflite is just what was judged, and before it what the card says of it and the card's digest."""
    try:
        return content == (_with_header(judged, said[_METADATA], card) if _METADATA in said else judged)
    except (ValueError, TypeError):
        return False


def _write(folder: str, name: str, model: TfliteModel) -> None:
    files.write_bytes(folder, name, model.content)
    files.write_bytes(folder, CARD_FILE, render_card(model))


def _read(artifact: str, folder: str, name: str) -> TfliteModel:
    """Reads a .tflite and its card, and checks the one against the other."""
    content = files.read_bytes(artifact, folder, name)
    return parse(artifact, folder, name, content, files.read_bytes(artifact, folder, CARD_FILE))


def _card(artifact: str, folder: str, content: bytes) -> tuple[ModelCard, Mapping[str, Any]]:
    """Returns the card, and all that its file says."""
    said = files.parse_json(artifact, folder, CARD_FILE, content)
    try:
        return ModelCard.from_json(said), said
    except ValueError as error:
        raise IncompleteArtifact(artifact, folder, f"holds {CARD_FILE}, which {error}") from None
