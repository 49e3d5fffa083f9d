"""Bytes of a file before the training against those of real conversions."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from components.quantizer import forms
from modules.tflite import conversion
from modules.training import grafted, model, serving
from modules.training.searching import sizing
from modules.training.searching.sizing import FileSize

pytestmark = pytest.mark.unit


def test_the_size_is_that_of_weights_biases_and_the_rest() -> None:
    # 10·4 and 4·2 weights, 6 biases of four bytes.
    assert FileSize(1_000, 2, "float32").of(10, [4]) == 1_000 + 4 * 48 + 24
    assert FileSize(1_000, 2, "float16").of(10, [4]) == 1_000 + 2 * 48 + 24
    # The last layer stays in float32; so do all small kernels where weights alone are quantized.
    assert FileSize(1_000, 2, "int8_qat").of(10, [4]) == 1_000 + 350 + 40 + 4 * 8 + 24
    assert FileSize(1_000, 2, "dynamic_range").of(10, [4]) == 1_000 + 350 + 4 * 48 + 24
    assert FileSize(1_000, 2).of(10, [4]) == FileSize(1_000, 2, "int8_qat").of(10, [4])


def test_the_size_is_right_within_a_few_percent_of_real_conversions(ship: Callable) -> None:
    generator = np.random.default_rng(0)
    numbers = {f"n{place}": ("float32", generator.normal(size=1_000).tolist()) for place in range(4)}
    texts = {f"c{place}": ("string", [f"v{v}" for v in generator.integers(0, 9, 1_000)]) for place in range(3)}
    shipped: Any = ship(numbers | texts)
    run, encoder = shipped.run, shipped.encoder
    size = sizing.measured(run, encoder, None)
    rows = tf.data.Dataset.from_tensors((generator.random((64, encoder.width), np.float32),))
    for number, units in enumerate(((16,), (40, 32), (64, 64, 64))):
        network = model.build_network(encoder.width, model.Architecture.stack(units, "relu", 0.0), seed=1)
        directory = f"{shipped.directory}-{number}"
        serving.export(directory, run, encoder, network)
        float32 = conversion.to_tflite(directory)
        quantized = forms.quantize_network(network)
        ranges = forms.calibrate(quantized, network, rows)
        with forms.calibrated(quantized, ranges):
            int8_ptq = grafted.convert(float32, run, encoder, quantized, conversion.dynamic_range)
        made = {
            "float32": float32,
            "float16": conversion.with_float16_weights(float32),
            "dynamic_range": grafted.convert(float32, run, encoder, network, conversion.dynamic_range),
            "int8_ptq": int8_ptq,
        }
        for form, content in made.items():
            assert FileSize(size.rest, 1, form).of(encoder.width, units) == pytest.approx(len(content), rel=0.05), form
        assert size.of(encoder.width, units) == pytest.approx(min(map(len, made.values())), rel=0.05)
