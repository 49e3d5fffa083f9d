"""A pushed version: a folder of the .tflite, its card model.json, its papers, and SHA256SUMS over all of them.

SHA256SUMS lists every other file. Beside it there is a second chain of digests, from the .tflite to all: its metadata
hold the digest of the card, and the card those of the papers. So it can be said which file is the damaged one, though
it be SHA256SUMS itself. Older versions of this project pushed the .tflite and the card alone, with or without digests.
"""

import os
import types
from collections.abc import Mapping, Sequence

from modules.contracts import files, sums, tflite
from modules.contracts.files import IncompleteArtifact
from modules.contracts.tflite import CARD_FILE, MODEL_FILE, TfliteModel
from modules.tflite.metadata import FileMetadata

SUMS_FILE = sums.FILE
# What every version has; a version is complete once it holds its card, which is written last.
PUSHED_FILES = (MODEL_FILE, SUMS_FILE, CARD_FILE)
# The papers: what the run found out, the model card in three forms, and the folder of small programs.
PAGE_FILE, SUMMARY_FILE = "report.html", "summary.json"
MODEL_CARD_MARKDOWN, MODEL_CARD_HTML, MODEL_CARD_JSON = "MODEL_CARD.md", "MODEL_CARD.html", "MODEL_CARD.json"
EXAMPLES_FOLDER = "examples"
# In the card's file, the digests of the papers.
_PAPERS = "files"
_PUSHED = "pushed model"
_RESTORE = "Restore it by running the pipeline that pushed it again, or take another version"


def write(
    folder: str,
    model: TfliteModel,
    papers: Mapping[str, bytes] = types.MappingProxyType({}),
    said: FileMetadata | None = None,
) -> None:
    """Writes a version: the .tflite, its card, its papers, and the digests of all.

    Args:
        folder: The version's folder.
        model: What was judged, and its card.
        papers: Further files, by their names relative to the folder.
        said: What the .tflite shall say of itself; `card_sha256` is filled in. Without it there is no header.
    """
    digests = {_PAPERS: {name: sums.digest(papers[name]) for name in sorted(papers)}} if papers else {}
    content, card = tflite.render_pushed(model, digests, said)
    contents = {**papers, MODEL_FILE: content, CARD_FILE: card}
    for name, written in [*contents.items(), (SUMS_FILE, sums.render(contents))]:
        files.write_bytes(folder, name, written)


def read(folder: str) -> TfliteModel:
    """Returns the model of a version, after checking all of its files as `parse` does.

    Raises:
        IncompleteArtifact: If a file is missing, or is not the one that was pushed.
    """
    contents = {name: _read(folder, name) for name in (MODEL_FILE, CARD_FILE)}
    if has_sums(folder):
        contents |= _read_listed(folder, _read(folder, SUMS_FILE))
    return parse(folder, contents)


def read_unchecked(folder: str) -> TfliteModel:
    """Returns the model of a version whatever its digests say.

    Raises:
        IncompleteArtifact: If a file is missing, or the card is none.
    """
    return TfliteModel(_read(folder, MODEL_FILE), tflite.read_card(folder))


def parse(folder: str, contents: Mapping[str, bytes]) -> TfliteModel:
    """Returns the model that the files of a version hold: the one check of whoever uses a version.

    Each file that SHA256SUMS lists must be that one, and the .tflite the one that the card describes. A version that
    was pushed before there were digests has neither; `has_sums` tells.

    Args:
        folder: Where they lie, for messages.
        contents: The files, by their names: MODEL_FILE, CARD_FILE and, if they are there, SUMS_FILE and papers.

    Raises:
        IncompleteArtifact: If one of the first three is missing, or a file is not the one that was pushed.
    """
    for name in (CARD_FILE, MODEL_FILE):
        if name not in contents:
            raise _incomplete(folder, f"has no file {name}")
    if SUMS_FILE in contents:
        listed = {MODEL_FILE, CARD_FILE, *sums.listed(contents[SUMS_FILE])}
        pushed = {name: content for name, content in contents.items() if name in listed}
        if problem := sums.problem_of(pushed, contents[SUMS_FILE]):
            raise _incomplete(folder, problem)
    if SUMS_FILE not in contents and tflite.has_digest(_PUSHED, folder, contents[CARD_FILE]):
        raise _incomplete(folder, f"has no file {SUMS_FILE}")
    try:
        return tflite.parse(_PUSHED, folder, MODEL_FILE, contents[MODEL_FILE], contents[CARD_FILE])
    except IncompleteArtifact as error:
        raise _incomplete(folder, error.what) from None


