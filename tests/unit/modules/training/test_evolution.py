import numpy as np
import pytest

from modules.training.tuning.evolution import child

pytestmark = pytest.mark.unit


def flipped(bits: np.ndarray, random: np.random.Generator) -> np.ndarray:
    changed = bits.copy()
    changed[random.integers(len(bits))] ^= True
    return changed


def test_evolution_counts_more_bits_than_random_search() -> None:
    # 100 bits, 1,000 evaluations: the best of 1,000 draws of Binomial(100, 1/2) has 50 + 3.24 · 5 = 66 ones. A child of
    # a good parent gains a bit nearly every second time at first, and ever more seldom.
    found, drawn = [], []
    for seed in range(3):
        random = np.random.default_rng(seed)
        everyone: list[tuple[float, np.ndarray]] = []
        for number in range(1_000):
            bits = random.random(100) < 0.5 if number < 50 else child(everyone[-50:], 10, flipped, random)
            everyone.append((bits.mean(), bits))
        found.append(max(fitness for fitness, _ in everyone))
        drawn.append((random.random((1_000, 100)) < 0.5).mean(axis=1).max())
    assert min(found) >= 0.89
    assert max(drawn) < 0.72


def test_the_parent_is_the_fittest_of_those_that_compete() -> None:
    population = [(0.1, "worst"), (0.9, "best"), (0.5, "middle")]
    random = np.random.default_rng(1)
    assert {child(population, 60, lambda genes, _: genes, random) for _ in range(5)} == {"best"}
    alone = [child(population, 1, lambda genes, _: genes, random) for _ in range(60)]
    assert set(alone) == {"worst", "best", "middle"}
