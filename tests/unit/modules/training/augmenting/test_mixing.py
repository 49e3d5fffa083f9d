import threading
from collections.abc import Callable
from typing import Any, get_args

import numpy as np
import pytest
import tensorflow as tf

from modules.base.settings import Augment
from modules.features.profile import Profile
from modules.training import inputs
from modules.training.augmenting import mixing
from modules.training.augmenting.mixing import Mixture
from modules.training.augmenting.synthetic_rows import METHODS
from modules.training.inputs import FURTHER, Rows

pytestmark = pytest.mark.unit

# Training rows a batch.
REAL = 90


def encode(batch: dict[str, tf.Tensor]) -> tuple[tf.Tensor, ...]:
    target = tf.concat([batch["label"], batch[FURTHER]], axis=1)
    return batch["value"], target, batch["weight"][:, 0]


def label(rows: Rows) -> np.ndarray:
    return 100 + rows["value"][:, 3:4]


def mixture(profile: Profile, times: int = 3, label: Callable[[Rows], np.ndarray] = label) -> Mixture:
    return Mixture("gibbs", times, profile, 7, label)


@pytest.fixture
def make(training: Rows, profile: Profile) -> inputs.Source:
    rows = training | {FURTHER: label(training)}
    batches = lambda: inputs._batches(rows, REAL, seed=1).map(encode)  # noqa: E731
    return mixture(profile).mixed(batches, REAL, training, encode)


def test_each_batch_has_its_training_rows_and_times_as_many_synthetic_ones(make: inputs.Source, training: Rows) -> None:
    batches = [*make().as_numpy_iterator()]
    assert [len(batch[0]) for batch in batches] == [4 * REAL] * 33 + [4 * 30]
    assert int(make().cardinality()) == 34
    real = np.concatenate([batch[0][: len(batch[0]) // 4] for batch in batches])
    np.testing.assert_array_equal(np.unique(real, axis=0), np.unique(training["value"], axis=0))
    for _, target, _ in batches:
        known = len(target) // 4
        assert set(target[:known, 0].tolist()) == {0, 1}
        assert np.isnan(target[known:, 0]).all()


def test_synthetic_rows_have_the_teachers_answer_and_the_weight_of_the_row_they_began_as(
    make: inputs.Source, training: Rows
) -> None:
    position, target, weight = (np.concatenate(part) for part in zip(*make().as_numpy_iterator(), strict=True))
    np.testing.assert_allclose(target[:, 1], 100 + position[:, 3])
    made = np.isnan(target[:, 0])
    assert set(weight[made].tolist()) <= set(training["weight"][:, 0].tolist())
    assert weight[made].mean() == pytest.approx(training["weight"].mean(), abs=0.01)


def test_each_epoch_draws_other_rows_and_each_training_the_same(make: inputs.Source) -> None:
    def epochs(dataset: tf.data.Dataset) -> list[np.ndarray]:
        return [np.concatenate([batch[0][-30:] for batch in dataset.as_numpy_iterator()]) for _ in range(2)]

    first, second = epochs(make())  # of four that differ
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(np.stack([first, second]), np.stack(epochs(make())))


def test_the_rows_of_four_epochs_come_again_and_the_teacher_is_not_asked_again(
    training: Rows, profile: Profile
) -> None:
    asked: list[int] = []

    def noted(rows: Rows) -> np.ndarray:
        asked.append(len(rows["label"]))
        return label(rows)

    batches = lambda: inputs._batches(training | {FURTHER: label(training)}, REAL, seed=1).map(encode)  # noqa: E731
    made = mixture(profile, 3, noted)
    dataset = made.mixed(batches, REAL, training, encode)()

    def epoch() -> list[np.ndarray]:
        return [part for batch in dataset.as_numpy_iterator() for part in (batch[0][REAL:], batch[1][REAL:, 1])]

    first = [epoch() for _ in range(mixing.ROUNDS)]
    before = len(asked)
    again = [epoch() for _ in range(mixing.ROUNDS)]
    # Of what is held ready when an epoch ends, there may be more or less.
    assert len(asked) <= before + 4 * mixing.ROUNDS
    assert before >= 3 * mixing.ROUNDS
    for one, other in zip(first, again, strict=True):
        for part, same in zip(one[:-2], other[:-2], strict=True):
            np.testing.assert_array_equal(part, same)


def test_rows_are_drawn_beside_the_training_a_few_thousand_at_a_time(training: Rows, profile: Profile) -> None:
    asked: list[tuple[int, bool]] = []

    def noted(rows: Rows) -> np.ndarray:
        asked.append((len(rows["label"]), threading.current_thread() is threading.main_thread()))
        return label(rows)

    rows = {name: np.tile(value, (20, *[1] * (value.ndim - 1))) for name, value in training.items()}
    batches = lambda: inputs._batches(rows | {FURTHER: label(rows)}, REAL).map(encode)  # noqa: E731
    dataset = mixture(profile, 10, noted).mixed(batches, REAL, rows, encode)()
    asked.clear()
    iterator = iter(dataset)
    for _ in range(40):
        next(iterator)
    sizes, in_main = zip(*asked, strict=True)
    # 40 batches take 36,000 of the 600,000 rows of an epoch, and few more are held ready.
    assert max(sizes) <= 8_192
    assert sum(sizes) <= 36_000 + 3 * 8_192 + 10 * 4 * REAL
    assert not any(in_main)


def test_what_goes_wrong_with_the_teacher_ends_the_training(training: Rows, profile: Profile) -> None:
    answers: Any = iter([label(training), label(training)])

    def once(rows: Rows) -> np.ndarray:
        return next(answers)[: len(rows["label"])]

    batches = lambda: inputs._batches(training | {FURTHER: label(training)}, REAL).map(encode)  # noqa: E731
    dataset = mixture(profile, 10, once).mixed(batches, REAL, training, encode)()
    with pytest.raises(tf.errors.OpError):
        for _ in dataset:
            pass


def test_the_methods_of_the_config_are_those_there_are() -> None:
    known = Augment.model_fields["method"].annotation
    assert {*METHODS, "none"} == set(get_args(known))
