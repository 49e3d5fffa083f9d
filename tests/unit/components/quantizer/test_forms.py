from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
import tf_keras
from ai_edge_litert.interpreter import Interpreter
from tensorflow.lite.tools import flatbuffer_utils

from components.quantizer import forms
from modules.base.settings import Quantizer
from modules.contracts.architecture import DENSE, ENCODED
from modules.tasks import Target
from modules.tflite import conversion
from modules.training import network as networks
from modules.training.loop import ValidationScore, hard_loss
from modules.training.model import Architecture, build_network
from modules.training.network import Operation

pytestmark = pytest.mark.unit

WIDTH, UNITS = 60, (32, 16)


def rows() -> tf.data.Dataset:
    x = np.random.default_rng(17).uniform(-1, 1, size=(320, WIDTH)).astype("float32")
    return tf.data.Dataset.from_tensor_slices((x, (x[:, :1] > 0).astype("float32"))).batch(32)


def masks(network: tf_keras.Model) -> list[np.ndarray]:
    return [kernel == 0 for kernel in networks.kernels(network)]


class Forms:
    """A half-pruned network: as it is, calibrated, and trained on; and each as a .tflite."""

    def __init__(self, folder: Path):
        self.pruned = build_network(WIDTH, Architecture.stack(UNITS, "relu", 0.1), seed=7)
        weights = []
        for weight in self.pruned.get_weights():
            limit = np.median(np.abs(weight)) if weight.ndim == 2 and weight.shape[1] > 1 else -1
            weights.append(np.where(np.abs(weight) <= limit, 0, weight))
        self.pruned.set_weights(weights)
        self.quantized = forms.quantize_network(self.pruned)
        before = networks.kernels(self.quantized)
        ranges = forms.calibrate(self.quantized, self.pruned, rows())
        self.changed_by_calibration = [
            bool((a != b).any()) for a, b in zip(before, networks.kernels(self.quantized), strict=True)
        ]
        self.float32 = self._convert(folder / "float32", self.pruned, None)
        with forms.calibrated(self.quantized, ranges):
            self.int8_ptq = self._convert(folder / "ptq", self.quantized, conversion.dynamic_range)
        score = ValidationScore(rows(), Target("binary", ("no", "yes")), "auc")
        settings = Quantizer(epochs=2, learning_rate=0.01)
        forms.train_quantized(self.quantized, rows(), rows(), score, hard_loss("binary"), settings)
        self.int8_qat = self._convert(folder / "qat", self.quantized, conversion.dynamic_range)
        self.before = before

    def _convert(self, folder: Path, network: tf_keras.Model, configure: object) -> bytes:
        module = tf.Module()
        module.network = network
        signature = [{"x": tf.TensorSpec([None, WIDTH], tf.float32, name="x")}]
        serve = tf.function(lambda raw: {"logit": network(raw["x"], training=False)}, input_signature=signature)
        tf.saved_model.save(module, str(folder), signatures={"serving_default": serve})
        return conversion.to_tflite(str(folder), configure)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Forms:
    return Forms(tmp_path_factory.mktemp("forms"))


def kernels_of(content: bytes) -> list[np.ndarray]:
    """Returns the kernels of the two hidden layers as they lie in the file, [in, out]."""
    interpreter = Interpreter(model_content=content)
    interpreter.allocate_tensors()
    constants = []
    for wanted in ((WIDTH, UNITS[0]), UNITS):
        details = [d for d in interpreter.get_tensor_details() if tuple(d["shape"]) == wanted[::-1]]
        constants += [interpreter.get_tensor(d["index"]).T for d in details]
    assert len(constants) == 2
    return constants


def test_calibration_changes_no_weight(made: Forms) -> None:
    assert made.changed_by_calibration == [False, False, False]


def test_training_changes_weights_and_keeps_the_pruned_zeros(made: Forms) -> None:
    for mask, kernel, before in zip(masks(made.pruned), networks.kernels(made.quantized), made.before, strict=True):
        assert (kernel[mask] == 0).all()
        assert (kernel[~mask] != before[~mask]).any()
    assert networks.sparsity(made.pruned) > 0.45
    assert networks.sparsity(made.quantized) == networks.sparsity(made.pruned)


@pytest.mark.parametrize("form", ["int8_ptq", "int8_qat"])
def test_an_int8_file_holds_its_hidden_weights_in_int8(made: Forms, form: str) -> None:
    assert [kernel.dtype for kernel in kernels_of(getattr(made, form))] == [np.int8, np.int8]
    assert [kernel.dtype for kernel in kernels_of(made.float32)] == [np.float32, np.float32]


@pytest.mark.parametrize("form", ["int8_ptq", "int8_qat"])
def test_a_pruned_weight_is_zero_in_the_int8_file(made: Forms, form: str) -> None:
    for mask, kernel in zip(masks(made.pruned), kernels_of(getattr(made, form)), strict=False):
        assert (kernel[mask] == 0).all()
        assert np.abs(kernel).max() == 127  # the whole range is used


@pytest.mark.parametrize("form", ["int8_ptq", "int8_qat"])
def test_an_int8_file_is_smaller(made: Forms, form: str) -> None:
    # 60·32 + 32·16 = 2,432 weights: three bytes saved each, less what quantization writes about its scales.
    assert len(getattr(made, form)) < len(made.float32) - 3 * 2_432 + 3_000


