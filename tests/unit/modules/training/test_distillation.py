import math

import numpy as np
import pytest
import tensorflow as tf

from modules.training.distillation import DistillationLoss
from modules.training.loop import hard_loss

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
    again = DistillationLoss.from_config(DistillationLoss(3.0, 0.25, "multiclass").get_config())
    assert (again.temperature, again.alpha, again.task) == (3.0, 0.25, "multiclass")


def rows_of(task: str, temperature: float, alpha: float, labels: list, teacher: list, student: list) -> list[float]:
    """Returns the loss of each row."""
    target = np.concatenate([np.array(labels).reshape(-1, 1), np.array(teacher)], axis=1)
    found = DistillationLoss(temperature, alpha, task).call(
        tf.constant(target, tf.float32), tf.constant(student, tf.float32)
    )
    return found.numpy().tolist()


# Three classes, whose logits (2 ln 3, 0, 0) at T = 2 are (3, 1, 1) / 5, and those of (0, 0, 0) thirds.
#   L_H of (2 ln 3, 0, 0), which at T = 1 are (9, 1, 1) / 11, with the label 1: ln 11; with the label 0: ln(11/9).
#   KL((3, 1, 1) / 5 ‖ thirds) = 3/5 ln(9/5) + 2/5 ln(3/5), the other way 1/3 ln(5/9) + 2/3 ln(5/3); T² = 4.
PEAK, FLAT = [2 * LN3, 0, 0], [0, 0, 0]
PEAK_FLAT = 4 * (0.6 * math.log(9 / 5) + 0.4 * math.log(3 / 5))
FLAT_PEAK = 4 * (math.log(5 / 9) + 2 * math.log(5 / 3)) / 3


@pytest.mark.parametrize("alpha", [0.0, 0.25, 1.0])
def test_the_loss_of_several_classes_is_the_one_worked_out_by_hand(alpha: float) -> None:
    labels, teacher, student = [1, 0, 2], [FLAT, FLAT, PEAK], [PEAK, PEAK, FLAT]
    hard = np.array([math.log(11), math.log(11 / 9), LN3])
    soft = np.array([FLAT_PEAK, FLAT_PEAK, PEAK_FLAT])
    found = rows_of("multiclass", 2.0, alpha, labels, teacher, student)
    np.testing.assert_allclose(found, (1 - alpha) * hard + alpha * soft, atol=2e-6)


@pytest.mark.parametrize("temperature", [1.0, 7.0])
@pytest.mark.parametrize("alpha", [0.0, 0.25, 1.0])
def test_the_loss_of_a_regression_is_squared_error_and_knows_no_temperature(temperature: float, alpha: float) -> None:
    # Student 3 against the label 1 and the teacher 2.5: 4 and 1/4. Student -1 against 0 and -3: 1 and 4.
    found = rows_of("regression", temperature, alpha, [1, 0], [[2.5], [-3]], [[3], [-1]])
    np.testing.assert_allclose(found, [(1 - alpha) * 4 + alpha * 0.25, (1 - alpha) * 1 + alpha * 4], rtol=1e-6)


@pytest.mark.parametrize(
    ("task", "outputs"),
    [
        ("multiclass", [[-30.0, 2, 1], [0, 0, 0], [1, 5, 30]]),
        ("regression", [[-30.0], [0.0], [2.5]]),
    ],
)
def test_a_student_equal_to_its_teacher_learns_nothing_from_it(task: str, outputs: list) -> None:
    student = tf.constant(outputs)
    with tf.GradientTape() as tape:
        tape.watch(student)
        target = tf.concat([tf.ones([len(outputs), 1]), tf.constant(outputs)], axis=1)
        value = DistillationLoss(2.0, 1.0, task)(target, student)
    assert float(value) == pytest.approx(0, abs=1e-6)
    np.testing.assert_allclose(tape.gradient(value, student).numpy(), 0, atol=1e-6)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_without_the_soft_part_it_is_the_hard_loss_of_the_task(task: str) -> None:
    generator = np.random.default_rng(1)
    width = 4 if task == "multiclass" else 1
    student, teacher = generator.normal(0, 3, (2, 50, width)).astype("float32")
    labels = generator.integers(0, max(width, 2), (50, 1)).astype("float32")
    found = DistillationLoss(3.0, 0.0, task)(np.concatenate([labels, teacher], axis=1), student)
    assert float(found) == pytest.approx(float(hard_loss(task)(labels, student)), rel=1e-6)


def test_two_classes_learn_alike_with_one_logit_and_with_two() -> None:
    # The logit of class 1 against class 0 is the difference of the two.
    labels = [0, 1, 1]
    one = np.array([[[1.5], [-2], [0]], [[0.5], [0.25], [-3]]])
    two = np.concatenate([-one / 2, one / 2], axis=2)
    found, expected = (
        rows_of(task, 3.0, 0.6, labels, *logits.tolist()) for task, logits in (("multiclass", two), ("binary", one))
    )
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_example_weights_weigh_the_rows_of_the_loss() -> None:
    # Keras takes the mean over the rows of weight times loss: squared errors 4 and 1, weights 3 and 0.5.
    loss_of = DistillationLoss(1.0, 0.0, "regression")
    target, student = tf.constant([[1.0, 0], [0, 0]]), tf.constant([[3.0], [-1]])
    weights = tf.constant([3.0, 0.5])
    assert float(loss_of(target, student, sample_weight=weights)) == pytest.approx((12 + 0.5) / 2)


@pytest.mark.parametrize("alpha", [0.3, 1.0])
@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_of_a_row_without_a_label_the_loss_is_the_soft_part_alone_and_so_is_its_gradient(
    task: str, alpha: float
) -> None:
    outputs = 3 if task == "multiclass" else 1
    random = np.random.default_rng(1)
    teacher, student = random.normal(size=(2, 4, outputs)).astype(np.float32)
    labels = np.array([[0], [1], [np.nan], [np.nan]], np.float32)
    found, gradients = {}, {}
    for weight in (alpha, 1.0):
        logits = tf.constant(student)
        with tf.GradientTape() as tape:
            tape.watch(logits)
            rows = DistillationLoss(2.0, weight, task).call(np.concatenate([labels, teacher], axis=1), logits)
        found[weight], gradients[weight] = rows.numpy(), tape.gradient(rows, logits).numpy()
    assert np.isfinite(found[alpha]).all()
    assert np.isfinite(gradients[alpha]).all()
    np.testing.assert_array_equal(found[alpha][2:], found[1.0][2:])
    np.testing.assert_array_equal(gradients[alpha][2:], gradients[1.0][2:])
    assert (found[alpha][2:] > 0).all()
    assert alpha == 1.0 or not np.allclose(found[alpha][:2], found[1.0][:2])
