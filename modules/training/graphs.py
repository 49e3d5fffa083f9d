"""Graphs that train and judge a dense network for a whole epoch, traced once for all networks of one kind.

Weights, learning rate and dropout rates are arguments of the graph, and the loop over the batches is part of it. The
arithmetic is that of tf_keras' `fit`, operation by operation, and so are the random numbers: the same network from the
same seed ends with the same bits.
"""

import dataclasses
import functools
import json
import threading
from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf
import tf_keras

_PHILOX = 1
# TensorFlow's dropout advances its random generator by so many blocks for each number that it draws.
_BLOCKS_PER_NUMBER = 256
_MATRIX, _VECTOR = tf.TensorSpec([None, None], tf.float32), tf.TensorSpec([None], tf.float32)
_NUMBER, _COUNT, _SEED = tf.TensorSpec([], tf.float32), tf.TensorSpec([], tf.int64), tf.TensorSpec([2], tf.int64)

Tensors = list[tf.Tensor]

# Held by who asks for a graph, so that trials beside each other do not trace the same one twice.
TRACING = threading.Lock()


@dataclasses.dataclass(frozen=True)
class Kind:
    """What tells one graph from another.

    Attributes:
        activations: The activation of each dense layer, by its Keras name.
        dropouts: Whether dropout follows each dense layer.
        loss: The class of the loss, and its config as JSON.
        adam: Adam's beta_1, beta_2 and epsilon, and the norm to which each gradient is clipped.
        averaged: Whether the weights are averaged exponentially.
        batch: Dtypes and shapes of a batch: encoded rows, targets and, where rows count differently, their weights.
    """

    activations: tuple[str, ...]
    dropouts: tuple[bool, ...]
    loss: tuple[type[tf_keras.losses.Loss], str]
    adam: tuple[float, float, float, float]
    averaged: bool
    batch: tuple[tf.TensorSpec, ...]


@functools.lru_cache(maxsize=64)
def training(kind: Kind) -> Callable[..., tuple[list[Tensors], tf.Tensor, tf.Tensor]]:
    """Returns the graph that trains for an epoch.

    It takes

    - an iterator of batches, and their number, int64;
    - the state: weights, Adam's first and second moments, and averaged weights (none where nothing is averaged), a
      kernel and a bias for each layer;
    - learning rate, number of steps done before, share of the average that is kept and share of the weights that is
      added to it at each step, number of steps after which the average replaces the weights;
    - rates of the dropouts, factors of what they keep, and their seeds, int64 [2];
    - the number of rows that have been trained on, int64, since the random numbers started at the seeds;

    and returns the new state, the new number of rows, and the mean loss of the rows.
    """
    loss = _loss(kind)
    weights = [_MATRIX, _VECTOR] * len(kind.activations)
    state_spec = [weights, weights, weights, weights if kind.averaged else []]
    thinned = sum(kind.dropouts)
    signature = [
        tf.data.IteratorSpec(kind.batch),
        _COUNT,
        state_spec,
        [_NUMBER, _COUNT, _NUMBER, _NUMBER, _COUNT],
        [[_NUMBER] * thinned, [_NUMBER] * thinned, [_SEED] * thinned],
        _COUNT,
    ]

    # A function of its own: TensorFlow fuses no operations within the body of a loop, and fused ones round otherwise.
    @tf.function(experimental_attributes={"_noinline": True}, autograph=False)
    def train(batch: Any, state: list[Tensors], adam: Tensors, dropout: list[Tensors], rows: tf.Tensor) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(state[0])
            value = loss(batch, _forward(kind, state[0], batch[0], dropout, rows))
        gradients = [tf.clip_by_norm(gradient, kind.adam[3]) for gradient in tape.gradient(value, state[0])]
        return _adam(kind, state, gradients, adam), value

    @tf.function(input_signature=signature, autograph=False)
    def epoch(
        batches: Any, steps: tf.Tensor, state: list[Tensors], adam: Tensors, dropout: list[Tensors], rows: tf.Tensor
    ) -> Any:
        def step(done: tf.Tensor, state: list[Tensors], rows: tf.Tensor, total: tf.Tensor, counted: tf.Tensor) -> Any:
            batch = next(batches)
            state, value = train(batch, state, [adam[0], adam[1] + done, *adam[2:]], dropout, rows)
            size = tf.shape(batch[1])[0]
            weight = tf.cast(size, tf.float32)
            return done + 1, state, rows + tf.cast(size, tf.int64), total + value * weight, counted + weight

        _, state, rows, total, counted = tf.while_loop(
            lambda done, *_: done < steps,
            step,
            (tf.constant(0, tf.int64), state, rows, tf.constant(0.0), tf.constant(0.0)),
            shape_invariants=(_COUNT, state_spec, _COUNT, _NUMBER, _NUMBER),
        )
        return state, rows, tf.math.divide_no_nan(total, counted)

    return epoch.get_concrete_function()


