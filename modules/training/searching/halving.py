"""Successive halving (Jamieson and Talwalkar, 2016, arXiv:1502.07943): the better third goes on, for twice as long."""

from collections.abc import Callable, Sequence
from typing import TypeVar

Candidate = TypeVar("Candidate")

_KEPT = 3


def halve(
    candidates: Sequence[Candidate], epochs: int, score: Callable[[Candidate, int, int], float]
) -> list[tuple[Candidate, int, float]]:
    """Ranks candidates, the best first.

    Args:
        candidates: What is tried; of two that score alike, the earlier one is better.
        epochs: Epochs of the first round; each later one has twice as many.
        score: Trains a candidate from an epoch up to another, and returns its score: the higher the better, and not a
            number where it diverged.

    Returns:
        Each candidate with the last epoch that it was trained to and its score then; whoever came further is better.
    """
    ranked: list[tuple[Candidate, int, float]] = []
    alive, first = list(candidates), 0
    while True:
        last = first + epochs
        scored = [(candidate, last, score(candidate, first, last)) for candidate in alive]
        scored.sort(key=lambda entry: entry[2] if entry[2] == entry[2] else float("-inf"), reverse=True)
        kept = -(-len(alive) // _KEPT)
        if kept <= 1:
            return scored + ranked
        ranked = scored[kept:] + ranked
        alive = [candidate for candidate, _, _ in scored[:kept]]
        first, epochs = last, 2 * epochs
