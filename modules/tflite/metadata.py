"""What a pushed .tflite says of itself, where readers of LiteRT look for it: the entry TFLITE_METADATA.

The entry holds a flatbuffer by TFLite's metadata schema (https://ai.google.dev/edge/litert/models/metadata, file
identifier M001). It is put before the file that was judged: a new root table, whose offsets lead forward into the old
bytes. Nothing of these is moved or rewritten, so that whoever cuts the header off holds what was judged, to the byte.
"""

import dataclasses
import struct
from collections.abc import Iterator, Sequence

_ENTRY = b"TFLITE_METADATA"
_FILE_IDENTIFIER, _ENTRY_IDENTIFIER = b"TFL3", b"M001"
# Fields of the tables, by their place in schema.fbs and metadata_schema.fbs.
_VERSION, _BUFFERS, _METADATA = 0, 4, 6
_NAME, _BUFFER, _DATA = 0, 1, 0
_TEXTS = {"name": 0, "description": 1, "version": 2, "author": 4, "license": 5}
# What the schema of TFLite aligns a buffer's data to, the strictest of all that the old bytes hold.
_ALIGNMENT = 16
# The most that a hostile file can make the reader follow.
_MOST_ENTRIES, _MOST_BUFFERS = 1_000, 1_000_000
_DIGEST = "sha256 of model.json: "


@dataclasses.dataclass(frozen=True)
class FileMetadata:
    """What a .tflite says of itself.

    Attributes:
        name: What the model is called.
        description: What it is for, in a sentence or more.
        version: The version that was pushed.
        author: Who answers for it.
        license: Under which licence it may be used.
        card_sha256: The digest of the model.json beside it; it stands in the last line of the schema's `description`.
    """

    name: str
    description: str
    version: str
    author: str
    license: str
    card_sha256: str


def attach(content: bytes, metadata: FileMetadata) -> bytes:
    """Returns a .tflite with metadata: a header, and behind it the file as it was; equal arguments, equal bytes.

    Args:
        content: A .tflite without such an entry.
        metadata: What it shall say of itself.

    Raises:
        ValueError: If the content is not a .tflite.
    """
    with _readable():
        root = _Table.root(content)
        buffers, entries = list(root.tables(_BUFFERS)), list(root.tables(_METADATA))
        header = _Header()
        fields: dict[int, int | _Later] = {_VERSION: root.number(_VERSION)}
        fields |= {field: _Later(root.target(field)) for field in root.fields() if field != _VERSION}
        table = header.table(fields | {_BUFFERS: _Later(), _METADATA: _Later()})
        header.lead(table[_BUFFERS], header.here())
        *_, buffer = header.vector([_Later(one.place) for one in buffers] + [_Later()])
        header.lead(table[_METADATA], header.here())
        *_, entry = header.vector([_Later(one.place) for one in entries] + [_Later()])
        made = header.table({_NAME: _Later(), _BUFFER: len(buffers)}, entry)
        header.lead(made[_NAME], header.here())
        header.data(_ENTRY + b"\0", len(_ENTRY))
        made = header.table({_DATA: _Later()}, buffer)
        header.align(_ALIGNMENT, 4)
        header.lead(made[_DATA], header.here())
        note = _entry(metadata)
        header.data(note, len(note))
        return header.before(content)


def read(content: bytes) -> FileMetadata | None:
    """Returns what a .tflite says of itself; None if it says nothing.

    Raises:
        ValueError: If the content is not a .tflite, or its entry is not by the schema.
    """
    with _readable():
        root = _Table.root(content)
        for entry in root.tables(_METADATA):
            if entry.text(_NAME) == _ENTRY.decode():
                buffers = list(root.tables(_BUFFERS))
                return _read_entry(buffers[entry.number(_BUFFER)].bytes(_DATA))
    return None


def _read_entry(note: bytes) -> FileMetadata:
    table = _Table.root(note, _ENTRY_IDENTIFIER)
    texts = {name: table.text(field) for name, field in _TEXTS.items()}
    description, found, digest = texts.pop("description").rpartition("\n" + _DIGEST)
    if not found:
        raise ValueError("its metadata holds no digest of model.json")
    return FileMetadata(description=description, card_sha256=digest, **texts)


def _entry(metadata: FileMetadata) -> bytes:
    """Returns the flatbuffer of the entry."""
    texts = {name: getattr(metadata, name) for name in _TEXTS}
    texts["description"] += "\n" + _DIGEST + metadata.card_sha256
    note = _Header(_ENTRY_IDENTIFIER)
    places = note.table({field: _Later() for field in _TEXTS.values()})
    for name, field in _TEXTS.items():
        note.lead(places[field], note.here())
        encoded = texts[name].encode()
        note.data(encoded + b"\0", len(encoded))
    return note.before(b"")


@dataclasses.dataclass(frozen=True)
class _Later:
    """An offset to a place in the old bytes, or to one that is made later on."""

    place: int | None = None


