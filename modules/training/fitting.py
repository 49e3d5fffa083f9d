"""Keras' `fit`, and for plain dense networks a faster one that ends with the same bits.

Keras traces a training step for every new model, and calls it from Python for every batch. A search trains dozens of
small networks for a few epochs each, and spends more time on that than on arithmetic.
"""

import dataclasses
import json
from collections.abc import Sequence
from typing import Any

import tensorflow as tf
import tf_keras

from modules.training import graphs


def fit(
    model: tf_keras.Model,
    train: tf.data.Dataset,
    validation: tf.data.Dataset | None,
    initial_epoch: int,
    epochs: int,
    callbacks: Sequence[tf_keras.callbacks.Callback],
) -> dict[str, list[float]]:
    """Trains a compiled model; returns the history.

    Callbacks of single batches are called by Keras alone.

    Args:
        model: A network that `loop.compile_model` compiled.
        train: Batches of (encoded, target) or (encoded, target, weights).
        validation: The same of the rows whose loss is to be in the history, if any.
        initial_epoch: The number of the first epoch.
        epochs: The epoch to stop before.
        callbacks: Called in their order.
    """
    kind = kind_of(model, train, validation)
    if kind is None:
        return model.fit(
            train,
            validation_data=validation,
            epochs=epochs,
            initial_epoch=initial_epoch,
            callbacks=[*callbacks],
            verbose=0,
        ).history
    network = _Network(model, kind)
    watchers = tf_keras.callbacks.CallbackList([*callbacks], add_history=True, model=model, epochs=epochs, verbose=0)
    model.stop_training = False
    iter(train)  # as Keras does: with each iterator comes another permutation of the rows
    logs: dict[str, float] = {}
    watchers.on_train_begin()
    for epoch in range(initial_epoch, epochs):
        watchers.on_epoch_begin(epoch)
        logs = {"loss": network.train(train)}
        if validation is not None:
            logs["val_loss"] = network.judge(validation)
        watchers.on_epoch_end(epoch, logs)
        if model.stop_training:
            break
    watchers.on_train_end(logs)
    return model.history.history


def kind_of(
    model: tf_keras.Model, train: tf.data.Dataset, validation: tf.data.Dataset | None = None
) -> graphs.Kind | None:
    """Returns which graph trains a compiled model, None where Keras has to do it.

    Keras trains what is not a plain stack of dense layers with biases (tfmot's wrappers, say), what several replicas
    train, and what is fed with batches of an unknown number.
    """
    layers = model.layers
    plain = all(
        type(layer) is tf_keras.layers.Dropout or (type(layer) is tf_keras.layers.Dense and layer.use_bias)
        for layer in layers
    )
    alone = not tf.distribute.has_strategy() and model.distribute_strategy is tf.distribute.get_strategy()
    counted = all(int(batches.cardinality()) >= 0 for batches in (train, validation) if batches is not None)
    if not (plain and alone and counted):
        return None
    dense = [place for place, layer in enumerate(layers) if isinstance(layer, tf_keras.layers.Dense)]
    optimizer = model.optimizer
    return graphs.Kind(
        activations=tuple(tf_keras.activations.serialize(layers[place].activation) for place in dense),
        dropouts=tuple(
            any(isinstance(layer, tf_keras.layers.Dropout) for layer in layers[place + 1 : place + 2])
            for place in dense
        ),
        loss=(type(model.loss), json.dumps(model.loss.get_config(), sort_keys=True)),
        adam=(optimizer.beta_1, optimizer.beta_2, optimizer.epsilon, optimizer.clipnorm),
        averaged=optimizer.use_ema,
        batch=tuple(train.element_spec),
    )


class _Network:
    """A compiled model, whose weights and optimizer are read before each epoch and written after it."""

    def __init__(self, model: tf_keras.Model, kind: graphs.Kind) -> None:
        self._model, self._kind = model, kind
        self._rows = tf.constant(0, tf.int64)
        layers = [layer for layer in model.layers if isinstance(layer, tf_keras.layers.Dropout)]
        self._dropout = [
            [tf.constant(layer.rate, tf.float32) for layer in layers],
            [tf.constant(1.0 / (1.0 - layer.rate), tf.float32) for layer in layers],
            [tf.constant(tf.compat.v1.random.get_seed(layer.seed), tf.int64) for layer in layers],
        ]

    def train(self, batches: tf.data.Dataset) -> float:
        """Trains for an epoch; returns the mean loss of the rows."""
        optimizer = self._model.optimizer
        averages = optimizer._model_variables_moving_average if self._kind.averaged else []
        held = [self._model.trainable_variables, optimizer._momentums, optimizer._velocities, averages]
        kept = optimizer.ema_momentum if self._kind.averaged else 0.0
        steps = batches.cardinality()
        settings = [
            tf.convert_to_tensor(optimizer.learning_rate),
            tf.convert_to_tensor(optimizer.iterations),
            tf.constant(kept, tf.float32),
            tf.constant(1.0 - kept, tf.float32),
            tf.constant(optimizer.ema_overwrite_frequency or 1, tf.int64),
        ]
        state = [_values(part) for part in held]
        with graphs.TRACING:
            graph = graphs.training(self._kind)
        state, self._rows, loss = graph(iter(batches), steps, state, settings, self._dropout, self._rows)
        for part, values in zip(held, state, strict=True):
            for variable, value in zip(part, values, strict=True):
                variable.assign(value)
        optimizer.iterations.assign_add(steps)
        return float(loss)

    def judge(self, batches: tf.data.Dataset) -> float:
        """Returns the mean loss of other rows."""
        weights = _values(self._model.trainable_variables)
        kind = dataclasses.replace(self._kind, averaged=False, batch=tuple(batches.element_spec))
        with graphs.TRACING:
            graph = graphs.judging(kind)
        return float(graph(iter(batches), batches.cardinality(), weights))


def _values(variables: Any) -> list[tf.Tensor]:
    return [tf.convert_to_tensor(variable) for variable in variables]
