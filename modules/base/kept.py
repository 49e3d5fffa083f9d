"""Results that later steps of a process ask for again, kept within a limit of bytes."""

import collections
import threading
from collections.abc import Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """The values that were asked for last, as many as fit; safe among threads.

    Args:
        most_bytes: The limit of all together; a larger value is not kept.
    """

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._values: collections.OrderedDict[Hashable, tuple[Value, int]] = collections.OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Value | None:
        """Returns a value that is kept, or None."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key][0]

    def put(self, key: Hashable, value: Value, size: int) -> None:
        """Keeps a value, and drops those that were not asked for the longest time until all fit.

        Args:
            key: What it is asked for by.
            value: The value; whoever asks for it must not change it.
            size: Its bytes.
        """
        with self._lock:
            self._bytes -= self._values.pop(key, (None, 0))[1]
            if size <= self.most_bytes:
                self._values[key] = value, size
                self._bytes += size
            while self._bytes > self.most_bytes:
                self._bytes -= self._values.popitem(last=False)[1][1]