class _Header:
    """A flatbuffer in the making, from its start to its end; its offsets may lead on into the bytes behind it."""

    def __init__(self, identifier: bytes = _FILE_IDENTIFIER) -> None:
        self._made = bytearray(4) + identifier
        self._onwards: list[tuple[int, int]] = []

    def here(self) -> int:
        """Returns where the next object will lie."""
        self.align(4)
        return len(self._made)

    def align(self, to: int, behind: int = 0) -> None:
        """Fills up with zeros, until `behind` bytes from here the alignment holds."""
        self._made += bytes(-(len(self._made) + behind) % to)

    def lead(self, place: int, target: int) -> None:
        """Makes the offset at a place lead to a target in the header."""
        struct.pack_into("<I", self._made, place, target - place)

    def table(self, fields: dict[int, "int | _Later"], offset: int = 0) -> dict[int, int]:
        """Appends a table and its vtable, and makes the offset at a place lead to it; returns the fields' places."""
        slots = max(fields) + 1
        start = self.here()
        inline = {field: 4 * number for number, field in enumerate(sorted(fields), 1)}
        sizes = (4 + 2 * slots, 4 + 4 * len(fields))
        self._made += struct.pack(f"<{2 + slots}H", *sizes, *(inline.get(field, 0) for field in range(slots)))
        table = self.here()
        self.lead(offset, table)
        self._made += struct.pack("<i", table - start)
        return {field: self._append(fields[field]) for field in sorted(fields)}

    def vector(self, elements: Sequence[_Later]) -> list[int]:
        """Appends a vector of offsets; returns their places."""
        self._made += struct.pack("<I", len(elements))
        return [self._append(element) for element in elements]

    def data(self, content: bytes, length: int) -> None:
        """Appends a vector of bytes, or a string with the zero behind it."""
        self._made += struct.pack("<I", length) + content

    def before(self, content: bytes) -> bytes:
        """Returns the header, and behind it the bytes that its offsets lead to."""
        self.align(_ALIGNMENT)
        for place, target in self._onwards:
            self.lead(place, len(self._made) + target)
        return bytes(self._made) + content

    def _append(self, value: "int | _Later") -> int:
        place = len(self._made)
        if isinstance(value, _Later) and value.place is not None:
            self._onwards.append((place, value.place))
        self._made += struct.pack("<I", 0 if isinstance(value, _Later) else value)
        return place


class _Table:
    """A table of a flatbuffer; a place that is not in the buffer is a `struct.error` or a `ValueError`."""

    def __init__(self, content: bytes, place: int) -> None:
        self._content, self.place = content, place
        self._vtable = place - self._unpacked("<i", place)

    @classmethod
    def root(cls, content: bytes, identifier: bytes = _FILE_IDENTIFIER) -> "_Table":
        """Returns the root of a buffer."""
        if content[4:8] != identifier:
            raise ValueError(f"it does not begin as a file of {identifier.decode()} does")
        return cls(content, struct.unpack_from("<I", content)[0])

    def fields(self) -> list[int]:
        """Returns which fields the table has."""
        slots = (self._unpacked("<H", self._vtable) - 4) // 2
        return [field for field in range(slots) if self._unpacked("<H", self._vtable + 4 + 2 * field)]

    def number(self, field: int) -> int:
        """Returns a whole number; 0 if it is not there."""
        return self._unpacked("<I", self._slot(field)) if field in self.fields() else 0

    def target(self, field: int) -> int:
        """Returns where the object lies that a field leads to."""
        slot = self._slot(field)
        return slot + self._unpacked("<I", slot)

    def tables(self, field: int) -> Iterator["_Table"]:
        """Yields the tables of a vector."""
        if field not in self.fields():
            return
        start = self.target(field)
        count = self._unpacked("<I", start)
        if count > (_MOST_BUFFERS if field == _BUFFERS else _MOST_ENTRIES):
            raise ValueError("a list in it is longer than any honest one")
        for slot in range(start + 4, start + 4 + 4 * count, 4):
            yield _Table(self._content, slot + self._unpacked("<I", slot))

    def bytes(self, field: int) -> bytes:
        """Returns a vector of bytes; none if it is not there."""
        if field not in self.fields():
            return b""
        start = self.target(field)
        return self._content[start + 4 : start + 4 + self._unpacked("<I", start)]

    def text(self, field: int) -> str:
        """Returns a text."""
        return self.bytes(field).decode()

    def _slot(self, field: int) -> int:
        return self.place + self._unpacked("<H", self._vtable + 4 + 2 * field)

    def _unpacked(self, form: str, place: int) -> int:
        if place < 0:
            raise ValueError("an offset in it leads out of it")
        return int(struct.unpack_from(form, self._content, place)[0])


class _readable:
    """Turns what reading bytes that are no flatbuffer ends in into a `ValueError`."""

    def __enter__(self) -> None:
        """Does nothing."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, struct.error | IndexError | OverflowError):
            raise ValueError("it is cut off, or an offset in it leads out of it") from error
