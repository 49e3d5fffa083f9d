import math

import numpy as np
import pytest
import tensorflow as tf
import tf_keras

from modules.distillation import DistillationLoss

pytestmark = pytest.mark.unit

LN2, LN3 = math.log(2), math.log(3)


def loss(label: float, teacher: float, student: float, temperature: float, alpha: float) -> float:
    target = tf.constant([[label, teacher]], tf.float32)
    return float(DistillationLoss(temperature, alpha)(target, tf.constant([[student]], tf.float32)))


# sigmoid(ln 3) = 3/4. With the label 1, teacher ln 3 and student 0 at T = 1:
#   L_H = -ln 1/2 = ln 2;  KL((3/4, 1/4) ‖ (1/2, 1/2)) = 3/4 ln(3/2) + 1/4 ln(1/2) = 3/4 ln 3 - ln 2 = 0.130812.
# With the label 0, teacher 2 ln 3 and student -2 ln 3 at T = 2 (the logits over T are ±ln 3):
#   L_H = ln(1 + e^(-2 ln 3)) = ln(10/9);  KL((3/4, 1/4) ‖ (1/4, 3/4)) = 3/4 ln 3 - 1/4 ln 3 = 1/2 ln 3;  T² = 4.
# With the label 1, teacher 0 and student 4 ln 3 at T = 4 (the student's 4 ln 3 over T is ln 3):
#   L_H = ln(1 + 3^-4) = ln(82/81);  KL((1/2, 1/2) ‖ (3/4, 1/4)) = 1/2 ln(2/3) + 1/2 ln 2 = ln 2 - 1/2 ln 3;  T² = 16.
@pytest.mark.parametrize(
    ("label", "teacher", "student", "temperature", "alpha", "expected"),
    [
        (1, LN3, 0, 1.0, 0.0, LN2),
        (1, LN3, 0, 1.0, 1.0, 0.75 * LN3 - LN2),
        (1, LN3, 0, 1.0, 0.25, 0.75 * LN2 + 0.25 * 0.130812),
        (0, 2 * LN3, -2 * LN3, 2.0, 0.0, math.log(10 / 9)),
        (0, 2 * LN3, -2 * LN3, 2.0, 1.0, 4 * 0.5 * LN3),
        (0, 2 * LN3, -2 * LN3, 2.0, 0.7, 0.3 * math.log(10 / 9) + 0.7 * 4 * 0.5 * LN3),
        (1, 0, 4 * LN3, 4.0, 0.5, 0.5 * math.log(82 / 81) + 0.5 * 16 * (LN2 - 0.5 * LN3)),
    ],
    ids=["hard, T=1", "soft, T=1", "both, T=1", "hard, T=2", "soft, T=2", "both, T=2", "both, T=4"],
)
def test_the_loss_of_one_row_is_the_one_worked_out_by_hand(
    label: float, teacher: float, student: float, temperature: float, alpha: float, expected: float
) -> None:
    assert loss(label, teacher, student, temperature, alpha) == pytest.approx(expected, abs=2e-6)


def test_the_loss_of_a_batch_is_the_mean_over_its_rows() -> None:
    # The first two rows above, both at T = 2 and alpha = 1/2, with the logits of the first doubled:
    #   first: L_H = ln 2, KL = 0.130812, so 1/2 ln 2 + 2 · 0.130812 = 0.608198
    #   second: 1/2 ln(10/9) + 2 · 1/2 ln 3 = 1.151293
    target = tf.constant([[1, 2 * LN3], [0, 2 * LN3]], tf.float32)
    student = tf.constant([[0], [-2 * LN3]], tf.float32)
    rows = DistillationLoss(2.0, 0.5).call(target, student).numpy()
    np.testing.assert_allclose(rows, [0.608198, 1.151293], atol=2e-6)
    assert float(DistillationLoss(2.0, 0.5)(target, student)) == pytest.approx((0.608198 + 1.151293) / 2, abs=2e-6)


def test_without_the_soft_part_it_is_the_cross_entropy() -> None:
    generator = np.random.default_rng(1)
    labels = generator.integers(0, 2, (50, 1)).astype("float32")
    student = generator.normal(0, 3, (50, 1)).astype("float32")
    teacher = generator.normal(0, 3, (50, 1)).astype("float32")
    cross_entropy = float(tf_keras.losses.BinaryCrossentropy(from_logits=True)(labels, student))
    target = np.concatenate([labels, teacher], axis=1)
    assert float(DistillationLoss(3.0, 0.0)(target, student)) == pytest.approx(cross_entropy, rel=1e-6)


@pytest.mark.parametrize("temperature", [1.0, 2.0, 7.5])
def test_a_student_equal_to_its_teacher_has_no_soft_loss_and_no_soft_gradient(temperature: float) -> None:
    logits = tf.constant([[-30.0], [-1.0], [0.0], [2.5], [30.0]])
    with tf.GradientTape() as tape:
        tape.watch(logits)
        target = tf.concat([tf.zeros_like(logits), tf.constant(logits.numpy())], axis=1)
        value = DistillationLoss(temperature, 1.0)(target, logits)
    assert float(value) == pytest.approx(0, abs=1e-6)
    np.testing.assert_allclose(tape.gradient(value, logits).numpy(), 0, atol=1e-7)


def test_the_soft_part_keeps_its_gradient_at_high_temperatures() -> None:
    # d/ds T² KL = T (sigmoid(s/T) - sigmoid(t/T)), which tends to (s - t)/4: for s = 1 and t = -1 to 1/2.
    #   T = 1: sigmoid(1) - sigmoid(-1) = 0.731059 - 0.268941 = 0.462117
    #   T = 10: 10 (0.524979 - 0.475021) = 0.49958;  T = 100: 100 (0.5025 - 0.4975) = 0.5
    expected = {1.0: 0.462117, 10.0: 0.499584, 100.0: 0.499996}
    for temperature, slope in expected.items():
        student = tf.constant([[1.0]])
        with tf.GradientTape() as tape:
            tape.watch(student)
            value = DistillationLoss(temperature, 1.0)(tf.constant([[0.0, -1.0]]), student)
        assert tape.gradient(value, student).numpy().item() == pytest.approx(slope, rel=1e-4)


def test_extreme_logits_give_a_finite_loss() -> None:
    assert math.isfinite(loss(0, -1000, 1000, 1.0, 0.5))
    assert math.isfinite(loss(1, 1000, -1000, 5.0, 1.0))


def test_its_config_makes_the_same_loss_again() -> None:
    again = DistillationLoss.from_config(DistillationLoss(3.0, 0.25).get_config())
    assert (again.temperature, again.alpha) == (3.0, 0.25)