@pytest.mark.parametrize("form", ["float32", "int8_ptq", "int8_qat"])
def test_only_operations_that_tflite_has_built_in_are_used(made: Forms, form: str) -> None:
    flat = flatbuffer_utils.convert_bytearray_to_object(bytearray(getattr(made, form)))
    assert flat.operatorCodes
    assert [code.customCode for code in flat.operatorCodes if code.customCode] == []


def logits(content: bytes, x: np.ndarray) -> np.ndarray:
    return Interpreter(model_content=content).get_signature_runner()(x=x)["logit"][:, 0]


def test_rounding_to_int8_after_training_hardly_moves_the_logit(made: Forms) -> None:
    x = np.concatenate([x for x, _ in rows().as_numpy_iterator()])
    expected = logits(made.float32, x)
    difference = np.abs(logits(made.int8_ptq, x) - expected)
    assert difference.max() < 0.02 * np.ptp(expected)
    assert difference.max() > 0  # it is not float32


def test_the_logit_is_not_rounded_to_256_values(made: Forms) -> None:
    x = np.concatenate([x for x, _ in rows().as_numpy_iterator()])
    assert len(np.unique(logits(made.int8_qat, x))) > 256


def test_the_wrapped_network_has_no_dropout_and_leaves_the_original_alone(made: Forms) -> None:
    assert not [layer for layer in made.quantized.layers if "dropout" in layer.name]
    np.testing.assert_array_equal(networks.kernels(made.pruned)[0], made.before[0])


def stack(*layers: tuple[list[list[float]], list[float], str]) -> tf_keras.Model:
    """Returns a stack of dense layers with these kernels, biases and activations."""
    made, before = [], ENCODED
    for number, (kernel, bias, activation) in enumerate(layers):
        config = {"name": f"dense_{number}", "activation": activation}
        weights = np.array(kernel, np.float32), np.array(bias, np.float32)
        made.append(Operation(config["name"], DENSE, (before,), config, *weights))
        before = config["name"]
    return networks.built(made, len(layers[0][0]))


def in_pairs(*encoded: list[float]) -> tf.data.Dataset:
    return tf.data.Dataset.from_tensor_slices((np.array(encoded, np.float32),)).batch(2)


# Of the rows (1, 2), (-3, 1) and (0, -1), the first layer gives 20 a - b = 18, -61 and 1, after relu 18, 0 and 1; and
# 0.01 b = 0.02, 0.01 and -0.01. The second gives their difference, whose tangent hyperbolic has an int8 input.
SUMS = stack(([[20, 0], [-1, 0.01]], [0, 0], "relu"), ([[1], [-1]], [0], "tanh"), ([[2]], [0], "linear"))


def test_the_ranges_are_those_of_all_rows_that_are_seen() -> None:
    quantized = forms.quantize_network(SUMS)
    found = forms.calibrate(quantized, SUMS, in_pairs([1, 2], [-3, 1], [0, -1]))
    assert found == pytest.approx(
        {
            "quant_dense_0/post_activation_min:0": 0,
            "quant_dense_0/post_activation_max:0": 18,
            "quant_dense_1/pre_activation_min:0": -0.01,
            "quant_dense_1/pre_activation_max:0": 17.98,
        }
    )


def test_an_activation_that_is_always_zero_has_a_range() -> None:
    network = stack(([[-1], [-1]], [0], "relu"), ([[1]], [0], "linear"))
    found = forms.calibrate(forms.quantize_network(network), network, in_pairs([1, 2]))
    assert found["quant_dense_0/post_activation_max:0"] == pytest.approx(1e-3)


def test_activations_far_from_six_are_rounded_by_their_own_range() -> None:
    x = np.random.default_rng(17).uniform(0, 1, (500, 2)).astype("float32")
    for size in (0.01, 1000.0):  # a range from -6 to 6 has steps of 0.05, and ends at 6
        network = stack(([[size, 0], [0, size]], [0, 0], "relu"), ([[1], [1]], [0], "linear"))
        quantized = forms.quantize_network(network)
        ranges = forms.calibrate(quantized, network, tf.data.Dataset.from_tensors((x,)))
        with forms.calibrated(quantized, ranges):
            found = quantized(x, training=False).numpy()
        np.testing.assert_allclose(found, network(x).numpy(), atol=2 * size / 255)


def test_the_ranges_that_training_starts_from_are_the_same_after_the_calibrated_form() -> None:
    quantized = forms.quantize_network(SUMS)
    ranges = forms.calibrate(quantized, SUMS, in_pairs([1, 2], [-3, 1], [0, -1]))
    before = [weight.copy() for weight in quantized.get_weights()]
    with forms.calibrated(quantized, ranges):
        assert any((weight != start).any() for weight, start in zip(quantized.get_weights(), before, strict=True))
    for weight, start in zip(quantized.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, start)
    starts = {variable.name: float(variable.numpy()) for variable in quantized.non_trainable_variables[-3:]}
    # tfmot's own: a thousandth of the way from 6 towards 17.98 and, with the second batch, towards the 0.01 of its row.
    assert starts["quant_dense_1/pre_activation_max:0"] == pytest.approx(6, abs=0.05)
