import numpy as np
import pytest

from components.comparer import comparing
from modules import tasks
from modules.contracts import gains
from modules.judging.statistics import delong, normal

pytestmark = pytest.mark.unit

ROWS = 2_000


def predicted(scores: np.ndarray) -> np.ndarray:
    return np.stack([1 - scores, scores], axis=1)


def test_each_model_is_held_against_the_one_before_it_and_the_last_against_the_first() -> None:
    random = np.random.default_rng(1)
    labels = random.integers(0, 2, ROWS)
    noise = random.normal(size=ROWS)
    scores = {
        model: 1 / (1 + np.exp(-(labels * signal + noise)))
        for model, signal in ((gains.LABELS, 0.5), (gains.TEACHER, 1.0), (gains.SYNTHETIC, 1.5))
    }
    found = comparing.compare("binary", labels, {name: predicted(of) for name, of in scores.items()}, None, 1)
    assert found.metric == "auc"
    assert [(gain.before, gain.after) for gain in found.gains] == [
        (gains.LABELS, gains.TEACHER),
        (gains.TEACHER, gains.SYNTHETIC),
        (gains.LABELS, gains.SYNTHETIC),
    ]
    for gain in found.gains:
        assert gain.value == pytest.approx(found.values[gain.after] - found.values[gain.before])
        value, error = delong.difference(scores[gain.after], scores[gain.before], labels == 1)
        assert (gain.low, gain.high) == pytest.approx((value - normal.Z * error, value + normal.Z * error))
        assert gain.low is not None
        assert gain.low > 0
        assert (gain.rows, gain.method) == (ROWS, "delong")


def test_models_of_a_regression_are_compared_too_with_weights() -> None:
    random = np.random.default_rng(1)
    labels, weights = random.normal(size=ROWS), random.random(ROWS)
    made = {
        name: (labels + spread * random.normal(size=ROWS))[:, np.newaxis] for name, spread in (("a", 1), ("b", 0.5))
    }
    (gain,) = comparing.compare("regression", labels, made, weights, 1).gains
    assert gain.low is not None
    assert gain.low > 0


@pytest.mark.parametrize("task", tasks.LADDER)
def test_what_models_are_compared_by_should_be_high(task: str) -> None:
    assert tasks.METRICS[tasks.LADDER[task][0]].higher_is_better
