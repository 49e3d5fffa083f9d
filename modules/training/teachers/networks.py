"""Networks as members of a teacher: the best one of the search, trained once per fold."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import tf_keras

from modules.graph.encoding import Encoder
from modules.training import inputs, loop, model, strategies
from modules.training.convergence import patience_of
from modules.training.teachers.member import Lesson
from modules.training.teachers.network import NetworkTeacher
from modules.training.training_run import TrainingRun

UNIT = "epoch"
_FILE = "network.keras"


def describe(run: TrainingRun) -> dict[str, Any]:
    """Returns the encoder before the networks."""
    return {"encoder": model.build_encoder(run.output, run.encoding).get_config()}


def load(description: Mapping[str, Any], content: bytes) -> "FoldNetwork":
    """Loads a network from Keras' own format."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, _FILE)
        with open(path, "wb") as file:
            file.write(content)
        network = tf_keras.models.load_model(path, compile=False)
    return FoldNetwork(Encoder.from_config(description["encoder"]), network)


def learn(lesson: Lesson) -> "TrainedNetwork":
    """Trains a network until the score of the rows held out has not risen for some epochs."""
    run, settings, best = lesson.run, lesson.settings, lesson.hyperparameters
    encoder = model.build_encoder(run.output, run.encoding)
    train = inputs.batches_of(lesson.rows, encoder, settings.batch_size, lesson.seed, run.class_weights)
    held = inputs.batches_of(lesson.held, encoder, settings.batch_size)
    with strategies.mirrored(settings.replicas).scope():
        network = model.build_network(encoder.width, model.architecture_of(best), lesson.seed, run.target.outputs)
        loss = loop.hard_loss(run.label.task)
        steps = inputs.steps(train)
        loop.compile_model(network, best["learning_rate"], loss, average_steps=steps)
    score, weights = run.score(held), _EpochWeights()
    patience = patience_of(settings.patience, steps)
    history = loop.fit(
        network, train, held, score, settings.epochs, patience, callbacks=(weights,), tell=lambda *_: None
    )
    return TrainedNetwork(encoder, network, weights.epochs, history, score)


class _EpochWeights(tf_keras.callbacks.Callback):
    """Keeps the weights of every epoch."""

    def __init__(self) -> None:
        super().__init__()
        self.epochs: list[list[np.ndarray]] = []

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self.epochs.append(self.model.get_weights())


class TrainedNetwork:
    """A `Learnt` of as many epochs as it was trained for."""

    def __init__(
        self,
        encoder: Encoder,
        network: tf_keras.Model,
        epochs: Sequence[list[np.ndarray]],
        curves: Mapping[str, Sequence[float]],
        score: loop.ValidationScore,
    ) -> None:
        self._encoder, self._network, self._epochs, self.curves = encoder, network, epochs, curves
        scores = np.array(curves[score.monitor])
        self.best = int(np.nanargmax(scores if score.mode == "max" else -scores)) + 1 if scores.size else 1

    def cut(self, length: int) -> "FoldNetwork":
        """Returns the network as it was after so many epochs."""
        self._network.set_weights(self._epochs[min(length, len(self._epochs)) - 1])
        return FoldNetwork(self._encoder, self._network)


class FoldNetwork(NetworkTeacher):
    """A network behind its encoder."""

    def to_bytes(self) -> bytes:
        """Returns the network in Keras' own format."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, _FILE)
            self._network.save(path)
            with open(path, "rb") as file:
                return file.read()
