import numpy as np
import pytest

from modules.training.estimating.extrapolation import forecast

pytestmark = pytest.mark.unit

_EPOCHS = np.arange(1, 21)


def curves(count: int, noise: float, seed: int) -> np.ndarray:
    """Draws curves of the four families that rise by 0.05 at most, with noise, [count, epochs]."""
    random = np.random.default_rng(seed)
    drawn = []
    for number in range(count):
        rate, power, middle = random.uniform(0.1, 1.5), random.uniform(0.5, 2), random.uniform(1, 20)
        shape = (
            _EPOCHS ** -random.uniform(0.3, 2.5),
            np.exp(-rate * (_EPOCHS - 1)),
            1 / (1 + (_EPOCHS / middle) ** power),
            np.exp(-((rate * _EPOCHS) ** power)),
        )[number % 4]
        drawn.append(0.92 - 0.05 * shape + random.normal(0, noise, 20))
    return np.array(drawn)


@pytest.mark.parametrize(("confidence", "least", "most"), [(0.95, 0.92, 0.99), (0.8, 0.75, 0.92)])
def test_the_intervals_hold_as_often_as_they_say(confidence: float, least: float, most: float) -> None:
    # Of 400 curves, 95 % would be found within 0.929 and 0.971 in 95 of 100 cases.
    hits, above = 0, 0
    for curve in curves(400, 0.0015, 1):
        (last,) = forecast(curve[:8], [20], confidence)
        hits += last.low <= curve[-1] <= last.high
        above += curve[-1] > last.high
    assert least <= hits / 400 <= most
    assert above / 400 <= (1 - confidence) / 2 + 0.02


def test_the_more_is_known_of_a_curve_the_narrower_is_its_interval() -> None:
    (curve,) = curves(1, 0.0005, 2)
    widths = [forecast(curve[:known], [20], 0.95)[0] for known in (4, 8, 14)]
    assert widths[0].high - widths[0].low > 3 * (widths[1].high - widths[1].low) > 3 * (widths[2].high - widths[2].low)
    assert all(one.low < one.value < one.high for one in widths)


def test_a_curve_without_noise_is_continued() -> None:
    curve = 0.9 - 0.1 * np.exp(-0.4 * (_EPOCHS - 1))
    (last,) = forecast(curve[:10], [20], 0.95)
    assert last.value == pytest.approx(curve[-1], abs=0.006)  # within the noise that is supposed of any curve
    assert last.low < curve[-1] < last.high < 0.93


def test_units_and_origin_of_the_score_do_not_matter() -> None:
    (curve,) = curves(1, 0.001, 3)
    (one,) = forecast(curve[:6], [20], 0.95)
    (other,) = forecast(7 + 1000 * curve[:6], [20], 0.95)
    assert [other.value, other.low, other.high] == pytest.approx([7 + 1000 * x for x in (one.value, one.low, one.high)])
    (turned,) = forecast(-curve[:6], [20], 0.95)
    assert [turned.low, turned.high] == pytest.approx([-one.high, -one.low])


def test_several_epochs_are_told_at_once() -> None:
    (curve,) = curves(1, 0.001, 4)
    told = forecast(curve[:5], [6, 10, 20], 0.95)
    assert told[2] == forecast(curve[:5], [20], 0.95)[0]
    assert told[0].high - told[0].low < told[2].high - told[2].low


def test_a_score_that_never_moves_stays() -> None:
    (last,) = forecast([0.5] * 4, [9], 0.95)
    assert (last.value, last.low, last.high) == (0.5, 0.5, 0.5)
