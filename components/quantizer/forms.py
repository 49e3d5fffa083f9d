"""Quantizing a network to int8: after training, or while it goes on. Knows no TFX.

int8 concerns the network alone: the preprocessing around it stays in float32, since rounding a bin edge or a mean to
eight bits flips decisions by the dozen. One file holds both.
"""

import contextlib
import dataclasses
import functools
from collections.abc import Iterator, Mapping, Sequence

import tensorflow as tf
import tensorflow_model_optimization as tfmot
import tf_keras

from modules.base.settings import Quantizer
from modules.contracts.architecture import ADD, DENSE, ENCODED, MULTIPLY
from modules.training import curves, inputs, loop
from modules.training import network as networks
from modules.training.convergence import patience_of
from modules.training.network import ACTIVATE, Operation

# Batches of rows that set the ranges of the activations where nothing is trained.
_CALIBRATION_BATCHES = 40
# Share of a range that tfmot keeps at each batch.
_STAYS = 0.999
# An activation that is always 0 has a range all the same.
_LEAST_RANGE = 1e-3
# How operations merge what they read.
_MERGED = {ADD: tf.add, MULTIPLY: tf.multiply}


@tf_keras.utils.register_keras_serializable("tabular")
class OutputRanges(tfmot.quantization.keras.QuantizeConfig):
    """Says that what a layer without weights gives passes through int8: tfmot knows that of sums, not of products."""

    def get_weights_and_quantizers(self, layer: tf_keras.layers.Layer) -> list:
        return []

    def get_activations_and_quantizers(self, layer: tf_keras.layers.Layer) -> list:
        return []

    def set_quantize_weights(self, layer: tf_keras.layers.Layer, quantize_weights: list) -> None:
        """There are none."""

    def set_quantize_activations(self, layer: tf_keras.layers.Layer, quantize_activations: list) -> None:
        """There are none."""

    def get_output_quantizers(self, layer: tf_keras.layers.Layer) -> list:
        quantizer = tfmot.quantization.keras.quantizers.MovingAverageQuantizer(
            num_bits=8, per_axis=False, symmetric=False, narrow_range=False
        )
        return [quantizer]

    def get_config(self) -> dict:
        return {}


def quantize_network(network: tf_keras.Model) -> tf_keras.Model:
    """Wraps a network so that weights and activations pass through int8 (fake quantization), and zeros stay zeros.

    The last layer stays in float32: its few weights cost next to nothing, and an int8 logit would leave 256
    probabilities for all rows to share.

    Args:
        network: What `model.build_network` builds; a pruned one keeps its mask, by tfmot's prune-preserving scheme.
    """
    plain = networks.built(_taken_apart(networks.operations(network)), network.input_shape[-1])
    last = plain.layers[-1]

    def annotate(layer: tf_keras.layers.Layer) -> tf_keras.layers.Layer:
        if layer is last:
            return layer
        ranges = None if isinstance(layer, tf_keras.layers.Dense) or _has_fixed_range(layer) else OutputRanges()
        return tfmot.quantization.keras.quantize_annotate_layer(layer, ranges)

    annotated = tf_keras.models.clone_model(plain, clone_function=annotate)
    scheme = tfmot.experimental.combine.Default8BitPrunePreserveQuantizeScheme()
    with tfmot.quantization.keras.quantize_scope({"OutputRanges": OutputRanges}):
        return tfmot.quantization.keras.quantize_apply(annotated, scheme)


def _has_fixed_range(layer: tf_keras.layers.Layer) -> bool:
    """Tells whether TFLite knows what an activation gives: from 0 to 1."""
    return isinstance(layer, tf_keras.layers.Activation) and layer.activation is tf_keras.activations.sigmoid


def _taken_apart(operations: Sequence[Operation]) -> list[Operation]:
    """Takes operations apart as far as TFLite does: between their parts, int8 needs ranges, and tfmot sets none."""
    made: list[Operation] = []
    results: dict[str, str] = {}
    for operation in operations:
        inputs = tuple(results.get(name, name) for name in operation.inputs)
        made += _parts(dataclasses.replace(operation, inputs=inputs))
        results[operation.name] = made[-1].name
    return made


def _parts(operation: Operation) -> list[Operation]:
    """Returns the parts of one operation: swish is x times the sigmoid of x, and elu is an operation of its own."""
    name, activation = operation.name, operation.config.get("activation")
    if operation.kind != DENSE or activation not in ("swish", "silu", "elu"):
        return [operation]
    sums = dataclasses.replace(operation, config=operation.config | {"activation": "linear"})
    if activation == "elu":
        return [sums, Operation(f"{name}_elu", ACTIVATE, (name,), {"activation": "elu"})]
    sigmoid = Operation(f"{name}_sigmoid", ACTIVATE, (name,), {"activation": "sigmoid"})
    return [sums, sigmoid, Operation(f"{name}_swish", MULTIPLY, (name, sigmoid.name))]


