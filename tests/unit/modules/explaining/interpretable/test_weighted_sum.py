"""Weights by proximal gradients, against closed forms and against scikit-learn."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from modules.explaining.interpretable import weighted_sum
from modules.tasks import Target

pytestmark = pytest.mark.unit

REGRESSION, BINARY = Target("regression"), Target("binary", ("no", "yes"), (1, 1))
SEVERAL = Target("multiclass", ("a", "b", "c"), (1, 1, 1))


@pytest.fixture(scope="module")
def matrix() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(800, 4))


def fit(
    target: Target,
    matrix: np.ndarray,
    wanted: np.ndarray,
    lasso: float = 0.0,
    ridge: float = 0.0,
    signs: np.ndarray | None = None,
    counted: np.ndarray | None = None,
) -> weighted_sum.WeightedSum:
    rows = np.ones(len(matrix)) if counted is None else counted
    begin = weighted_sum.nothing(target, matrix.shape[1])
    return weighted_sum.fit(matrix, wanted, rows, target, lasso, ridge, 300, begin, signs)


def test_a_regression_has_the_weights_of_the_normal_equations(matrix: np.ndarray) -> None:
    generator = np.random.default_rng(1)
    wanted = matrix @ np.array([1.0, -2, 0, 0.5]) + 3 + generator.normal(size=800)
    counted = generator.uniform(0.2, 1.8, 800)
    counted /= counted.mean()
    found = fit(REGRESSION, matrix, wanted[:, None], ridge=0.1, counted=counted)
    with_one = np.column_stack([matrix, np.ones(800)])
    squares = with_one.T @ (counted[:, None] * with_one) / 800 + 0.1 * np.diag([1, 1, 1, 1, 0])
    expected = np.linalg.solve(squares, with_one.T @ (counted * wanted) / 800)
    np.testing.assert_allclose(found.weights[:, 0], expected[:4], atol=1e-5)
    assert found.start[0] == pytest.approx(expected[4], abs=1e-5)


@pytest.mark.parametrize(("target", "outputs"), [(BINARY, 1), (SEVERAL, 3)])
def test_classes_have_the_weights_of_a_logistic_regression(matrix: np.ndarray, target: Target, outputs: int) -> None:
    scores = matrix @ np.random.default_rng(2).normal(size=(4, 3)) + np.random.default_rng(3).gumbel(size=(800, 3))
    labels = scores.argmax(axis=1) if outputs == 3 else (scores[:, 0] > 0).astype(int)
    wanted = (labels[:, None] == np.arange(3 - (outputs == 1))[-outputs:]).astype(float)
    found = fit(target, matrix, wanted, ridge=1 / 800)
    model = LogisticRegression(C=1.0, tol=1e-8, max_iter=1_000).fit(matrix, labels)
    np.testing.assert_allclose(found.weights, model.coef_.T, atol=2e-3)
    learnt = found.of(matrix)
    assert weighted_sum.loss(target, learnt, wanted, np.ones(800)) == pytest.approx(
        -np.log(model.predict_proba(matrix)[np.arange(800), labels]).mean(), abs=1e-5
    )


def test_a_penalty_of_absolute_weights_shrinks_them_by_as_much_and_leaves_few(matrix: np.ndarray) -> None:
    orthogonal = np.linalg.qr(matrix - matrix.mean(axis=0))[0] * np.sqrt(800)  # columns of deviation 1, uncorrelated
    wanted = orthogonal @ np.array([1.0, -0.5, 0.1, 0])
    found = fit(REGRESSION, orthogonal, wanted[:, None], lasso=0.2)
    np.testing.assert_allclose(found.weights[:, 0], [0.8, -0.3, 0, 0], atol=1e-5)


def test_a_weight_that_may_only_be_of_a_sign_is_0_where_it_would_be_of_the_other(matrix: np.ndarray) -> None:
    wanted = matrix @ np.array([1.0, -2, 1, -1])
    found = fit(REGRESSION, matrix, wanted[:, None], signs=np.array([1, 1, -1, 0]))
    assert found.weights[0, 0] > 0.9
    assert found.weights[1, 0] == 0
    assert found.weights[2, 0] == 0
    assert found.weights[3, 0] < -0.9
