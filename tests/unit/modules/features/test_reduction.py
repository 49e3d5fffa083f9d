import numpy as np
import pytest

from modules.base.settings import Reduction
from modules.features.profile import ReductionResult
from modules.features.reduction import principal_components, reduce

pytestmark = pytest.mark.unit


def test_a_matrix_with_a_known_answer() -> None:
    # [[5, 2], [2, 2]]: trace 7, determinant 6, so eigenvalues 6 and 1. (5 - 6) a + 2 b = 0 gives (2, 1)/√5, and
    # (5 - 1) a + 2 b = 0 gives (1, -2)/√5, turned around so that its largest weight is positive.
    projection, eigenvalues, k = principal_components(np.array([[5.0, 2.0], [2.0, 2.0]]), components=2)
    assert k == 2
    np.testing.assert_allclose(eigenvalues, [6, 1])
    np.testing.assert_allclose(projection, np.array([[2, -1], [1, 2]]) / np.sqrt(5))


def test_components_are_uncorrelated_and_their_variances_are_the_eigenvalues() -> None:
    rows = np.random.default_rng(2).normal(size=(200, 4)) @ np.array(
        [[3, 1, 0, 0], [0, 2, 1, 0], [0, 0, 1, 1], [0, 0, 0, 0.5]]
    )
    rows -= rows.mean(axis=0)
    projection, eigenvalues, _ = principal_components(rows.T @ rows / len(rows), components=4)
    projected = rows @ projection
    np.testing.assert_allclose(projected.T @ projected / len(rows), np.diag(eigenvalues), atol=1e-10)
    assert (np.diff(eigenvalues) < 0).all()


# Variances 4, 3, 2, 1 of independent columns: 10 in all, so that 1, 2, 3, 4 components explain 40, 70, 90, 100 %.
@pytest.mark.parametrize(
    ("share", "expected"), [(0.01, 1), (0.4, 1), (0.41, 2), (0.7, 2), (0.71, 3), (0.9, 3), (0.95, 4), (1.0, 4)]
)
def test_k_is_the_fewest_components_that_explain_the_share(share: float, expected: int) -> None:
    projection, _, k = principal_components(np.diag([2.0, 4.0, 1.0, 3.0]), explained_variance=share)
    assert k == expected
    assert projection.shape == (4, expected)


def test_rounding_does_not_add_a_component() -> None:
    # 0.7 + 0.5 of 1.5 is 80 %; in floating point it falls short of it in the last bit.
    assert principal_components(np.diag([0.7, 0.5, 0.3]), explained_variance=0.8)[2] == 2


@pytest.mark.parametrize(("components", "expected"), [(1, 1), (3, 3), (4, 4), (9, 4)])
def test_a_number_of_components_is_kept_as_far_as_there_are_columns(components: int, expected: int) -> None:
    projection, eigenvalues, k = principal_components(np.diag([2.0, 4.0, 1.0, 3.0]), components=components)
    assert k == expected
    assert projection.shape == (4, expected)
    np.testing.assert_allclose(eigenvalues, [4, 3, 2, 1])


def test_a_duplicate_column_gives_a_component_of_zeros() -> None:
    # Columns 0 and 1 are the same, 2 is independent: eigenvalues 2 (direction (1, 1, 0)/√2), 1 and 0.
    correlation = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    projection, eigenvalues, _ = principal_components(correlation, components=3)
    np.testing.assert_allclose(eigenvalues, [2, 1, 0], atol=1e-12)
    np.testing.assert_allclose(np.abs(projection[:, 0]), [np.sqrt(0.5), np.sqrt(0.5), 0], atol=1e-12)
    np.testing.assert_allclose(projection[:, 1], [0, 0, 1], atol=1e-12)
    assert (projection[:, 2] == 0).all()


def test_a_constant_column_has_no_weight() -> None:
    correlation = np.array([[1.0, 0.0, 0.5], [0.0, 0.0, 0.0], [0.5, 0.0, 1.0]])
    projection, eigenvalues, k = principal_components(correlation, explained_variance=1.0)
    assert k == 2
    np.testing.assert_allclose(eigenvalues, [1.5, 0.5, 0], atol=1e-12)
    np.testing.assert_allclose(projection[1], 0, atol=1e-12)


@pytest.mark.parametrize("rule", [{"components": 2}, {"explained_variance": 0.9}])
def test_constant_columns_alone_give_finite_zeros(rule: dict) -> None:
    projection, eigenvalues, k = principal_components(np.zeros((3, 3)), **rule)
    assert projection.shape == (3, k)
    assert (projection == 0).all()
    assert (eigenvalues == 0).all()


def test_the_sign_of_a_direction_is_fixed() -> None:
    generator = np.random.default_rng(3)
    for _ in range(20):
        rows = generator.normal(size=(30, 5))
        projection, _, _ = principal_components(rows.T @ rows, components=5)
        largest = np.abs(projection).argmax(axis=0)
        assert (projection[largest, np.arange(5)] > 0).all()


@pytest.mark.parametrize("rule", [{}, {"components": 1, "explained_variance": 0.5}])
def test_exactly_one_rule_is_needed(rule: dict) -> None:
    with pytest.raises(ValueError, match="either"):
        principal_components(np.eye(2), **rule)


# Variances 4 and 1 of independent columns; as a table, every combination of two signs, the first one doubled.
SIGNS = np.array([[2.0, 1.0], [2.0, -1.0], [-2.0, 1.0], [-2.0, -1.0]])


def test_the_profile_tells_of_the_principal_components() -> None:
    projection, told = reduce(np.diag([1.0, 4.0]), Reduction(explained_variance=0.8))
    assert projection.tolist() == [[0], [1]]
    assert told == ReductionResult("pca", (4.0, 1.0), (2.0,), converged=True)
    assert told.components == 1


def test_the_profile_tells_of_the_independent_components_and_of_the_variance_that_chose_their_number() -> None:
    settings = Reduction(method="ica", components=2)
    projection, told = reduce(np.diag([4.0, 1.0]), settings, (SIGNS, np.ones(4)))
    np.testing.assert_allclose(projection, np.diag([0.5, 1]), atol=1e-6)
    assert told == ReductionResult("ica", (4.0, 1.0), (1.0, 1.0), converged=True)
    assert told.components == 2


def test_independent_components_are_as_many_as_principal_ones_explain_the_share() -> None:
    settings = Reduction(method="ica", explained_variance=0.8)
    projection, told = reduce(np.diag([4.0, 1.0]), settings, (SIGNS, np.ones(4)))
    np.testing.assert_allclose(projection, np.array([[0.5], [0]]), atol=1e-12)
    assert told.component_deviations == (1.0,)


def test_independent_components_need_rows() -> None:
    with pytest.raises(ValueError, match="need rows"):
        reduce(np.eye(2), Reduction(method="ica", components=1))


def test_columns_without_variance_have_no_independent_component() -> None:
    projection, told = reduce(np.zeros((3, 3)), Reduction(method="ica", components=2), (np.zeros((1, 3)), np.ones(1)))
    assert projection.shape == (3, 0)
    assert told.component_deviations == ()
