"""Which shape the student gets: what the config says, or the best of a search under the byte promise.

The budget of the search is a number of trials, and no time: the same seed gives the same student on any machine.
"""

import copy
import dataclasses

import numpy as np
import tensorflow as tf

from modules.base import progress
from modules.base.errors import UserError
from modules.base.promises import Promises
from modules.base.settings import Distillation, Quantizer
from modules.contracts import student_search
from modules.contracts.student_search import TriedShape
from modules.graph.encoding import Encoder
from modules.training import inputs, loop, model, soft_labels
from modules.training.searching import candidates, halving, sizing
from modules.training.searching.candidates import StudentShape
from modules.training.training_run import TrainingRun

# Steps of an epoch of a trial, at most: a large table does not need all its rows to rank shapes.
_MOST_STEPS = 500


def check_promise(run: TrainingRun, encoder: Encoder) -> None:
    """Stops before anything is trained where the student's shape is searched and no shape keeps the byte promise.

    Args:
        run: The run; it has the section `promises` where the shape is searched.
        encoder: The encoder of the whole row.

    Raises:
        UserError: If so.
    """
    promised = run.section("promises", Promises).device.max_bytes if "promises" in run.config else None
    if promised is None:
        return
    size = sizing.measured(run, encoder, run.section("quantizer", Quantizer).form)
    least = candidates.smallest(encoder, size)
    if least > promised:
        raise UserError(
            "promises.device.max_bytes",
            f"no student that the search knows fits {promised:,} bytes: the smallest takes about {least:,}, of which "
            f"{size.rest:,} are the preprocessing and the structure of the file",
            "Promise more, exclude columns, lower features.quantile_bins, or give distillation.units",
        )


def shape_of(
    run: TrainingRun, encoder: Encoder, train: tf.data.Dataset, validation: tf.data.Dataset, model_run: str
) -> StudentShape:
    """Returns the student's shape.

    Args:
        run: The run.
        encoder: The encoder of the whole row.
        train: Batches of (encoded, target) or (encoded, target, weights), as the student learns from them.
        validation: The same of the validation rows.
        model_run: Where what was tried is written.
    """
    settings = run.section("distillation", Distillation)
    if settings.units is not None:
        student_search.write(model_run, [])
        return StudentShape(tuple(settings.units), settings.activation, settings.dropout)
    size = sizing.measured(run, encoder, run.section("quantizer", Quantizer).form)
    promised = run.section("promises", Promises).device.max_bytes
    drawn = candidates.draw(settings.search.trials, run.seed, encoder, size, promised)
    trials = [_Trial(run, shape, encoder, train, validation) for shape, _ in drawn]
    planned = len(trials) * settings.search.epochs
    done = 0

    def score(place: int, first: int, last: int) -> float:
        nonlocal done
        reached = trials[place].train(first, last)
        done += last - first
        progress.report(min(done, planned), planned, f"shape {place + 1} of {len(trials)}", at_most=True)
        return reached

    ranked = halving.halve(range(len(trials)), settings.search.epochs, score)
    tried = [_tried(*drawn[place], trials[place], epochs) for place, epochs, _ in ranked]
    student_search.write(model_run, tried)
    return drawn[ranked[0][0]][0]


def reading(batches: tf.data.Dataset, slots: np.ndarray) -> tf.data.Dataset:
    """Returns batches of which only some elements of the encoded rows are left.

    Args:
        batches: Batches of (encoded, …).
        slots: Which elements, bool [width].
    """
    if slots.all():
        return batches
    kept = np.flatnonzero(slots).astype(np.int32)
    return batches.map(lambda encoded, *rest: (tf.gather(encoded, kept, axis=1), *rest))


class _Trial:
    """A shape, and the network that has it."""

    def __init__(
        self,
        run: TrainingRun,
        shape: StudentShape,
        encoder: Encoder,
        train: tf.data.Dataset,
        validation: tf.data.Dataset,
    ) -> None:
        settings, slots = run.section("distillation", Distillation), shape.slots(encoder)
        steps = min(inputs.steps(train), _MOST_STEPS)
        self._train, self._validation = reading(train, slots).take(steps), reading(validation, slots)
        self._score = run.score(self._validation)
        architecture = model.Architecture.stack(shape.units, shape.activation, shape.dropout)
        self._network = model.build_network(int(slots.sum()), architecture, run.seed, run.target.outputs)
        loop.compile_model(self._network, settings.learning_rate, soft_labels.loss(run), steps)
        self.best = -np.inf

    @property
    def value(self) -> float | None:
        """The best score so far, in the metric's own direction."""
        sign = 1.0 if self._score.mode == "max" else -1.0
        return float(sign * self.best) if np.isfinite(self.best) else None

    def train(self, first: int, last: int) -> float:
        """Trains on; returns the best score so far, the higher the better."""
        history = loop.fit(
            self._network,
            self._train,
            self._validation,
            copy.copy(self._score),
            epochs=last,
            patience=None,
            initial_epoch=first,
            watch_loss=False,
            tell=lambda *_: None,
        )
        sign = 1.0 if self._score.mode == "max" else -1.0
        self.best = max([self.best, *(sign * value for value in history[self._score.monitor] if value == value)])
        return self.best


def _tried(shape: StudentShape, size: int, trial: _Trial, epochs: int) -> TriedShape:
    return TriedShape(**dataclasses.asdict(shape), bytes=size, epochs=epochs, score=trial.value)
