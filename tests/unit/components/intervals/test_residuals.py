import json

import numpy as np
import pytest
from scipy import stats

from components.intervals import residuals

pytestmark = pytest.mark.unit


def test_every_row_is_in_a_cell_or_outside() -> None:
    generator = np.random.default_rng(1)
    labels = generator.normal(size=2_000)
    labels[0] = 1e6
    predictions = labels + generator.normal(0, 0.3, 2_000)
    found = residuals.regression(labels, predictions, None)
    for name, shape in (("predicted_against_actual", (40, 40)), ("residuals", (50,))):
        counts = np.array(found[name]["counts"])
        assert counts.shape == shape
        assert len(found[name]["edges"]) == shape[0] + 1
        assert counts.sum() + found[name]["outside"] == pytest.approx(2_000)
        assert found[name]["outside"] < 60
    # One odd row does not stretch the figures.
    assert -4 < found["predicted_against_actual"]["edges"][0] < found["predicted_against_actual"]["edges"][-1] < 4


def test_the_outer_list_is_by_label_and_the_inner_by_prediction() -> None:
    labels, predictions = np.zeros(100), np.ones(100)
    found = residuals.regression(labels, predictions, np.full(100, 2.0))
    counts = np.array(found["predicted_against_actual"]["counts"])
    assert counts[0, -1] == counts.sum() == 200
    assert found["residuals"]["edges"][0] < -1 < found["residuals"]["edges"][-1]
    assert sum(found["residuals"]["counts"]) == 200


def test_calibration_has_students_interval_of_the_mean_label() -> None:
    generator = np.random.default_rng(2)
    predictions = np.arange(200.0)
    labels = predictions + generator.normal(size=200)
    found = residuals.regression(labels, predictions, None)["calibration"]
    assert [group["rows"] for group in found] == [20] * 10
    first = labels[:20]
    low, high = stats.t.interval(0.95, 19, first.mean(), stats.sem(first))
    assert (found[0]["prediction"], found[0]["label"]) == pytest.approx((9.5, first.mean()))
    assert (found[0]["low"], found[0]["high"]) == pytest.approx((low, high))
    # Rows that count for nothing are not there.
    weights = np.tile([0.0, 3.0], 100)
    half = residuals.regression(labels, predictions, weights)["calibration"][0]
    own = first[1::2]
    assert (half["low"], half["high"]) == pytest.approx(stats.t.interval(0.95, 9, own.mean(), stats.sem(own)))


def test_a_handful_of_rows_has_figures_too() -> None:
    found = residuals.regression(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.5, 3.0]), None)
    assert [group["rows"] for group in found["calibration"]] == [1, 1, 1]
    assert found["calibration"][0]["low"] is None
    json.dumps(found, allow_nan=False)
