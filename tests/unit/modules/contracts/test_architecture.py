from pathlib import Path

import pytest

from modules.contracts import architecture
from modules.contracts.architecture import ADD, DENSE, Architecture, BuiltArchitecture, Node

pytestmark = pytest.mark.unit

GRAPH = Architecture(
    (
        Node("a", DENSE, ("encoded",), 4, "relu", "batch", 0.1),
        Node("b", DENSE, ("a",), 4, "tanh"),
        Node("c", ADD, ("a", "b"), 4),
    ),
    "macro",
)


def test_what_was_written_comes_back(tmp_path: Path) -> None:
    architecture.write(str(tmp_path), BuiltArchitecture(GRAPH, 10, 2))
    assert architecture.read(str(tmp_path)) == BuiltArchitecture(GRAPH, 10, 2)


def test_no_network_comes_back_as_none(tmp_path: Path) -> None:
    architecture.write(str(tmp_path), None)
    assert architecture.read(str(tmp_path)) is None


def test_weights_are_counted_by_hand() -> None:
    # 10·4 + 4·4 + 4·2
    assert BuiltArchitecture(GRAPH, 10, 2).weights == 64


def test_only_dense_layers_behind_each_other_are_a_stack() -> None:
    assert Architecture.stack([3, 2], "relu", 0.0).is_stack
    assert not GRAPH.is_stack
    beside = (Node("a", DENSE, ("encoded",), 3), Node("b", DENSE, ("encoded",), 3))
    assert not Architecture(beside).is_stack
