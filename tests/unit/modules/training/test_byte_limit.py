import pytest

from modules.base.errors import UserError
from modules.base.settings import SearchSpace
from modules.training.architectures.kinds import architecture_of
from modules.training.searching.sizing import FileSize
from modules.training.tuning import byte_limit, spaces

pytestmark = pytest.mark.unit

SPACE = SearchSpace(layers=[1, 2], units=[8, 16])
# Of 10 inputs and 1 output, in float32: 8 units have 80 + 8 weights, and 9 biases: 388 bytes; 16 have 160 + 16 and 17:
# 772; twice 8 have 80 + 64 + 8 and 17: 676.
SIZE = FileSize(1_000, 1, "float32")


def test_a_configuration_is_trained_if_its_file_keeps_the_limit() -> None:
    admits = byte_limit.admitting(1_676, 10, SIZE, SPACE)
    found = {
        (layers, units): admits({"layers": layers, "units": units, "activation": "relu", "dropout": 0.0})
        for layers in (1, 2)
        for units in (8, 16)
    }
    assert found == {(1, 8): True, (2, 8): True, (1, 16): False, (2, 16): False}


def test_a_limit_that_no_configuration_keeps_is_refused_in_one_line() -> None:
    byte_limit.admitting(1_388, 10, SIZE, SPACE)
    with pytest.raises(UserError, match="fits 1,387 bytes: the smallest takes about 1,388") as refused:
        byte_limit.admitting(1_387, 10, SIZE, SPACE)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("form", [None, "float32", "float16", "dynamic_range", "int8_qat"])
@pytest.mark.parametrize("kind", ["macro", "micro"])
def test_the_smallest_network_is_that_of_all(kind: str, form: str | None) -> None:
    # Of 40 inputs, kernels around 1,024 weights among them: below, they stay in float32 in the dynamic range form.
    space = SearchSpace(
        kind=kind,  # type: ignore[arg-type]
        layers=[2, 3],
        units=[20, 24, 32, 33],
        activation=["tanh", "relu"],
        skip=["none"],
        nodes=[1, 2],
        operations=["gated", "cross"],
        cells=[1, 2],
        dropout=[0.1],
        normalization=["none"],
        learning_rates=1,
    )
    size = FileSize(1_000, 10, form)
    every = spaces.points(spaces.search_space(space), 0)
    assert byte_limit.smallest(40, size, space) == min(
        size.of_architecture(40, architecture_of(point)) for point in every
    )


@pytest.mark.parametrize(("kind", "fewer"), [("macro", "layers or units"), ("micro", "cells, nodes or units")])
def test_a_huge_space_that_cannot_keep_a_promise_is_refused_at_once(kind: str, fewer: str) -> None:
    space = SearchSpace(
        kind=kind,  # type: ignore[arg-type]
        layers=[*range(2, 9)],
        units=[8, 16, 24, 32, 48],
        nodes=[*range(2, 7)],
    )
    with pytest.raises(UserError, match="the smallest takes about") as refused:
        byte_limit.admitting(1_010, 10, SIZE, space, "promises.device.max_bytes")
    assert "\n" not in str(refused.value)
    assert str(refused.value).startswith("promises.device.max_bytes")
    assert fewer in str(refused.value)
