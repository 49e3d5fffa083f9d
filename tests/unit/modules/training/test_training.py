from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
import tf_keras
from sklearn.metrics import roc_auc_score

from modules import tasks
from modules.base import progress
from modules.contracts import training_curves
from modules.training import curves, loop

pytestmark = pytest.mark.unit

# Four rows: the first feature orders them perfectly, the second is wrong about one pair of four.
FEATURES = np.array([[0, 1], [1, 2], [2, 1], [3, 3]], "float32")
LABELS = np.array([[0], [0], [1], [1]], "float32")
BEST, WORSE = [1.0, 0.0], [0.0, 1.0]
# The second feature: of the pairs (1, 1) ½, (1, 3) 1, (2, 1) 0, (2, 3) 1, in all 2.5 / 4.
WORSE_AUC = 0.625
TARGET = tasks.Target("binary", ("no", "yes"))


class Weights(tf_keras.callbacks.Callback):
    """Sets the weights at the end of each epoch, as if training had led there."""

    def __init__(self, epochs: list[list[float]]):
        super().__init__()
        self._epochs = epochs

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self.model.set_weights([np.array(self._epochs[epoch], "float32").reshape(2, 1)])


def dataset() -> tf.data.Dataset:
    return tf.data.Dataset.from_tensor_slices((FEATURES, LABELS)).batch(3)


def small_model(learning_rate: float = 1e-3, average_steps: int | None = None) -> tf_keras.Model:
    model = tf_keras.Sequential([tf_keras.layers.InputLayer((2,)), tf_keras.layers.Dense(1, use_bias=False)])
    loop.compile_model(model, learning_rate, loop.hard_loss("binary"), average_steps=average_steps)
    return model


def fit(
    epochs: list[list[float]], patience: int | None, average_steps: int | None = None, **options: Any
) -> tuple[tf_keras.Model, dict]:
    model = small_model(average_steps=average_steps)
    history = loop.fit(
        model, dataset(), dataset(), score(dataset()), len(epochs), patience, callbacks=(Weights(epochs),), **options
    )
    return model, history


def score(validation: tf.data.Dataset) -> loop.ValidationScore:
    return loop.ValidationScore(validation, TARGET, "auc")


def weights(model: tf_keras.Model) -> list[float]:
    return model.get_weights()[0].ravel().tolist()


def test_each_epochs_val_auc_is_the_exact_one() -> None:
    _, history = fit([WORSE, BEST, [-1.0, 0.0]], None)
    assert history["val_auc"] == [WORSE_AUC, 1.0, 0.0]


def test_val_auc_equals_scikit_learns_on_many_rows() -> None:
    generator = np.random.default_rng(11)
    features = generator.normal(size=(10_000, 2)).astype("float32")
    labels = (features[:, :1] + generator.normal(size=(10_000, 1)) > 0).astype("float32")
    model = small_model()
    # A second target column, the teacher's logit, is none of its business.
    target = np.concatenate([labels, generator.normal(size=(10_000, 1))], axis=1).astype("float32")
    callback = score(tf.data.Dataset.from_tensor_slices((features, target)).batch(999))
    callback.set_model(model)
    logs: dict[str, float] = {}
    callback.on_epoch_end(0, logs)
    expected = roc_auc_score(labels[:, 0], (features @ model.get_weights()[0])[:, 0])
    assert logs["val_auc"] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("average_steps", [None, 2])
def test_training_stops_when_patience_is_over_and_the_best_epochs_weights_come_back(average_steps: int | None) -> None:
    model, history = fit([WORSE, BEST, WORSE, WORSE, BEST, BEST], 2, average_steps)
    assert history["val_auc"] == [WORSE_AUC, 1.0, WORSE_AUC, WORSE_AUC]
    assert weights(model) == BEST


@pytest.mark.parametrize("average_steps", [None, 2])
def test_the_best_epochs_weights_come_back_when_training_ends_before_patience_does(average_steps: int | None) -> None:
    model, history = fit([WORSE, BEST, WORSE], 5, average_steps)
    assert len(history["val_auc"]) == 3
    assert weights(model) == BEST


