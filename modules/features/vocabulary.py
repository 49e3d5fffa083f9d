"""Which values of a categorical column get a slot each, and how the many rarer ones share slots."""

import dataclasses
from collections.abc import Sequence
from typing import NamedTuple

from modules.base.settings import Features


@dataclasses.dataclass(frozen=True)
class SharedCodes:
    """Codes of values that share slots: two slots each, and no two values the same two.

    Value i of the sorted values lies in group i // size and has the remainder i mod remainders: complementary
    partitions (Shi et al., 2020, arXiv:1909.02176, sec. 4), whose two one-hot slots times the first dense layer add up
    two embeddings. Values of one group stand side by side in the alphabet, as codes with a common beginning do.

    Attributes:
        size: Number of values a group.
        groups: Number of groups.
        remainders: Number of remainders; 0 where each value has a group of its own.
    """

    size: int
    groups: int
    remainders: int

    @property
    def slots(self) -> int:
        """Number of slots in all."""
        return self.groups + self.remainders


def shared_codes(values: int, slots: int) -> SharedCodes:
    """Returns the codes of so many values on at most so many slots.

    Args:
        values: Number of values, at most `capacity(slots)`.
        slots: Number of slots.
    """
    half = slots // 2
    if values <= half:
        return SharedCodes(1, values, 0)
    size = -(-values // half)
    return SharedCodes(size, -(-values // size), half)


def capacity(slots: int) -> int:
    """Returns how many values so many slots can tell apart: the groups times the values that fit in one."""
    return (slots // 2) ** 2


class Count(NamedTuple):
    """A value and how often it occurs."""

    value: str
    rows: int


@dataclasses.dataclass(frozen=True)
class Vocabulary:
    """The known values of a column, and how often each occurs.

    Attributes:
        own: Those with a slot each, most frequent first.
        shared: Those that share slots, sorted.
    """

    own: tuple[Count, ...] = ()
    shared: tuple[Count, ...] = ()

    @property
    def values(self) -> list[str]:
        """All known values: those with a slot each, then those that share slots."""
        return [count.value for count in (*self.own, *self.shared)]


def choose(ranked: Sequence[tuple[bytes, int]], features: Features) -> Vocabulary:
    """Chooses the known values: those that occur often enough.

    The rarer rest shares the out-of-vocabulary slot, which is thereby trained before it meets an unseen value. The most
    frequent value always has a slot: it is what a missing one is imputed with.

    Args:
        ranked: Values and counts, most frequent first, ties by value.
        features: The section `features` of the config.
    """
    frequent = [pair for pair in ranked if pair[1] >= features.min_count] or list(ranked[:1])
    own = frequent[: features.max_vocabulary]
    shared = sorted(frequent[features.max_vocabulary :][: capacity(features.shared_slots)])
    return Vocabulary(_decoded(own), _decoded(shared))


def _decoded(pairs: Sequence[tuple[bytes, int]]) -> tuple[Count, ...]:
    return tuple(Count(value.decode("utf-8"), rows) for value, rows in pairs)
