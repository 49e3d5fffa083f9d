import numpy as np
import pytest
import tensorflow as tf

from benchmarks import anatomy

pytestmark = pytest.mark.unit


def test_weights_constants_and_structure_are_all_of_the_file() -> None:
    weights, means = np.eye(3, 7, dtype=np.float32) + 1, np.arange(3, dtype=np.float32)
    function = tf.function(lambda x: (x - means) @ weights, input_signature=[tf.TensorSpec([1, 3], tf.float32, "x")])
    content = tf.lite.TFLiteConverter.from_concrete_functions([function.get_concrete_function()]).convert()
    counts = [int(line.split()[0].replace(",", "")) for line in anatomy.lines(content)]
    assert counts[0] == len(content) == sum(counts[1:4])
    assert counts[1] == weights.nbytes
    # The axes of a transposition may be kept as well.
    assert counts[2] == sum(counts[4:]) >= means.nbytes
    assert "float32 [3]" in "\n".join(anatomy.lines(content))
