import pytest

from modules.base.errors import UserError
from modules.base.settings import SearchSpace
from modules.training.searching.sizing import FileSize
from modules.training.tuning import byte_limit

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
