"""Writing a .tflite with nothing in it twice.

FlatBuffers allow that several tables lead to one vector, one string or one table. TensorFlow's writer writes each anew:
the shape [1, 64] as often as tensors have it, and an empty table for the options of every operator that has none.
"""

from typing import Any

import flatbuffers
import numpy as np

_IDENTIFIER = b"TFL3"
# What TFLite's schema aligns the content of a buffer to; TensorFlow's own writer in Python does not.
_ALIGNMENT = 16


def pack(flat: Any) -> bytes:
    """Returns the bytes of a model.

    Args:
        flat: A `ModelT`, as flatbuffer_utils reads one.
    """
    builder = _SharingBuilder(1_024)
    builder.Finish(flat.Pack(builder), file_identifier=_IDENTIFIER)
    return bytes(builder.Output())


class _SharingBuilder(flatbuffers.Builder):
    """A builder that takes back what it has just written, where the same lies in the buffer already.

    Its methods have the names that the classes of the schema call.
    """

    head: int

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self._known: dict[tuple[int, bytes, bytes], int] = {}
        self._start, self._length, self._alignment, self._leads_on = 0, 0, 0, False

    def StartVector(self, elemSize: int, numElems: int, alignment: int) -> Any:  # noqa: N802, N803
        self._begin(elemSize * numElems, alignment)
        return super().StartVector(elemSize, numElems, alignment)

    def EndVector(self, numElems: int | None = None) -> Any:  # noqa: N802, N803
        return self._once(super().EndVector(), 4 + self._length)

    def CreateString(self, s: Any, encoding: str = "utf-8", errors: str = "strict") -> Any:  # noqa: N802
        self._begin(len(s if isinstance(s, bytes) else s.encode(encoding, errors)) + 1, 1)
        return super().CreateString(s, encoding, errors)

    def CreateNumpyVector(self, x: np.ndarray) -> Any:  # noqa: N802
        if x.dtype != np.uint8:
            return super().CreateNumpyVector(x)
        self.StartVector(1, len(x), _ALIGNMENT)
        self.head = self.head - len(x)
        self.Bytes[self.head : self.head + len(x)] = x.tobytes()
        return self.EndVector()

    def StartObject(self, numfields: int) -> Any:  # noqa: N802
        self._begin(0, 4)
        return super().StartObject(numfields)

    def EndObject(self) -> Any:  # noqa: N802
        ends = [end and end - self._start for end in self.current_vtable]
        place = super().EndObject()
        return self._once(place, place - self._start, repr(ends).encode())

    def PrependUOffsetTRelative(self, off: int) -> Any:  # noqa: N802
        self._leads_on = True
        return super().PrependUOffsetTRelative(off)

    def _begin(self, length: int, alignment: int) -> None:
        self._start, self._length, self._alignment, self._leads_on = self.Offset(), length, alignment, False

    def _once(self, place: int, length: int, fields: bytes = b"") -> int:
        """Takes back a vector or a table of this length that lies at a place already, unless it leads to others."""
        if self._leads_on:
            return place
        start = len(self.Bytes) - place
        content = bytes(self.Bytes[start : start + length])
        if fields:  # where a table's fields are described is told relative to the table
            content = content[4:]
        known = self._known.setdefault((self._alignment, fields, content), place)
        if known != place:
            self.head = len(self.Bytes) - self._start
        return known
