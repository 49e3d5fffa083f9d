"""Several blocks at once, in order. Knows no TFX."""

import collections
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent import futures
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

# More threads than a few only wait for the one that reads and writes, and each holds a block in memory.
_MOST_THREADS = 4


def in_order(function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Applies a function to items in threads; only a few items are in memory at a time.

    It pays where the function spends its time in code that releases Python's lock, as Arrow and NumPy do.

    Args:
        function: What to apply; it must not depend on the order of its calls.
        items: Drawn by the calling thread.

    Yields:
        The results in the order of the items. Of several errors, the first in that order is raised.
    """
    threads = min(os.cpu_count() or 1, _MOST_THREADS)
    waiting: collections.deque[futures.Future[Result]] = collections.deque()
    with futures.ThreadPoolExecutor(threads) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) > threads:
                    yield waiting.popleft().result()
        except Exception:
            for future in waiting:  # an earlier item's error comes before that of drawing a later one
                future.result()
            raise
        while waiting:
            yield waiting.popleft().result()
