import numpy as np
import pytest
import tensorflow as tf
import tf_keras

from components.pruner import pruning
from modules.base.errors import TargetMissed
from modules.base.settings import Pruner
from modules.tasks import Target
from modules.training import network as networks
from modules.training.loop import ValidationScore, hard_loss
from modules.training.model import Architecture, build_network

pytestmark = pytest.mark.unit

WIDTH, STEPS = 20, 8


def rows() -> tf.data.Dataset:
    x = np.random.default_rng(16).normal(size=(STEPS * 32, WIDTH)).astype("float32")
    return tf.data.Dataset.from_tensor_slices((x, (x[:, :1] > 0).astype("float32"))).batch(32)


def prune(network: tf_keras.Sequential, settings: Pruner) -> tf_keras.Sequential:
    score = ValidationScore(rows(), Target("binary", ("no", "yes")), "auc")
    (sparsity,) = settings.sparsities
    return pruning.prune(network, rows(), rows(), score, hard_loss("binary"), settings, STEPS, sparsity)


@pytest.fixture(scope="module")
def original() -> tf_keras.Sequential:
    return build_network(WIDTH, Architecture([16, 8], "relu", 0.1), seed=6)


@pytest.fixture(scope="module")
def pruned(original: tf_keras.Sequential) -> tf_keras.Sequential:
    return prune(original, Pruner(sparsity=0.75, epochs=3, learning_rate=0.01))


def test_the_target_is_reached_in_every_layer(pruned: tf_keras.Sequential) -> None:
    # 20·16 = 320, 16·8 = 128 and 8·1 = 8 weights, of which 240, 96 and 6 become zero.
    assert [int((kernel == 0).sum()) for kernel in networks.kernels(pruned)] == [240, 96, 6]
    assert networks.sparsity(pruned) == 0.75


def test_what_comes_back_are_plain_dense_layers(pruned: tf_keras.Sequential) -> None:
    assert [type(layer) for layer in pruned.layers] == [tf_keras.layers.Dense] * 3
    assert [layer.name for layer in pruned.layers] == ["hidden_0", "hidden_1", "logit"]


def test_biases_are_not_pruned(pruned: tf_keras.Sequential) -> None:
    assert (pruned.layers[0].get_weights()[1] != 0).all()


def test_the_network_that_was_given_stays_as_it_was(original: tf_keras.Sequential, pruned: tf_keras.Sequential) -> None:
    assert networks.sparsity(original) == 0
    fresh = build_network(WIDTH, Architecture([16, 8], "relu", 0.1), seed=6)
    for weight, expected in zip(original.get_weights(), fresh.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, expected)


def test_the_largest_weights_are_kept(original: tf_keras.Sequential) -> None:
    # With next to no learning rate the weights stay what they were, but for the zeros.
    pruned = prune(original, Pruner(sparsity=0.5, epochs=2, learning_rate=1e-9))
    for before, after in zip(networks.kernels(original), networks.kernels(pruned), strict=True):
        kept = after != 0
        np.testing.assert_allclose(after[kept], before[kept], atol=1e-5)
        assert np.abs(before[kept]).min() >= np.abs(before[~kept]).max()


def test_training_goes_on_behind_the_mask(original: tf_keras.Sequential, pruned: tf_keras.Sequential) -> None:
    before, after = networks.kernels(original)[0], networks.kernels(pruned)[0]
    kept = after != 0
    assert np.abs(after[kept] - before[kept]).mean() > 0.01
    (x, target), *_ = rows().as_numpy_iterator()
    assert float(hard_loss("binary")(target, pruned(x))) < float(hard_loss("binary")(target, original(x)))


def test_a_sparser_network_is_made_of_a_sparse_one_and_keeps_its_zeros(pruned: tf_keras.Sequential) -> None:
    sparser = prune(pruned, Pruner(sparsity=0.9, epochs=2, learning_rate=0.01))
    assert networks.sparsity(sparser) == pytest.approx(0.9, abs=0.01)
    for before, after in zip(networks.kernels(pruned), networks.kernels(sparser), strict=True):
        assert not after[before == 0].any()


def test_without_zeros_the_network_stays_as_it_was_trained(original: tf_keras.Sequential) -> None:
    same = prune(original, Pruner(sparsity=[0.0]))
    for weight, expected in zip(same.get_weights(), original.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, expected)


@pytest.mark.parametrize("measured", [0.49, 0.5, 0.6])
def test_a_sparsity_within_the_tolerance_passes(measured: float) -> None:
    pruning.check_sparsity(measured, 0.5, Pruner(sparsity=0.5, tolerance=0.01))


def test_a_missed_target_stops_with_the_figures() -> None:
    with pytest.raises(TargetMissed) as caught:
        pruning.check_sparsity(0.4899, 0.5, Pruner(sparsity=0.5, tolerance=0.01))
    for figure in ("0.4899", "0.5 of pruner.sparsity", "pruner.tolerance 0.01", "pruner.epochs"):
        assert figure in str(caught.value)
