"""A teacher whose members are trained once per fold: teacher.json, and a file per member and fold."""

import dataclasses
import gzip
import os
from collections.abc import Mapping, Sequence
from typing import Any

from modules.contracts import files, tflite

_NAME = "teacher"
_FILE, _FIGURES = "teacher.json", "teacher_figures.json"


@dataclasses.dataclass(frozen=True)
class SavedMember:
    """A member.

    Attributes:
        kind: Its kind, as the config names it.
        description: What its models have in common.
        models: The content of a file per fold.
    """

    kind: str
    description: Mapping[str, Any]
    models: Sequence[bytes]


@dataclasses.dataclass(frozen=True)
class SavedTeacher:
    """The whole teacher.

    Attributes:
        folds: How many folds the training rows were dealt to.
        seed: What they were dealt by.
        members: The members.
    """

    folds: int
    seed: int
    members: Sequence[SavedMember]

    @property
    def size(self) -> int:
        """The size of its files."""
        return sum(map(len, self._contents))

    @property
    def gzip_size(self) -> int:
        """Their size after gzip of level 9."""
        return sum(len(gzip.compress(content, 9)) for content in self._contents)

    @property
    def _contents(self) -> list[bytes]:
        return [files.render_json(self._table), *(model for member in self.members for model in member.models)]

    @property
    def _table(self) -> dict[str, Any]:
        members = [{"kind": member.kind, "description": member.description} for member in self.members]
        return {"folds": self.folds, "seed": self.seed, "members": members}


def write(directory: str, teacher: SavedTeacher) -> None:
    """Writes a teacher. The file that makes it one comes last: a directory without it holds no teacher of this form."""
    for number, member in enumerate(teacher.members):
        for fold, content in enumerate(member.models):
            files.write_bytes(directory, _model_file(number, fold), content)
    files.write_json(directory, _FILE, teacher._table)


def is_one(directory: str) -> bool:
    """Tells whether a directory, local or remote, holds such a teacher: other teachers are exported networks."""
    return files.exists(directory, _FILE)


def read(directory: str) -> SavedTeacher:
    """Returns the teacher in a directory."""
    table = files.read_json(_NAME, directory, _FILE)
    members = [
        SavedMember(
            entry["kind"],
            entry["description"],
            [files.read_bytes(_NAME, directory, _model_file(number, fold)) for fold in range(table["folds"])],
        )
        for number, entry in enumerate(table["members"])
    ]
    return SavedTeacher(table["folds"], table["seed"], members)


def read_members(uri: str) -> tuple[int, list[str]] | None:
    """Returns the number of folds and the kind of each member, without reading the models.

    Args:
        uri: The model artifact, whose serving directory holds the teacher.

    Returns:
        None where the teacher is an exported network.
    """
    directory = os.path.join(uri, tflite.SERVING_FOLDER)
    if not is_one(directory):
        return None
    table = files.read_json(_NAME, directory, _FILE)
    return table["folds"], [entry["kind"] for entry in table["members"]]


def write_figures(uri: str, figures: Mapping[str, Any]) -> None:
    """Writes what such a teacher takes of a machine, beside the forms of models that are .tflite files.

    Args:
        uri: The ModelForms artifact.
        figures: The fields of `DeviceFigures`.
    """
    files.write_json(uri, _FIGURES, dict(figures))


def read_figures(uri: str) -> dict[str, dict[str, Any]]:
    """Returns what `write_figures` wrote, by the name of the rung; nothing where all models are .tflite files."""
    return {_NAME: files.read_json("model forms", uri, _FIGURES)} if files.exists(uri, _FIGURES) else {}


def _model_file(member: int, fold: int) -> str:
    return os.path.join("members", str(member), f"fold-{fold}")