def problem_of(folder: str, contents: Mapping[str, bytes]) -> str | None:
    """Returns what is wrong with the files of a version: what `parse` would refuse, or a file that is missing.

    Args:
        folder: Where they lie, for messages.
        contents: All files of the version, by their names.

    Returns:
        A sentence without its subject; None if they are what was pushed.
    """
    try:
        parse(folder, contents)
        missing = [name for name in _listed(folder, contents.get(SUMS_FILE, b"")) if name not in contents]
    except IncompleteArtifact as error:
        return error.what
    return f"has no file {missing[0]}" if missing else None


def problem_of_all(folder: str, contents: Mapping[str, bytes]) -> str | None:
    """Returns what is wrong with a version, and in which file: also one that is there and was not pushed.

    A digest that does not fit leaves open whether the file or the digest was changed. The other chain of digests, from
    the .tflite by way of the card to the papers, tells: where it holds, SHA256SUMS is what was changed.

    Args:
        folder: Where the files lie, for messages.
        contents: All files of the folder, by their names.

    Returns:
        A sentence without its subject; None if nothing is wrong.
    """
    problem = problem_of(folder, contents)
    listed = contents.get(SUMS_FILE)
    if listed is None:
        return problem or f"has no file {SUMS_FILE}: whether the others are whole cannot be known"
    extra = sorted(contents.keys() - sums.listed(listed).keys() - {SUMS_FILE})
    papers = _confirmed(folder, contents)
    if papers or not (problem or extra):
        pushed = (*papers, MODEL_FILE, CARD_FILE)
        if listed != sums.render({name: contents[name] for name in pushed}):
            return f"holds a {SUMS_FILE} that is not the one that was pushed"
    return problem or (f"holds {extra[0]}, which was not pushed" if extra else None)


def _confirmed(folder: str, contents: Mapping[str, bytes]) -> Sequence[str]:
    """Returns the names of the papers if the .tflite, the card and all papers fit each other; else none."""
    try:
        model = tflite.parse(_PUSHED, folder, MODEL_FILE, contents[MODEL_FILE], contents[CARD_FILE])
    except (KeyError, IncompleteArtifact):
        return []
    if not tflite.has_digest(_PUSHED, folder, contents[CARD_FILE]):
        return []
    papers = model.card.pushed.get(_PAPERS, {})
    fitting = all(name in contents and sums.digest(contents[name]) == papers[name] for name in papers)
    return list(papers) if fitting else []


def read_files(folder: str, sha256: str) -> dict[str, bytes]:
    """Returns the files of a version that was pushed with digests, by their names, after checking all of them.

    Args:
        folder: Where they lie.
        sha256: What `digest` was when they were pushed.

    Returns:
        The papers first, the card last.

    Raises:
        IncompleteArtifact: If a file is missing, or is not the one that was pushed.
    """
    listed = _read(folder, SUMS_FILE)
    found = _read_listed(folder, listed)
    parse(folder, found)
    if sums.digest(listed) != sha256:
        raise _incomplete(folder, f"holds another {SUMS_FILE} than was pushed")
    return {name: found[name] for name in sorted(found, key=order)}


def order(name: str) -> tuple[int, str]:
    """Returns the key by which a version's files are written: papers, the .tflite, the digests, the card."""
    return (PUSHED_FILES.index(name) + 1 if name in PUSHED_FILES else 0, name)


def digest(folder: str) -> str:
    """Returns the digest of a version's SHA256SUMS, and so of all that it lists."""
    return sums.digest(_read(folder, SUMS_FILE))


def has_sums(folder: str) -> bool:
    """Tells whether a version, on this machine, holds digests by which `read` can check it."""
    return os.path.exists(os.path.join(folder, SUMS_FILE))


def _read_listed(folder: str, listed: bytes) -> dict[str, bytes]:
    """Returns the files that SHA256SUMS lists, and itself."""
    return {name: _read(folder, name) for name in _listed(folder, listed)} | {SUMS_FILE: listed}


def _listed(folder: str, listed: bytes) -> list[str]:
    names = list(sums.listed(listed))
    for name in names:
        if not sums.is_inside(name):
            raise _incomplete(folder, f"holds a {SUMS_FILE} with a line for {name!r}, which is no file of the folder")
    return names


def _read(folder: str, name: str) -> bytes:
    try:
        return files.read_bytes(_PUSHED, folder, name)
    except IsADirectoryError:
        raise _incomplete(folder, f"has a folder {name} in the place of a file") from None


def _incomplete(folder: str, what: str) -> IncompleteArtifact:
    return IncompleteArtifact(_PUSHED, folder, what, _RESTORE)
