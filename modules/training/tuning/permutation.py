"""The numbers below a bound in an order drawn by a seed, one at a time, however many there are."""

import hashlib
from collections.abc import Iterator

_ROUNDS = 4


def shuffled(count: int, seed: int) -> Iterator[int]:
    """Yields each of the numbers from 0 up to a bound once.

    A Feistel network (Luby and Rackoff, 1988, https://doi.org/10.1137/0217022) swaps the numbers below the next power
    of four; what it leads out of the bound is led on until it is inside (Black and Rogaway, 2002,
    https://doi.org/10.1007/3-540-45760-7_9).

    Args:
        count: The bound.
        seed: Fixes the order.
    """
    half = max(1, ((count - 1).bit_length() + 1) // 2)
    for number in range(count):
        number = _swapped(number, half, seed)
        while number >= count:
            number = _swapped(number, half, seed)
        yield number


def _swapped(number: int, half: int, seed: int) -> int:
    """Returns another number of twice so many bits, for each number another one."""
    mask = (1 << half) - 1
    left, right = number >> half, number & mask
    for turn in range(_ROUNDS):
        digest = hashlib.blake2b(f"{seed}/{turn}/{right}".encode(), digest_size=16).digest()
        left, right = right, left ^ (int.from_bytes(digest, "big") & mask)
    return left << half | right
