import numpy as np
import pytest

from modules.training.estimating import net2net
from modules.training.estimating.net2net import Stack

pytestmark = pytest.mark.unit

ROWS = np.random.default_rng(0).normal(size=(500, 20)).astype(np.float32)


def network(widths: list[int], seed: int = 1) -> list[np.ndarray]:
    """Draws kernels, as Glorot has them, and biases."""
    random = np.random.default_rng(seed)
    weights: list[np.ndarray] = []
    for before, after in zip([20, *widths], [*widths, 1], strict=True):
        reach = np.sqrt(6 / (before + after))
        weights += [random.uniform(-reach, reach, (before, after)), random.normal(0, 0.05, after)]
    return [part.astype(np.float32) for part in weights]


def answers(weights: list[np.ndarray], activation: str = "relu") -> np.ndarray:
    hidden = ROWS
    for kernel, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        hidden = hidden @ kernel + bias
        hidden = np.maximum(hidden, 0) if activation == "relu" else np.tanh(hidden)
    return hidden @ weights[-2] + weights[-1]


def probabilities(weights: list[np.ndarray], activation: str = "relu") -> np.ndarray:
    return 1 / (1 + np.exp(-answers(weights, activation)))


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("units", [[64], [33], [128]])
def test_a_wider_network_answers_as_the_narrow_one_within_rounding(units: list[int], activation: str) -> None:
    narrow = network([32])
    wide = net2net.grown(narrow, units, seed=3)
    assert [part.shape for part in wide] == [(20, units[0]), (units[0],), (units[0], 1), (1,)]
    assert np.abs(probabilities(wide, activation) - probabilities(narrow, activation)).max() <= 2e-7


def test_every_layer_can_be_widened_at_once() -> None:
    narrow = network([32, 32])
    wide = net2net.grown(narrow, [64, 96], seed=3)
    assert [part.shape for part in wide[::2]] == [(20, 64), (64, 96), (96, 1)]
    assert np.abs(probabilities(wide) - probabilities(narrow)).max() <= 2e-7


def test_a_deeper_network_answers_bit_for_bit_as_the_shallow_one() -> None:
    shallow = network([32])
    deep = net2net.grown(shallow, [32, 32, 32], seed=3)
    assert [part.shape for part in deep[::2]] == [(20, 32), (32, 32), (32, 32), (32, 1)]
    assert (answers(deep) == answers(shallow)).all()
    # What relu leaves alone, tanh does not.
    assert np.abs(answers(deep, "tanh") - answers(shallow, "tanh")).max() > 0.01


def test_copies_of_a_unit_are_read_unlike_each_other() -> None:
    wide = net2net.grown(network([32]), [64], seed=3)
    # Of columns that are copies, some are read with the opposite sign, or their gradients would only differ in length.
    columns = [tuple(column) for column in wide[0].T]
    ratios = [wide[2][place, 0] / wide[2][columns.index(column), 0] for place, column in enumerate(columns[32:], 32)]
    assert len({round(float(ratio), 4) for ratio in ratios}) == 32
    assert min(ratios) < 0 < max(ratios)


def test_the_same_seed_grows_the_same_network() -> None:
    first, again, other = (net2net.grown(network([8]), [16], seed) for seed in (1, 1, 2))
    assert all((one == same).all() for one, same in zip(first, again, strict=True))
    assert not all((one == same).all() for one, same in zip(first, other, strict=True))


@pytest.mark.parametrize(
    ("parent", "child", "way"),
    [
        (Stack((32,), ("relu",)), Stack((32,), ("relu",)), "copied"),
        (Stack((32,), ("swish",)), Stack((64,), ("swish",)), "widened"),
        (Stack((32,), ("relu",)), Stack((32, 32), ("relu", "relu")), "deepened"),
        (Stack((32,), ("relu",)), Stack((64, 96), ("relu", "relu")), "widened and deepened"),
        (Stack((32,), ("relu",)), Stack((16,), ("relu",)), None),
        (Stack((32,), ("relu",)), Stack((32,), ("swish",)), None),
        (Stack((32, 32), ("relu", "relu")), Stack((32,), ("relu",)), None),
        (Stack((32,), ("relu",)), Stack((32, 16), ("relu", "relu")), None),
        (Stack((32,), ("relu",)), Stack((32, 32), ("relu", "tanh")), None),
        *(
            (Stack((32,), (name,)), Stack((32, 32), (name, name)), None)
            for name in ("swish", "tanh", "elu")  # applied twice, they are another function
        ),
    ],
)
def test_what_comes_of_a_parent_is_told_from_both_shapes(parent: Stack, child: Stack, way: str | None) -> None:
    assert net2net.growth(parent, child) == way