@functools.lru_cache(maxsize=64)
def judging(kind: Kind) -> Callable[..., tf.Tensor]:
    """Returns the graph that takes an iterator of batches, their number, and weights, and returns the mean loss."""
    loss = _loss(kind)
    signature = [tf.data.IteratorSpec(kind.batch), _COUNT, [_MATRIX, _VECTOR] * len(kind.activations)]

    @tf.function(experimental_attributes={"_noinline": True}, autograph=False)
    def judge(batch: Any, weights: Tensors) -> tf.Tensor:
        return loss(batch, _forward(kind, weights, batch[0]))

    @tf.function(input_signature=signature, autograph=False)
    def epoch(batches: Any, steps: tf.Tensor, weights: Tensors) -> tf.Tensor:
        def step(done: tf.Tensor, total: tf.Tensor, counted: tf.Tensor) -> Any:
            batch = next(batches)
            size = tf.cast(tf.shape(batch[1])[0], tf.float32)
            return done + 1, total + judge(batch, weights) * size, counted + size

        start = (tf.constant(0, tf.int64), tf.constant(0.0), tf.constant(0.0))
        _, total, counted = tf.while_loop(lambda done, *_: done < steps, step, start)
        return tf.math.divide_no_nan(total, counted)

    return epoch.get_concrete_function()


def _loss(kind: Kind) -> Callable[[Sequence[tf.Tensor], tf.Tensor], tf.Tensor]:
    """Returns the mean loss of a batch as a function of the batch and of the network's outputs."""
    loss = kind.loss[0].from_config(json.loads(kind.loss[1]))

    def value(batch: Sequence[tf.Tensor], outputs: tf.Tensor) -> tf.Tensor:
        _, target, *weights = batch
        return loss(target, outputs, *(tf.expand_dims(part, 1) for part in weights))

    return value


def _forward(
    kind: Kind,
    weights: Tensors,
    values: tf.Tensor,
    dropout: list[Tensors] | None = None,
    rows: tf.Tensor | None = None,
) -> tf.Tensor:
    """Returns the outputs of the network, [batch, outputs]; without dropout where none is given."""
    thinned = 0
    for layer, (activation, drops) in enumerate(zip(kind.activations, kind.dropouts, strict=True)):
        values = tf.nn.bias_add(tf.matmul(values, weights[2 * layer]), weights[2 * layer + 1])
        values = tf_keras.activations.get(activation)(values)
        if drops and dropout is not None:
            rate, scale, seed = (part[thinned] for part in dropout)
            values = tf.where(_drawn(tf.shape(values), seed, rows) >= rate, values * scale, 0.0)
            thinned += 1
    return values


def _drawn(shape: tf.Tensor, seed: tf.Tensor, rows: tf.Tensor) -> tf.Tensor:
    """Draws what `tf.random.uniform` draws that has been called for so many rows before."""
    counter = rows * tf.cast(shape[1], tf.int64) * _BLOCKS_PER_NUMBER
    return tf.raw_ops.StatelessRandomUniformV2(
        shape=shape,
        key=tf.cast(seed[:1], tf.uint64),
        counter=tf.cast(tf.stack([counter, seed[1]]), tf.uint64),
        alg=_PHILOX,
    )


def _adam(kind: Kind, state: list[Tensors], gradients: Tensors, settings: Tensors) -> list[Tensors]:
    """Returns the state after one step of Adam (Kingma and Ba, 2015, arXiv:1412.6980), and of averaging."""
    weights, firsts, seconds, averages = state
    rate, iteration, kept, added, frequency = settings
    beta_1, beta_2, epsilon, _ = kind.adam
    step = tf.cast(iteration + 1, tf.float32)
    alpha = rate * tf.sqrt(1 - tf.pow(beta_2, step)) / (1 - tf.pow(beta_1, step))
    firsts = [m + (g - m) * (1 - beta_1) for m, g in zip(firsts, gradients, strict=True)]
    seconds = [v + (tf.square(g) - v) * (1 - beta_2) for v, g in zip(seconds, gradients, strict=True)]
    moments = zip(weights, firsts, seconds, strict=True)
    weights = [w - (m * alpha) / (tf.sqrt(v) + epsilon) for w, m, v in moments]
    if averages:
        averages = [kept * average + added * w for average, w in zip(averages, weights, strict=True)]
        due = tf.equal((iteration + 1) % frequency, 0)
        weights = [tf.where(due, average, w) for average, w in zip(averages, weights, strict=True)]
    return [weights, firsts, seconds, averages]
