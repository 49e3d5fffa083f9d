from collections.abc import Callable

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_model_optimization as tfmot
import tf_keras

from modules.training import distillation, fitting, loop, model

pytestmark = pytest.mark.unit

ROWS, WIDTH, BATCH = 300, 20, 64
SHUFFLE_SEED = 3


def batches(targets: np.ndarray, weights: bool = False, shuffled: bool = True) -> tf.data.Dataset:
    tf_keras.utils.set_random_seed(11)
    generator = np.random.default_rng(1)
    encoded = generator.random((ROWS, WIDTH)).astype(np.float32)
    parts = [encoded, targets.astype(np.float32)]
    if weights:
        parts.append(generator.random(ROWS).astype(np.float32))
    rows = tf.data.Dataset.from_tensor_slices(tuple(parts))
    if not shuffled:
        return rows.batch(BATCH)
    return rows.shuffle(ROWS, seed=SHUFFLE_SEED, reshuffle_each_iteration=True).batch(BATCH)


def classes(count: int) -> np.ndarray:
    return np.random.default_rng(2).integers(0, count, (ROWS, 1))


def soft(columns: int) -> np.ndarray:
    return np.hstack([classes(2), np.random.default_rng(3).normal(size=(ROWS, columns))])


def network(architecture: model.Architecture, loss: tf_keras.losses.Loss, outputs: int) -> tf_keras.Model:
    tf_keras.utils.set_random_seed(11)
    built = model.build_network(WIDTH, architecture, 11, outputs)
    loop.compile_model(built, 0.01, loss, average_steps=5)
    return built


CASES = {
    "binary": lambda: (model.Architecture.stack([8, 8], "relu", 0.2), loop.hard_loss("binary"), 1, classes(2), False),
    "swish": lambda: (model.Architecture.stack([8, 4], "swish", 0.1), loop.hard_loss("binary"), 1, classes(2), False),
    "multiclass, weighted": lambda: (
        model.Architecture.stack([8], "tanh", 0.3),
        loop.hard_loss("multiclass"),
        3,
        classes(3),
        True,
    ),
    "regression without dropout": lambda: (
        model.Architecture.stack([4, 4, 4], "elu", 0.0),
        loop.hard_loss("regression"),
        1,
        classes(9),
        False,
    ),
    "distillation, weighted": lambda: (
        model.Architecture.stack([8], "relu", 0.1),
        distillation.DistillationLoss(2.0, 0.7),
        1,
        soft(1),
        True,
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_weights_optimizer_and_history_are_those_of_keras_to_the_bit(
    case: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = []
    for keras_alone in (False, True):
        if keras_alone:
            monkeypatch.setattr(fitting, "kind_of", lambda *_: None)
        architecture, loss, outputs, targets, weights = case()
        train = batches(targets, weights)
        validation = batches(targets, weights, shuffled=False).take(2)
        trained = network(architecture, loss, outputs)
        assert (fitting.kind_of(trained, train, validation) is None) == keras_alone
        history = fitting.fit(trained, train, validation, 0, 3, [])
        values = [variable.numpy() for variable in [*trained.variables, *trained.optimizer.variables]]
        results.append((history, values))
    (history, values), (expected_history, expected_values) = results
    assert history == expected_history
    for value, expected in zip(values, expected_values, strict=True):
        np.testing.assert_array_equal(value, expected)


def test_two_networks_of_one_kind_share_a_graph_and_not_their_weights() -> None:
    train = batches(classes(2))
    wide, narrow = (
        network(model.Architecture.stack([units], "relu", 0.1), loop.hard_loss("binary"), 1) for units in (8, 4)
    )
    assert fitting.kind_of(wide, train) == fitting.kind_of(narrow, train)
    before = narrow.get_weights()
    fitting.fit(wide, train, None, 0, 1, [])
    for value, expected in zip(narrow.get_weights(), before, strict=True):
        np.testing.assert_array_equal(value, expected)


def test_a_callback_can_stop_the_training_after_an_epoch() -> None:
    class Stop(tf_keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
            self.model.stop_training = epoch == 4

    trained = network(model.Architecture.stack([4], "relu", 0.1), loop.hard_loss("binary"), 1)
    history = fitting.fit(trained, batches(classes(2)), None, initial_epoch=3, epochs=9, callbacks=[Stop()])
    assert len(history["loss"]) == 2


def test_keras_trains_what_is_no_plain_dense_network() -> None:
    plain = network(model.Architecture.stack([4], "relu", 0.0), loop.hard_loss("binary"), 1)
    wrapped = tfmot.sparsity.keras.prune_low_magnitude(plain)
    loop.compile_model(wrapped, 0.01, loop.hard_loss("binary"))
    assert fitting.kind_of(wrapped, batches(classes(2))) is None


def test_keras_trains_from_a_stream_whose_length_is_unknown() -> None:
    stream = batches(classes(2)).filter(lambda *_: True)
    trained = network(model.Architecture.stack([4], "relu", 0.0), loop.hard_loss("binary"), 1)
    assert fitting.kind_of(trained, stream) is None
    assert fitting.kind_of(trained, batches(classes(2)), stream) is None


def test_keras_trains_what_belongs_to_a_strategy() -> None:
    with tf.distribute.MirroredStrategy(["CPU:0"]).scope():
        trained = network(model.Architecture.stack([4], "relu", 0.0), loop.hard_loss("binary"), 1)
    assert fitting.kind_of(trained, batches(classes(2))) is None
