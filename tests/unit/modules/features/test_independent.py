import numpy as np
import pytest
from sklearn.decomposition import fastica

from modules.features import independent
from modules.features.independent import independent_components
from modules.features.reduction import principal_components

pytestmark = pytest.mark.unit

MIXING = np.array([[3.0, 1.0, 0.5, 0.2], [1.0, 2.0, 0.3, 0.5], [-0.5, 0.4, 1.5, 1.0], [0.2, -0.3, 0.5, 1.0]])


def sources(rows: int) -> np.ndarray:
    """Four independent columns, none of them Gaussian, with mean about 0 and variance about 1."""
    generator = np.random.default_rng(4)
    return np.column_stack(
        [
            generator.uniform(-(3**0.5), 3**0.5, rows),
            generator.laplace(0, 0.5**0.5, rows),
            generator.choice([-1.0, 1.0], rows),
            generator.exponential(1.0, rows) - 1,
        ]
    )


def found(rows: np.ndarray, components: int, weights: np.ndarray | None = None) -> tuple[np.ndarray, bool]:
    """Returns the projection of centred rows, and whether FastICA converged."""
    weights = np.ones(len(rows)) if weights is None else weights
    covariance = (rows * weights[:, None]).T @ rows / weights.sum()
    directions = principal_components(covariance, components=components)[0]
    return independent_components(covariance, directions, rows, weights)


def centred(rows: np.ndarray) -> np.ndarray:
    return rows - rows.mean(axis=0)


def match(components: np.ndarray, originals: np.ndarray) -> np.ndarray:
    """Returns |correlation| of every component with every original."""
    count = components.shape[1]
    return np.abs(np.corrcoef(components.T, originals.T)[:count, count:])


def test_mixed_sources_are_recovered_up_to_sign_and_order() -> None:
    originals = sources(5_000)
    rows = centred(originals @ MIXING.T)
    projection, converged = found(rows, 4)
    assert converged
    correlations = match(rows @ projection, originals)
    assert sorted(correlations.argmax(axis=1)) == [0, 1, 2, 3]
    assert (correlations.max(axis=1) > 0.99).all()
    # No principal component is a source, or there would be nothing to do.
    principal = principal_components(rows.T @ rows / len(rows), components=4)[0]
    assert (match(rows @ principal, originals).max(axis=1) < 0.99).all()


def test_two_signs_turned_by_a_known_angle_are_turned_back_exactly() -> None:
    # All four combinations of two independent signs, mixed by (3/5, 4/5; -4/5, 3/5) and stretched to variances 4 and 1:
    # the corners of a square, which lie alike on their own axes alone.
    signs = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    rows = signs @ np.array([[3, 4], [-4, 3]]) / 5 * [2, 1]
    projection, converged = found(rows, 2)
    assert converged
    components = rows @ projection
    np.testing.assert_allclose(np.abs(components), 1, atol=1e-6)
    # Column 0 is 2·(3a - 4b)/5 and column 1 (4a + 3b)/5. So b explains 4·16/25 + 9/25 = 2.92 of the variance and is
    # first, with the weights (-4/10, 3/5); a explains 4·9/25 + 16/25 = 2.08 and has (3/10, 4/5).
    np.testing.assert_allclose(projection, [[-0.4, 0.3], [0.6, 0.8]], atol=1e-6)


def test_the_components_are_those_of_scikit_learn() -> None:
    rows = centred(sources(2_000) @ MIXING.T)
    values, vectors = np.linalg.eigh(rows.T @ rows / len(rows))
    whitened = rows @ (vectors / np.sqrt(values))
    _, _, theirs = fastica(whitened, whiten=False, fun="logcosh", tol=1e-9, random_state=1, max_iter=1_000)
    ours = rows @ found(rows, 4)[0]
    np.testing.assert_allclose(np.sort(match(ours, theirs).max(axis=1)), 1, atol=1e-5)


def test_all_rows_give_components_of_variance_one_although_a_sample_gives_the_rotation() -> None:
    originals = sources(20_000)
    rows = centred(originals @ MIXING.T)
    covariance = rows.T @ rows / len(rows)
    directions = principal_components(covariance, components=4)[0]
    projection, _ = independent_components(covariance, directions, rows[:3_000], np.ones(3_000))
    np.testing.assert_allclose(projection.T @ covariance @ projection, np.eye(4), atol=1e-10)
    assert (match(rows @ projection, originals).max(axis=1) > 0.99).all()


