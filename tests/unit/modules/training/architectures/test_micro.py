"""Cells worked out by hand, and points that are one network."""

from typing import Any

import numpy as np
import pytest

from modules.contracts.architecture import Architecture
from modules.training.architectures import micro
from modules.training.model import build_network

pytestmark = pytest.mark.unit

USUAL = {"cells": 1, "units": 2, "activation": "relu", "dropout": 0.0, "normalization": "none"}
# Of the row (1, 2), the first layer makes relu(1 + 2, 2) = (3, 2).
ROW = np.array([[1.0, 2.0]], "float32")
DOWN = np.array([[1.0, 0.0], [1.0, 1.0]]), np.zeros(2)


def cell(*nodes: tuple[str, int, int], **further: Any) -> Architecture:
    """Returns the network of nodes, each with its operation and what it reads."""
    values: dict[str, Any] = {**USUAL, "nodes": len(nodes), **further}
    for number, (operation, first, second) in enumerate(nodes, 1):
        values |= {f"operation_{number}": operation, f"input_{number}": first, f"second_{number}": second}
    return micro.architecture(values)


def answer(architecture: Architecture, **weights: tuple[np.ndarray, np.ndarray]) -> float:
    """Returns the sum of what leaves the last cell, of one row."""
    network = build_network(2, architecture, seed=1)
    for layer in network.layers:
        if layer.name == "hidden_0":
            layer.set_weights(DOWN)
        elif layer.name == "logit":
            layer.set_weights([np.ones((2, 1)), np.zeros(1)])
        elif layer.name in weights:
            layer.set_weights(weights[layer.name])
    return float(network(ROW)[0, 0])


EYE = np.eye(2), np.zeros(2)
LESS = np.eye(2), np.array([-2.5, -2.5])


def test_a_dense_node_has_the_cells_activation() -> None:
    # relu(3 - 2.5) + relu(2 - 2.5) = 0.5
    assert answer(cell(("dense", 0, -1)), cell_1_node_1=LESS) == pytest.approx(0.5)


def test_a_gated_node_multiplies_by_a_sigmoid() -> None:
    # 3 · sigmoid(0.5) + 2 · sigmoid(-0.5) = 3 · 0.622459 + 2 · 0.377541
    found = answer(cell(("gated", 0, -1)), cell_1_node_1_values=EYE, cell_1_node_1_gates=LESS)
    assert found == pytest.approx(2.622459, abs=1e-5)


def test_a_cross_node_multiplies_by_the_cells_input_and_adds_what_it_reads() -> None:
    # 3 · (3 - 2.5) + 3 and 2 · (2 - 2.5) + 2: 4.5 + 1.
    assert answer(cell(("cross", 0, -1)), cell_1_node_1_values=LESS) == pytest.approx(5.5)
    # Behind a node that gives (0.5, 0), x_0 is still (3, 2): 3 · (0.5 - 2.5) + 0.5 and 2 · (0 - 2.5) + 0.
    behind = cell(("dense", 0, -1), ("cross", 1, -1))
    assert answer(behind, cell_1_node_1=LESS, cell_1_node_2_values=LESS) == pytest.approx(-5.5 - 5.0)


def test_a_node_of_two_inputs_reads_their_sum() -> None:
    # relu((0.5, 0) + (3, 2) - 2.5) = (1, 0)
    summed = cell(("dense", 0, -1), ("dense", 1, 0))
    assert answer(summed, cell_1_node_1=LESS, cell_1_node_2=LESS) == pytest.approx(1.0)


def test_what_no_node_reads_is_summed() -> None:
    # (0.5, 0) of a dense node that reads the cell's input, beside an identity of the same: 3 + 2 + 0.5.
    assert answer(cell(("dense", 0, -1), ("identity", 0, -1)), cell_1_node_1=LESS) == pytest.approx(5.5)


def test_a_cell_of_identities_is_no_more_than_the_layer_before_it() -> None:
    found = cell(("identity", 0, -1), ("identity", 1, 0), cells=3)
    assert [node.name for node in found.nodes] == ["hidden_0"]
    assert answer(found) == pytest.approx(5.0)


def test_cells_lie_one_behind_the_other() -> None:
    # A second cell reads (0.5, 0), and a weight of 2 makes (1, 0) of it.
    twice = 2 * np.eye(2), np.zeros(2)
    assert answer(cell(("dense", 0, -1), cells=2), cell_1_node_1=LESS, cell_2_node_1=twice) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # The same two nodes in another order.
        ([("dense", 0, -1), ("cross", 0, -1)], [("cross", 0, -1), ("dense", 0, -1)]),
        # A sum has no order, and of one thing twice it is that thing.
        ([("dense", 0, -1), ("gated", 0, 1)], [("dense", 0, -1), ("gated", 1, 0)]),
        ([("dense", 0, -1), ("gated", 1, 1)], [("dense", 0, -1), ("gated", 1, -1)]),
        # To read an identity is to read what it reads.
        ([("identity", 0, -1), ("dense", 1, -1)], [("identity", 0, -1), ("dense", 1, 0)]),
    ],
)
def test_points_that_are_one_network_have_one_fingerprint(one: list, other: list) -> None:
    assert cell(*one).fingerprint() == cell(*other).fingerprint()


def test_networks_that_differ_have_fingerprints_that_differ() -> None:
    nodes = [
        [("dense", 0, -1), ("cross", 0, -1)],
        [("dense", 0, -1), ("cross", 1, -1)],
        [("dense", 0, -1), ("cross", 1, 0)],
        [("cross", 0, -1), ("dense", 1, -1)],
        [("dense", 0, -1), ("dense", 0, -1)],
        [("dense", 0, -1), ("dense", 1, -1)],
        [("dense", 0, -1), ("gated", 1, -1)],
    ]
    networks = [cell(*one) for one in nodes] + [cell(*nodes[0], units=3), cell(*nodes[0], cells=2)]
    assert len({network.fingerprint() for network in networks}) == len(networks)


def test_two_nodes_alike_are_not_one_node_that_is_read_twice() -> None:
    apart = cell(("dense", 0, -1), ("dense", 0, -1), ("gated", 1, -1), ("cross", 2, -1))
    shared = cell(("dense", 0, -1), ("dense", 0, -1), ("gated", 1, -1), ("cross", 1, -1))
    assert apart.fingerprint() != shared.fingerprint()