def test_the_best_epoch_may_be_the_one_with_the_smallest_loss() -> None:
    # The loss is that of the weights with which an epoch ends before they are set: here those of the epoch before it.
    tf_keras.utils.set_random_seed(1)
    epochs = [[-5.0, -5.0], BEST, WORSE]
    by_score, history = fit(epochs, patience=3)
    assert np.argmax(history["val_auc"]) == 1
    assert np.argmin(history["val_loss"]) == 2
    np.testing.assert_allclose(by_score.get_weights()[0][:, 0], BEST, atol=0.01)
    by_loss, _ = fit(epochs, patience=3, best_by_loss=True)
    np.testing.assert_allclose(by_loss.get_weights()[0][:, 0], WORSE, atol=0.01)


def test_without_patience_all_epochs_are_trained_and_the_last_weights_stay() -> None:
    model, history = fit([BEST, WORSE, WORSE, WORSE], patience=None)
    assert len(history["val_auc"]) == 4
    assert weights(model) == WORSE


def test_a_training_that_goes_on_counts_epochs_from_where_it_was() -> None:
    _, history = fit([BEST, BEST, WORSE, BEST, WORSE], patience=None, initial_epoch=2)
    assert history["val_auc"] == [WORSE_AUC, 1.0, WORSE_AUC]


def test_the_loss_of_the_validation_rows_is_only_computed_where_it_is_watched() -> None:
    assert "val_loss" in fit([BEST], None)[1]
    assert "val_loss" not in fit([BEST], None, watch_loss=False)[1]


def events_of(path: Path) -> list:
    return [tf.compat.v1.Event.FromString(record.numpy()) for record in tf.data.TFRecordDataset(str(path))]


def tags(folder: Path) -> dict[str, set[str]]:
    """Returns the tags of TensorBoard's logs by the folder that they lie in."""
    found: dict[str, set[str]] = {}
    for path in folder.rglob("events.out.tfevents.*"):
        events = events_of(path)
        values = {f"{value.tag} {event.step}" for event in events for value in event.summary.value}
        graphs = {"graph" for event in events if event.graph_def}
        found.setdefault(str(path.parent.relative_to(folder)), set()).update(values | graphs)
    return found


def test_the_record_is_the_curves_the_graph_two_histograms_and_the_best_epochs_checkpoint(tmp_path: Path) -> None:
    _, history = fit([WORSE, BEST, WORSE], patience=None, record=curves.TrainingRecord("teacher", str(tmp_path)))
    found = tags(tmp_path)
    assert {f"epoch_auc {epoch}" for epoch in range(3)} < found["validation"]
    assert {f"epoch_loss {epoch}" for epoch in range(3)} == found["train"]
    assert "graph" in found["model"]
    histograms = {tag.split("/")[1] for tag in found["model"] - {"graph"}}
    assert histograms == {"kernel:0 0", "kernel:0 3"}
    again = small_model()
    again.load_weights(str(tmp_path / "checkpoints" / "best")).expect_partial()
    assert weights(again) == BEST
    learnt = training_curves.read(str(tmp_path))
    assert (learnt.step, learnt.monitor, learnt.epochs) == ("teacher", "val_auc", [1, 2, 3])
    assert learnt.values["val_auc"] == [WORSE_AUC, 1.0, WORSE_AUC]
    assert learnt.values["loss"] == history["loss"]
    assert learnt.best_epoch == 2


def test_a_histogram_counts_every_weight_of_a_kernel(tmp_path: Path) -> None:
    fit([BEST], patience=None, record=curves.TrainingRecord("teacher", str(tmp_path)))
    (path,) = (tmp_path / "model").glob("events.out.tfevents.*")
    histograms = [value for event in events_of(path) for value in event.summary.value if value.HasField("tensor")]
    assert {value.metadata.plugin_data.plugin_name for value in histograms} == {"histograms"}
    counts = [tf.make_ndarray(value.tensor)[:, 2].sum() for value in histograms]
    assert counts == [weight.size for weight in small_model().get_weights()] * 2


def test_a_trial_leaves_curves_alone(tmp_path: Path) -> None:
    record = curves.TrainingRecord("0003", str(tmp_path), curves_only=True)
    fit([WORSE, BEST], patience=None, record=record, watch_loss=False)
    assert set(tags(tmp_path)) == {path.name for path in tmp_path.iterdir()} == {"train", "validation"}