def test_a_row_that_occurs_often_counts_as_often() -> None:
    generator = np.random.default_rng(5)
    times = generator.integers(1, 6, 500)
    different = sources(500) @ MIXING.T
    repeated = np.repeat(different, times, axis=0)
    mean = repeated.mean(axis=0)
    expected, _ = found(repeated - mean, 4)
    np.testing.assert_allclose(found(different - mean, 4, times)[0], expected, atol=1e-8)
    assert np.abs(found(centred(different), 4)[0] - expected).max() > 0.01


def test_as_many_components_are_found_as_principal_ones_are_given_in_their_span() -> None:
    rows = centred(sources(2_000) @ MIXING.T)
    projection, _ = found(rows, 2)
    directions = principal_components(rows.T @ rows / len(rows), components=2)[0]
    assert projection.shape == (4, 2)
    np.testing.assert_allclose(directions @ directions.T @ projection, projection, atol=1e-10)


def test_order_and_signs_do_not_depend_on_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = centred(sources(5_000) @ MIXING.T)
    first = found(rows, 4)[0]
    covariance = rows.T @ rows / len(rows)
    assert (np.diff(np.square(covariance @ first).sum(axis=0)) < 0).all()  # variance explained, largest first
    assert (first[np.abs(first).argmax(axis=0), np.arange(4)] > 0).all()
    for seed in (1, 2, 3):
        monkeypatch.setattr(independent, "_SEED", seed)
        np.testing.assert_allclose(found(rows, 4)[0], first, atol=1e-3)


def test_the_same_rows_give_the_same_components() -> None:
    rows = centred(sources(300) @ MIXING.T)
    np.testing.assert_array_equal(found(rows, 4)[0], found(rows, 4)[0])


@pytest.mark.parametrize("seed", range(5))
def test_the_components_of_gaussian_rows_are_uncorrelated_with_variance_one(seed: int) -> None:
    rows = centred(np.random.default_rng(seed).normal(size=(3_000, 4)) @ MIXING.T)
    projection, _ = found(rows, 4)
    np.testing.assert_allclose(projection.T @ (rows.T @ rows / len(rows)) @ projection, np.eye(4), atol=1e-10)


def test_rounding_noise_of_other_batches_turns_nothing_even_where_no_direction_is_best() -> None:
    generator = np.random.default_rng(3)
    rows = centred(generator.normal(size=(3_000, 4)) @ MIXING.T)
    covariance = rows.T @ rows / len(rows)
    directions = principal_components(covariance, components=4)[0]
    first, converged = independent_components(covariance, directions, rows, np.ones(3_000))
    assert not converged  # else the noise had no chance
    noisy = rows + 1e-14 * generator.normal(size=rows.shape)
    again, _ = independent_components(covariance * (1 + 1e-14), directions, noisy, np.ones(3_000))
    np.testing.assert_allclose(again, first, atol=1e-10)


def test_running_out_of_iterations_is_said_and_leaves_components_of_variance_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(independent, "_ITERATIONS", 2)
    rows = centred(sources(2_000) @ MIXING.T)
    projection, converged = found(rows, 4)
    assert not converged
    np.testing.assert_allclose(projection.T @ (rows.T @ rows / len(rows)) @ projection, np.eye(4), atol=1e-10)


def test_constant_duplicate_and_collinear_columns_give_no_component() -> None:
    a, b = centred(sources(2_000)[:, :2]).T
    rows = np.column_stack([a, np.zeros(2_000), a, b, a + b])
    projection, converged = found(rows, 5)
    assert converged
    assert projection.shape == (5, 2)
    assert (match(rows @ projection, np.column_stack([a, b])).max(axis=1) > 0.99).all()
    np.testing.assert_allclose(projection[1], 0, atol=1e-12)
    np.testing.assert_allclose(projection[0], projection[2], atol=1e-10)


def test_a_direction_that_float32_cannot_tell_from_a_duplicate_gives_no_component() -> None:
    a, b = centred(sources(2_000)[:, :2]).T
    assert found(np.column_stack([a, a + 1e-4 * b]), 2)[0].shape == (2, 1)
    assert found(np.column_stack([a, a + 1e-2 * b]), 2)[0].shape == (2, 2)


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_fewer_rows_than_components_give_fewer_components(count: int) -> None:
    rows = sources(count)
    rows = centred(rows) if count else rows
    covariance = rows.T @ rows / max(count, 1)
    directions = principal_components(covariance, components=4)[0]
    projection, _ = independent_components(covariance, directions, rows, np.ones(count))
    assert projection.shape == (4, max(count - 1, 0))
    assert np.isfinite(projection).all()
