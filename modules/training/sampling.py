"""A bounded sample of the rows of a split, each as likely as any other."""

from collections.abc import Iterable

import numpy as np

Rows = dict[str, np.ndarray]

SAMPLED_ROWS, SAMPLED_BYTES = 100_000, 256 * 2**20


def sample(batches: Iterable[Rows], seed: int) -> tuple[Rows, int]:
    """Draws up to 100,000 rows, or what fits in 256 MiB; all where there are no more, in their order.

    Each row is given a random number, and those with the smallest ones are kept: at no time more than twice as many.

    Args:
        batches: The rows, [n, …] each, some at a time; there is one batch at least.
        seed: The same seed draws the same rows.

    Returns:
        The rows drawn, and how many there are in all.
    """
    random = np.random.default_rng(seed)
    kept: list[Rows] = []
    keys = np.zeros(0)
    count, highest = 0, 1.0
    for batch in batches:
        rows = len(batch["label"])
        count += rows
        limit = max(min(SAMPLED_ROWS, SAMPLED_BYTES * rows // sum(value.nbytes for value in batch.values())), 1)
        drawn = random.random(rows)
        low = drawn < highest
        kept.append(batch if low.all() else {name: value[low] for name, value in batch.items()})
        keys = np.concatenate([keys, drawn[low]])
        if len(keys) > 2 * limit:
            kept, keys, highest = _lowest(kept, keys, limit)
    kept, _, _ = _lowest(kept, keys, limit)
    return kept[0], count


def _lowest(kept: list[Rows], keys: np.ndarray, limit: int) -> tuple[list[Rows], np.ndarray, float]:
    """Returns the rows with the lowest numbers, in order, as one batch; their numbers; and the highest of these."""
    chosen = np.sort(np.argsort(keys)[:limit])
    joined = {name: np.concatenate([batch[name] for batch in kept]) for name in kept[0]} if kept[1:] else kept[0]
    if len(chosen) < len(keys):
        joined = {name: value[chosen] for name, value in joined.items()}
    return [joined], keys[chosen], float(keys[chosen].max())
