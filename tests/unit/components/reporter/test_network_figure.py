from typing import Any

import pytest

from components.reporter.sections.searching import network

pytestmark = pytest.mark.unit


def node(
    name: str, operation: str, *inputs: str, units: int = 8, activation: str = "linear", **more: Any
) -> dict[str, Any]:
    given = {"name": name, "operation": operation, "inputs": inputs, "units": units, "activation": activation}
    return {**given, "normalization": "none", "dropout": 0.0, **more}


RESIDUAL = {
    "nodes": [
        node("hidden_0", "dense", "encoded", activation="relu", dropout=0.1, normalization="batch"),
        node("hidden_1", "dense", "hidden_0", activation="swish"),
        node("sum_1", "add", "hidden_0", "hidden_1"),
    ],
    "inputs": 1412,
    "outputs": 3,
}


def test_a_network_is_told_in_words_with_what_goes_past_a_layer() -> None:
    assert network.described(RESIDUAL) == (
        "encoded row, 1,412 numbers; 1: dense, 8 units, relu, batch norm, dropout 0.1; 2: dense, 8 units, swish; "
        "3: sum, 8 units (of 1 and 2); answer, 3 numbers"
    )


def test_what_reads_nothing_but_the_row_is_drawn() -> None:
    assert network.described({"nodes": []}) == "encoded row; answer, 1 number"
    assert network.figure({"nodes": []}, "Student").description == "Student: encoded row; answer, 1 number."


def test_every_node_has_a_box_and_every_connection_a_line() -> None:
    figure = network.figure(RESIDUAL, "Teacher")
    rows = [row for layer in figure.spec["layer"] for row in layer.get("data", {}).get("values", [])]
    assert {row["title"] for row in rows if "title" in row} == {"encoded row", "dense, 8 units", "sum", "answer"}
    # One from each of the four upper nodes to the next one; past hidden_1 into its lane, down it, and out of it.
    assert len({row["line"] for row in rows if "line" in row}) == 4 + 3
    assert figure.caption == "Teacher: its network"
    assert network.figure(RESIDUAL | {"weights": 1_234}, "Teacher").caption == "Teacher: its network, 1,234 weights"


def test_a_network_with_many_nodes_side_by_side_keeps_its_width() -> None:
    wide = {
        "nodes": [
            *(node(f"n{n}", "dense", "encoded") for n in range(4)),
            node("all", "add", *(f"n{n}" for n in range(4))),
        ]
    }
    assert network.figure(wide, "Teacher").wide
    assert network.figure(RESIDUAL, "Teacher").small


def test_the_square_of_a_node_is_one_line() -> None:
    square = {"nodes": [node("n", "dense", "encoded"), node("square", "multiply", "n", "n")]}
    assert "2: product, 8 units (of 1 and 1)" in network.described(square)
    assert network.figure(square, "Teacher").small
