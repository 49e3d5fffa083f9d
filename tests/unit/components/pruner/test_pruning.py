from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
import tf_keras

from components.pruner import pruning
from modules.base.errors import TargetMissed
from modules.base.settings import Pruner
from modules.contracts import training_curves
from modules.tasks import Target
from modules.training import network as networks
from modules.training.convergence import Patience
from modules.training.curves import TrainingRecord
from modules.training.loop import ValidationScore, hard_loss
from modules.training.model import Architecture, build_network

pytestmark = pytest.mark.unit

WIDTH, STEPS = 20, 8


def rows() -> tf.data.Dataset:
    x = np.random.default_rng(16).normal(size=(STEPS * 32, WIDTH)).astype("float32")
    return tf.data.Dataset.from_tensor_slices((x, (x[:, :1] > 0).astype("float32"))).batch(32)


class Scripted(ValidationScore):
    """A score that is given for each epoch."""

    def __init__(self, scores: list[float]) -> None:
        super().__init__(rows(), Target("binary", ("no", "yes")), "auc")
        self._scores = scores

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        if logs is not None:
            logs[self.monitor] = self._scores[epoch]


def prune(
    network: tf_keras.Sequential,
    settings: Pruner,
    score: ValidationScore | None = None,
    record: TrainingRecord | None = None,
) -> tf_keras.Sequential:
    score = score or ValidationScore(rows(), Target("binary", ("no", "yes")), "auc")
    (sparsity,) = settings.sparsities
    return pruning.prune(network, rows(), rows(), score, hard_loss("binary"), settings, STEPS, sparsity, record)


@pytest.fixture(scope="module")
def original() -> tf_keras.Sequential:
    return build_network(WIDTH, Architecture.stack([16, 8], "relu", 0.1), seed=6)


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
    fresh = build_network(WIDTH, Architecture.stack([16, 8], "relu", 0.1), seed=6)
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


def test_recovery_ends_once_it_has_converged_and_only_epochs_at_the_target_count(
    original: tf_keras.Sequential, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The sparsity rises for the two epochs of the patience, in which the score is at its best.
    monkeypatch.setattr(pruning, "patience_of", lambda given, steps: Patience(2))
    score, record = Scripted([0.9, 0.8, 0.5, 0.6, 0.55, 0.5]), TrainingRecord("pruner", str(tmp_path))
    pruned = prune(original, Pruner(sparsity=0.75, epochs=30), score, record)
    learnt = training_curves.read(str(tmp_path))
    assert (len(learnt.epochs), learnt.best_epoch, learnt.limit) == (6, 4, 30)
    assert networks.sparsity(pruned) == 0.75


@pytest.mark.parametrize(("epochs", "best"), [(6, 5), (3, 3), (1, 1)])
def test_few_epochs_leave_a_third_for_recovery(
    original: tf_keras.Sequential, tmp_path: Path, epochs: int, best: int
) -> None:
    falling = Scripted([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
    pruned = prune(original, Pruner(sparsity=0.75, epochs=epochs), falling, TrainingRecord("pruner", str(tmp_path)))
    learnt = training_curves.read(str(tmp_path))
    assert (len(learnt.epochs), learnt.best_epoch) == (epochs, best)
    assert networks.sparsity(pruned) == 0.75


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