def test_each_epoch_is_reported_with_its_score() -> None:
    heard: list[progress.Progress] = []
    with progress.listen(heard.append):
        fit([WORSE, BEST], patience=None)
        fit([BEST], patience=2)
        fit([BEST, WORSE, WORSE, WORSE], patience=1)
    texts = [f"{item.note}{' at most' if item.at_most else ''}" for item in heard]
    assert texts[:3] == ["epoch 1 of 2, AUC 0.6250", "epoch 2 of 2, AUC 1.0000", "epoch 1 of 1, AUC 1.0000"]
    assert texts[3:] == ["epoch 1 of 4, AUC 1.0000 at most", "epoch 2 of 4, AUC 0.6250 at most"]
    assert [(item.done, item.total) for item in heard[:2]] == [(1, 2), (2, 2)]


def test_whoever_counts_epochs_otherwise_is_told_instead() -> None:
    heard: list[progress.Progress] = []
    told: list[tuple[int, float]] = []
    with progress.listen(heard.append):
        fit([BEST, WORSE, BEST], patience=None, initial_epoch=1, tell=lambda *epoch: told.append(epoch))
    assert told == [(2, WORSE_AUC), (3, 1.0)]
    assert heard == []


def test_nothing_is_written_without_a_log_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    fit([BEST], patience=1)
    assert list(tmp_path.iterdir()) == []


def test_the_hard_loss_of_two_classes_is_the_cross_entropy_of_logits() -> None:
    # ln(1 + e^-2) for the right sign, and that plus 2 for the wrong one: mean 0.126928 + 1.
    loss = loop.hard_loss("binary")(tf.constant([[1.0], [1.0]]), tf.constant([[2.0], [-2.0]]))
    assert float(loss) == pytest.approx(1.126928, abs=1e-6)


def test_gradients_are_clipped_and_the_learning_rate_is_the_one_given() -> None:
    model = small_model(0.25)
    assert float(model.optimizer.learning_rate) == 0.25
    assert model.optimizer.clipnorm == 1.0
    assert not model.optimizer.use_ema


def test_a_network_learns() -> None:
    generator = np.random.default_rng(12)
    x = generator.normal(size=(400, 2)).astype("float32")
    rows = tf.data.Dataset.from_tensor_slices((x, (x[:, :1] > x[:, 1:]).astype("float32"))).batch(50)
    history = loop.fit(small_model(0.1), rows, rows, score(rows), 5, 5)
    assert history["val_auc"][-1] > 0.99
    assert history["loss"][-1] < 0.5 * history["loss"][0]


class Step(tf_keras.callbacks.Callback):
    """Sets the weight before each step, as if the steps had led there."""

    def __init__(self, path: list[float]):
        super().__init__()
        self._path = iter(path)

    def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        self.model.set_weights([np.full((2, 1), next(self._path), "float32")])


def two_steps() -> tf.data.Dataset:
    return tf.data.Dataset.from_tensor_slices((FEATURES, LABELS)).batch(2)


def test_the_average_over_the_epochs_steps_takes_the_place_of_the_weights() -> None:
    # Averaged over 2 steps, each counts half: from 1 (where training starts), with the steps 3 and 7, the average is
    # (1 + 3) / 2 = 2, then (2 + 7) / 2 = 4.5. With next to no learning rate, steps change nothing themselves.
    model = small_model(1e-9)
    model.set_weights([np.ones((2, 1), "float32")])
    loop.compile_model(model, 1e-9, loop.hard_loss("binary"), average_steps=2)
    loop.fit(model, two_steps(), two_steps(), score(two_steps()), 1, None, callbacks=(Step([3, 7]),))
    np.testing.assert_allclose(model.get_weights()[0], 4.5, rtol=1e-5)


def test_a_training_that_goes_on_from_other_weights_averages_from_those() -> None:
    # The Tuner sets the weights of a trial's earlier round after compiling. They are 5 throughout, so their average is.
    model = small_model(1e-9, average_steps=2)
    model.set_weights([np.full((2, 1), 5, "float32")])
    loop.fit(model, two_steps(), two_steps(), score(two_steps()), 1, None)
    np.testing.assert_allclose(model.get_weights()[0], 5, rtol=1e-5)
