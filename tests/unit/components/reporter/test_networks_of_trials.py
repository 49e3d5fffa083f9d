import pytest

from components.reporter import networks

pytestmark = pytest.mark.unit

MACRO = {
    "trial_id": "0000001",
    "score": 0.5,
    "kind": "macro",
    "layers": 2,
    **{"units_1": 64, "activation_1": "relu"},
    **{"units_2": 32, "activation_2": "swish", "skip_2": "add"},
    **{"units_3": 8, "activation_3": "elu", "skip_3": "none"},
    "dropout": 0.1,
    "trial/epochs": 3,
}


def test_a_chain_of_layers_is_told_by_width_activation_and_what_goes_past() -> None:
    made = networks.used(MACRO)
    assert made["trial/network"] == "64 relu → 32 swish + skip"
    assert networks.used({**MACRO, "layers": 3})["trial/network"].endswith("→ 8 elu")


def test_what_the_network_does_not_depend_on_is_left_out() -> None:
    left_out = MACRO.keys() - networks.used(MACRO).keys()
    assert left_out == {"kind", "units_3", "activation_3", "skip_3"}


def test_a_cell_is_told_by_its_operations_and_what_each_reads() -> None:
    cell = {"kind": "micro", "nodes": 2, "cells": 3, "units": 48, "activation": "relu", "operation_1": "dense"}
    second = {"operation_2": "gated", "input_2": 1, "second_2": 0, "operation_3": "cross", "input_3": 2, "second_3": -1}
    assert networks.used(cell | second)["trial/network"] == "3 cells of 48 relu: 1: dense(0), 2: gated(1, 0)"
    third = networks.used(cell | second | {"nodes": 3, "cells": 1})["trial/network"]
    assert third == "1 cell of 48 relu: 1: dense(0), 2: gated(1, 0), 3: cross(2)"
    assert networks.used(cell | second | {"second_2": 1})["trial/network"].endswith("2: gated(1)")


def test_layers_of_one_width_need_no_words() -> None:
    trial = {"trial_id": "0", "layers": 2, "units": 64, "learning_rate": 0.1}
    assert networks.used(trial) == trial
    assert networks.number_of("trial/learning_1") is None
    assert (networks.number_of("learning_rate"), networks.number_of("units_12")) == (None, 12)