def calibrate(quantized: tf_keras.Model, network: tf_keras.Model, train: tf.data.Dataset) -> dict[str, float]:
    """Finds the ranges of the activations for post-training int8, and sets those that training starts from.

    A range for post-training int8 goes from the least to the greatest value that the network gives in float32 for the
    rows that are seen, as TFLite's converter calibrates (`tf.lite.RepresentativeDataset`). Percentiles cut off large
    activations, and were no better on UCI Adult.

    Training starts from wider ranges, which follow the weights as these change. tfmot's go from -6 to 6, and move a
    thousandth of the way with each batch. Sums and products leave these: there, training starts from what the rows of
    all batches gave.

    Args:
        quantized: What `quantize_network` returned; no weight of it changes.
        network: What it was given.
        train: Batches of (encoded, target); the first of them are the rows that are seen.

    Returns:
        The ends of the ranges, by the names of their variables, for `calibrated`.
    """
    parts, found, kept = _taken_apart(networks.operations(network)), dict[str, float](), []
    is_stack = isinstance(quantized, tf_keras.Sequential)
    for batch in train.take(_CALIBRATION_BATCHES):
        for name, values in _activations(parts, batch[0]).items():
            low, high = f"{name}_min:0", f"{name}_max:0"
            found[low] = min(found.get(low, 0.0), float(tf.reduce_min(values)))
            found[high] = max(found.get(high, _LEAST_RANGE), float(tf.reduce_max(values)))
        if is_stack:
            quantized(batch[0], training=True)
        else:
            kept.append(batch[0])
    if not is_stack:
        _start_from(quantized, tf.concat(kept, axis=0))
    return {variable.name: found[variable.name] for variable in _ranges_of_activations(quantized)}


@contextlib.contextmanager
def calibrated(quantized: tf_keras.Model, ranges: Mapping[str, float]) -> Iterator[None]:
    """Gives a network the ranges that `calibrate` found; in the end, it has those that training starts from again."""
    variables = _ranges_of_activations(quantized)
    starts = [variable.numpy() for variable in variables]
    for variable in variables:
        variable.assign(ranges[variable.name])
    try:
        yield
    finally:
        for variable, start in zip(variables, starts, strict=True):
            variable.assign(start)


def _activations(parts: Sequence[Operation], encoded: tf.Tensor) -> dict[str, tf.Tensor]:
    """Returns what passes through int8 in the wrapped network, in float32, by what tfmot's variables begin with."""
    given, found = {ENCODED: encoded}, {}
    for part in parts:
        read = [given[name] for name in part.inputs]
        if part.kind == DENSE:
            read = [tf.matmul(read[0], part.kernel) + part.bias]
            found[f"quant_{part.name}/pre_activation"] = read[0]
        if part.kind in _MERGED:
            given[part.name] = functools.reduce(_MERGED[part.kind], read)
        else:
            given[part.name] = tf_keras.activations.get(part.config["activation"])(read[0])
        found |= {f"quant_{part.name}/{what}": given[part.name] for what in ("post_activation", "output")}
    return found


def _start_from(quantized: tf_keras.Model, encoded: tf.Tensor) -> None:
    """Sets the ranges that training starts from to those of some rows, as the wrapped network sees them."""
    ranges = _ranges_of_activations(quantized)
    starts = [variable.numpy() for variable in ranges]
    quantized(encoded, training=True)
    for variable, start in zip(ranges, starts, strict=True):
        found = (variable.numpy() - _STAYS * start) / (1 - _STAYS)
        variable.assign(min(found, 0.0) if start < 0 else max(found, _LEAST_RANGE))


def _ranges_of_activations(quantized: tf_keras.Model) -> list[tf.Variable]:
    ends = ("activation_min:0", "activation_max:0", "output_min:0", "output_max:0")
    return [variable for variable in quantized.non_trainable_variables if variable.name.endswith(ends)]


def train_quantized(
    quantized: tf_keras.Model,
    train: tf.data.Dataset,
    validation: tf.data.Dataset,
    score: loop.ValidationScore,
    loss: tf_keras.losses.Loss,
    settings: Quantizer,
    log_dir: str | None = None,
) -> None:
    """Quantization-aware training (Jacob et al., 2018, arXiv:1712.05877): the weights learn to live with rounding.

    It stops once it has converged.

    Args:
        quantized: What `quantize_network` returned.
        train: Batches of (encoded, target) that suit the loss.
        validation: The same of the validation rows.
        score: What is watched on them.
        loss: The student's loss.
        settings: The section `quantizer` of the config.
        log_dir: Where the record of the training goes, if anywhere.
    """
    loop.compile_model(quantized, settings.learning_rate, loss)
    record = curves.TrainingRecord("quantizer", log_dir) if log_dir else None
    patience = patience_of(None, inputs.steps(train))
    loop.fit(quantized, train, validation, score, settings.epochs, patience, record)
