"""Every kind of promise on tables small enough to count."""

from typing import Any

import numpy as np
import pytest

from modules.base.errors import UserError
from modules.judging.statistics import koopman, newcombe, tango, wilson
from tests.unit.modules.judging.promises.rows import decided, probabilities, promises

pytestmark = pytest.mark.unit


def table(*counts: tuple[str, int, int, int, int]) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Makes labels, scores and the column `sex` from each group's name, tp, fn, fp and tn."""
    labels, scores, groups = [], [], []
    for name, tp, fn, fp, tn in counts:
        labels += [1] * (tp + fn) + [0] * (fp + tn)
        scores += [0.9] * tp + [0.1] * fn + [0.9] * fp + [0.1] * tn
        groups += [name] * (tp + fn + fp + tn)
    return np.array(labels), np.array(scores), {"sex": np.array(groups)}


# Of 40 women 12 are predicted positive, of 80 men 48: a ratio of a half.
HIRED = table(("f", 10, 10, 2, 18), ("m", 40, 10, 8, 22))


def test_the_four_fifths_rule_names_the_pair_with_both_rates() -> None:
    labels, scores, columns = HIRED
    asked = promises(gaps=[{"gap": "demographic_parity_ratio", "columns": ["sex"], "minimum": 0.8}])
    (found,) = decided(asked, labels, scores, columns=columns)
    assert (found.promise, found.slice, found.state) == ("promises.gaps[0].minimum", "sex=f / sex=m", "broken")
    assert (found.value, found.rule, found.limit, found.rows) == (pytest.approx(0.5), "at least", 0.8, 120)
    assert (found.low, found.high) == pytest.approx(koopman.interval((12, 40), (48, 80)))
    assert [(of.slice, of.value, of.rows, of.positives) for of in found.groups] == [
        ("sex=f", pytest.approx(0.3), 40, 20),
        ("sex=m", pytest.approx(0.6), 80, 50),
    ]
    assert (found.groups[0].low, found.groups[0].high) == wilson.interval(12, 40)
    assert found.stops


def test_equal_opportunity_compares_the_rates_of_the_positives() -> None:
    labels, scores, columns = HIRED
    asked = promises(gaps=[{"gap": "equal_opportunity", "columns": ["sex"], "maximum": 0.1}])
    (found,) = decided(asked, labels, scores, columns=columns)
    # 10 of 20 against 40 of 50: 0.3, and the interval reaches below 0.1.
    assert (found.value, found.rows, found.state) == (pytest.approx(0.3), 70, "undecided")
    low, high = newcombe.interval((40, 50), (10, 20))
    assert (found.low, found.high) == pytest.approx((low, high))
    assert found.rows_to_decide is not None and found.rows_to_decide > 120
    assert not found.stops


def test_equalized_odds_is_the_larger_gap_with_the_worse_ends_of_both() -> None:
    labels, scores, columns = table(("f", 50, 50, 10, 90), ("m", 60, 40, 40, 60))
    asked = promises(gaps=[{"gap": "equalized_odds", "columns": ["sex"], "maximum": 0.5}])
    (found,) = decided(asked, labels, scores, columns=columns)
    # False positives 0.1 and 0.4; those with more are the worse off.
    assert (found.value, found.slice, found.state) == (pytest.approx(0.3), "sex=m / sex=f", "kept")
    assert [of.value for of in found.groups] == pytest.approx([0.4, 0.1])
    gaps = [newcombe.interval((40, 100), (10, 100)), newcombe.interval((60, 100), (50, 100))]
    assert found.high == pytest.approx(max(high for _, high in gaps))


def test_each_group_is_held_against_the_reference() -> None:
    labels, scores, columns = table(("a", 8, 2, 0, 10), ("b", 5, 5, 0, 10), ("c", 9, 1, 0, 10))
    gap = {"gap": "equal_opportunity", "columns": ["sex"], "maximum": 0.9}
    by_reference = decided(promises(gaps=[gap | {"reference": {"sex": "c"}}]), labels, scores, columns=columns)
    assert [found.slice for found in by_reference] == ["sex=a / sex=c", "sex=b / sex=c"]
    (worst,) = decided(promises(gaps=[gap]), labels, scores, columns=columns)
    assert (worst.slice, worst.value) == ("sex=b / sex=c", pytest.approx(0.4))
    assert worst.reason == "the worst of 3 pairs (3 kept)"


def test_a_reference_or_a_slice_that_no_row_is_of_is_undecided_with_the_reason() -> None:
    labels, scores, columns = HIRED
    asked = promises(
        rates=[{"rate": "positive_rate", "minimum": 0.1, "slice": {"sex": "x"}}],
        gaps=[{"gap": "equal_opportunity", "columns": ["sex"], "maximum": 0.1, "reference": {"sex": "x"}}],
        quality=[{"metric": "auc", "minimum": 0.5, "slice": {"sex": "x"}}],
        compression=[{"measure": "auc", "max_loss": 0.5, "slice": {"sex": "x"}}],
        undecided="stop",
    )
    found = decided(asked, labels, scores, columns=columns)
    assert [of.kind for of in found] == ["quality", "rate", "gap", "compression"]
    for of in found:
        assert (of.slice, of.state, of.reason) == ("sex=x", "undecided", "no test row is of this slice")
        assert of.stops and of.value is None


def test_one_group_alone_has_no_gap() -> None:
    labels, scores, columns = table(("f", 10, 10, 2, 18))
    asked = promises(gaps=[{"gap": "equal_opportunity", "columns": ["sex"], "maximum": 0.1}])
    (found,) = decided(asked, labels, scores, columns=columns)
    assert (found.state, found.reason) == ("undecided", "there is one group alone")


def test_a_group_without_positives_leaves_equal_opportunity_undecided() -> None:
    labels, scores, columns = table(("f", 0, 0, 2, 18), ("m", 40, 10, 8, 22))
    asked = promises(gaps=[{"gap": "equal_opportunity", "columns": ["sex"], "maximum": 0.1}])
    (found,) = decided(asked, labels, scores, columns=columns)
    assert (found.value, found.state, found.reason) == (None, "undecided", "sex=f: no rows to take it over")


def test_a_rate_is_held_against_its_limits_by_wilsons_interval() -> None:
    labels, scores, columns = HIRED
    asked = promises(rates=[{"rate": "true_positive_rate", "minimum": 0.6, "maximum": 0.95, "slices": [["sex"]]}])
    found = {(of.promise, of.slice): of for of in decided(asked, labels, scores, columns=columns)}
    least, most = "promises.rates[0].minimum", "promises.rates[0].maximum"
    assert {key: of.state for key, of in found.items()} == {
        (least, "sex=f"): "undecided",
        (least, "sex=m"): "kept",
        (most, "sex=f"): "kept",
        (most, "sex=m"): "kept",
    }
    women = found[least, "sex=f"]
    assert (women.low, women.high) == wilson.interval(10, 20)
    assert (women.rows, women.positives, women.method) == (20, 20, "wilson")
    # Twice tested, 2.241²·0.6·0.4/0.1² = 120.6 positives decide, where there are 20: 6.03 times the 40 rows.
    assert women.rows_to_decide == 250


def test_precision_is_over_the_rows_that_are_predicted_positive() -> None:
    labels, scores, _ = HIRED
    (found,) = decided(promises(rates=[{"rate": "precision", "minimum": 0.5}]), labels, scores)
    assert (found.slice, found.value, found.rows) == ("overall", pytest.approx(50 / 60), 60)


def test_calibration_is_the_mean_prediction_over_the_mean_label() -> None:
    labels = np.array([1, 0] * 200)
    asked = promises(rates=[{"rate": "calibration", "maximum": 1.25}, {"rate": "calibration", "minimum": 0.5}])
    above, below = decided(asked, labels, np.where(labels == 1, 0.9, 0.3))
    assert above.value == below.value == pytest.approx(1.2)
    assert above.low is not None and above.high is not None and above.low < 1.2 < above.high
    assert (above.method, below.state) == ("bootstrap", "kept")


def test_calibration_of_a_regression_is_of_its_values() -> None:
    labels = np.linspace(10, 20, 400)
    groups = np.array(["a", "b"] * 200)
    predicted = np.where(groups == "a", 1.5, 1.0)[:, None] * labels[:, None]
    asked = promises(
        rates=[{"rate": "calibration", "maximum": 1.1, "slices": [["group"]]}],
        gaps=[{"gap": "calibration_gap", "columns": ["group"], "maximum": 0.1}],
    )
    one, other, gap = decided(
        asked, labels, predicted, columns={"group": groups}, task="regression", classes=[], figures={}
    )
    assert (one.value, other.value) == (pytest.approx(1.5), pytest.approx(1.0))
    assert (gap.value, gap.slice, gap.positives) == (pytest.approx(0.5), "group=b / group=a", None)


def test_a_compression_promise_compares_the_same_rows_by_tangos_interval() -> None:
    # 160 positives: 40 are found by the student alone, 20 by the shipped form alone, 100 by both.
    labels = np.ones(160)
    student = np.array([0.9] * 40 + [0.1] * 20 + [0.9] * 100)
    shipped = np.array([0.1] * 40 + [0.9] * 20 + [0.9] * 100)
    asked = promises(
        compression=[
            {"measure": "true_positive_rate", "max_loss": 0.01},
            {"measure": "false_negative_rate", "max_loss": 0.25},
            {"measure": "accuracy", "max_loss": 0.1},
            {"measure": "changed_decisions", "max_loss": 0.3},
        ]
    )
    found = decided(asked, labels, shipped, student)
    assert [of.value for of in found] == pytest.approx([0.125, 0.125, 0.125, 60 / 160])
    assert [of.state for of in found] == ["broken", "kept", "undecided", "broken"]
    assert all((of.low, of.high) == pytest.approx((0.0309, 0.2181), abs=5e-5) for of in found[:3])
    assert (found[3].low, found[3].high) == wilson.interval(60, 160)


def test_that_nothing_may_be_lost_is_tested_exactly() -> None:
    labels = np.ones(160)
    student, shipped = np.array([0.9] * 40 + [0.1] * 20), np.array([0.1] * 40 + [0.9] * 20)
    asked = promises(compression=[{"measure": "accuracy", "max_loss": 0.0}])
    (found,) = decided(asked, labels, np.concatenate([shipped, np.ones(100)]), np.concatenate([student, np.ones(100)]))
    assert (found.p_value, found.state) == (pytest.approx(0.0135 / 2, abs=5e-5), "broken")


@pytest.mark.parametrize(("rows", "state"), [(380, "undecided"), (381, "kept")])
def test_without_a_changed_row_the_limit_says_how_many_rows_it_needs(rows: int, state: str) -> None:
    # z²·(1 − 0.01)/0.01 = 380.3
    asked = promises(compression=[{"measure": "true_positive_rate", "max_loss": 0.01}])
    (found,) = decided(asked, np.ones(rows), np.full(rows, 0.9))
    assert (found.value, found.state, found.high) == (0.0, state, pytest.approx(tango.bound(rows)))
    assert found.rows_to_decide == (390 if state == "undecided" else None)


def test_what_the_false_negative_rate_needs_are_positives() -> None:
    labels = np.array([1] * 100 + [0] * 900)
    asked = promises(compression=[{"measure": "false_negative_rate", "max_loss": 0.01}])
    (found,) = decided(asked, labels, np.where(labels == 1, 0.9, 0.1))
    # Of 1,000 rows 100 are positive: 380.3 positives are 3,803 rows.
    assert (found.rows, found.positives, found.rows_to_decide) == (100, 100, 3_900)


def ranked(positives: int, negatives: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    labels = np.array([1] * positives + [0] * negatives)
    return labels, np.clip(0.5 * random.random(len(labels)) + 0.4 * labels, 0, 1)


def test_an_area_of_few_positives_is_undecided_and_pretends_no_interval() -> None:
    labels, scores = ranked(19, 200)
    asked = promises(
        quality=[{"metric": "auc", "minimum": 0.5}, {"metric": "auc_pr", "minimum": 0.2}],
        compression=[{"measure": "auc", "max_loss": 0.1}, {"measure": "auc_pr", "max_loss": 0.1}],
    )
    for found in decided(asked, labels, scores, scores**2 + 1e-3):
        assert (found.state, found.low, found.high, found.positives) == ("undecided", None, None, 19)
        assert "fewer than 20 rows" in found.reason
        assert found.rows_to_decide is not None and found.rows_to_decide >= 230


def test_the_rows_that_would_decide_an_area_of_few_positives_are_those_that_its_spread_needs() -> None:
    labels, scores = ranked(10, 200)
    shipped = np.clip(scores + np.random.default_rng(2).normal(size=210) / 10, 0, 1)
    (far,) = decided(promises(compression=[{"measure": "auc", "max_loss": 0.9}]), labels, shipped, scores)
    # The wide limit needs twenty positives alone, which are twice the rows.
    assert far.rows_to_decide == 430
    assert far.value is not None and far.value > 0
    near = promises(compression=[{"measure": "auc", "max_loss": far.value + 0.002}])
    (found,) = decided(near, labels, shipped, scores)
    assert found.rows_to_decide is not None and found.rows_to_decide > 1_000


def test_an_area_is_compared_by_delongs_method() -> None:
    labels, scores = ranked(60, 200)
    random = np.random.default_rng(2)
    shipped = np.clip(scores + random.normal(size=260) / 5, 0, 1)
    asked = promises(compression=[{"measure": "auc", "max_loss": 0.01}])
    (found,) = decided(asked, labels, shipped, scores)
    assert found.method == "delong" and found.value is not None and found.low is not None and found.value > found.low
    assert found.state == "broken"


def test_the_bootstrap_of_a_paired_area_is_about_delongs_interval() -> None:
    labels, scores = ranked(200, 800)
    shipped = np.clip(scores + np.random.default_rng(2).normal(size=1_000) / 10, 0, 1)
    asked = promises(compression=[{"measure": "auc", "max_loss": 0.01}])
    (exact,) = decided(asked, labels, shipped, scores)
    (drawn,) = decided(asked, labels, shipped, scores, weights=np.full(1_000, 2.0))
    assert (exact.method, drawn.method) == ("delong", "bootstrap")
    assert drawn.value == pytest.approx(exact.value)
    assert (drawn.low, drawn.high) == pytest.approx((exact.low, exact.high), abs=2e-3)


def test_weighted_rows_are_compared_by_their_weights() -> None:
    labels = np.ones(400)
    student, shipped = np.full(400, 0.9), np.array([0.1] * 40 + [0.9] * 360)
    weights = np.array([3.0] * 40 + [1.0] * 360)
    asked = promises(compression=[{"measure": "accuracy", "max_loss": 0.1}])
    (found,) = decided(asked, labels, shipped, student, weights=weights)
    assert (found.value, found.method, found.state) == (pytest.approx(120 / 480), "bootstrap", "broken")


def test_a_few_changed_rows_with_weights_tell_no_more_than_none() -> None:
    labels, weights = np.ones(50), np.full(50, 2.0)
    shipped = np.array([0.9] + [0.1] * 49)
    student = np.full(50, 0.1)
    asked = promises(compression=[{"measure": "accuracy", "max_loss": 0.05}])
    (found,) = decided(asked, labels, shipped, student, weights=weights)
    assert (found.value, found.state, found.high) == (pytest.approx(-0.02), "undecided", pytest.approx(tango.bound(50)))


def test_a_regression_is_compared_by_its_metrics() -> None:
    random = np.random.default_rng(1)
    labels = random.normal(size=500)
    student = (labels + random.normal(size=500) / 10)[:, None]
    asked = promises(compression=[{"measure": "rmse", "max_loss": 0.01}, {"measure": "r2", "max_loss": 0.01}])
    same = decided(asked, labels, student, student, task="regression", classes=[])
    assert [(of.value, of.state, of.method) for of in same] == [(0.0, "kept", "exact")] * 2
    worse = decided(asked, labels, student + random.normal(size=(500, 1)), student, task="regression", classes=[])
    assert [(of.state, of.method) for of in worse] == [("broken", "bootstrap")] * 2
    assert all(of.value is not None and of.value > 0 for of in worse)


def test_a_metric_is_held_against_the_baseline_on_the_same_rows() -> None:
    labels = np.array([1] * 200 + [0] * 200)
    shipped, baseline = np.where(labels == 1, 0.9, 0.1), np.where(labels == 1, 0.9, 0.1)
    shipped[:60] = 0.1
    asked = promises(quality=[{"metric": "accuracy", "minimum": 0.8, "max_drop": 0.05}])
    assert [of.promise for of in decided(asked, labels, shipped)] == ["promises.quality[0].minimum"]
    value, drop = decided(asked, labels, shipped, baseline=probabilities(baseline))
    assert (value.value, value.rule, drop.value, drop.rule) == (0.85, "at least", pytest.approx(0.15), "at most")
    assert (value.method, drop.method, drop.state) == ("wilson", "tango", "broken")


def test_decisions_are_made_at_the_threshold() -> None:
    labels, scores = np.array([1, 1, 0, 0] * 10), np.array([0.9, 0.3, 0.3, 0.1] * 10)
    asked = promises(
        rates=[{"rate": "true_positive_rate", "minimum": 0.1}],
        quality=[{"metric": "accuracy", "minimum": 0.1}, {"metric": "recall", "minimum": 0.1}],
    )
    assert [of.value for of in decided(asked, labels, scores)] == [0.75, 0.5, 0.5]
    assert [of.value for of in decided(asked, labels, scores, threshold=0.2)] == [0.75, 1.0, 1.0]
    assert [of.value for of in decided(asked, labels, scores, threshold=0.05)] == [0.5, 1.0, 1.0]


def test_the_baseline_decides_at_a_threshold_of_its_own() -> None:
    """Of 40 rows, the model that would ship has all right at 0.2, and the baseline, of higher scores, at 0.5."""
    labels, shipped = np.array([1, 1, 0, 0] * 10), np.array([0.9, 0.3, 0.1, 0.1] * 10)
    given: dict[str, Any] = {"baseline": probabilities([0.9, 0.6, 0.4, 0.1] * 10), "threshold": 0.2}
    asked = promises(quality=[{"metric": "accuracy", "max_drop": 0.2}, {"metric": "auc", "max_drop": 0.2}])

    def lost(**others: Any) -> list[float | None]:
        return [of.value for of in decided(asked, labels, shipped, **given, **others)]

    assert lost(baseline_threshold=0.5) == [0, 0]
    assert lost(baseline_threshold=0.7) == [pytest.approx(-0.25), 0]
    assert lost() == [pytest.approx(-0.25), 0]


def of_three(**asked: Any) -> list[Any]:
    labels = np.array([0, 1, 2] * 50)
    guessed = np.array([0, 1, 1] * 50)
    return decided(promises(**asked), labels, np.eye(3)[guessed], task="multiclass", classes=["a", "b", "c"])


def test_several_classes_have_rates_of_each_against_the_rest_or_of_one() -> None:
    rate = {"rate": "true_positive_rate", "minimum": 0.5}
    assert [(of.measure, of.value, of.positives) for of in of_three(rates=[rate])] == [
        ("true_positive_rate/a", 1.0, 50),
        ("true_positive_rate/b", 1.0, 50),
        ("true_positive_rate/c", 0.0, 50),
    ]
    (found,) = of_three(rates=[rate | {"of_class": "c"}])
    assert (found.measure, found.state) == ("true_positive_rate/c", "broken")
    with pytest.raises(UserError, match=r"promises.rates\[0\].of_class: 'd' is no class of the label.*a, b, c"):
        of_three(rates=[rate | {"of_class": "d"}])


def test_a_figure_of_the_device_is_exact() -> None:
    asked = promises(device={"max_bytes": 3_000, "max_gzip_bytes": 9_000, "max_latency_ratio": 2.0})
    found = decided(asked, [0, 1], [0.1, 0.9], figures={"bytes": 3_001, "gzip_bytes": 9_000})
    assert [(of.promise, of.measure, of.value, of.state) for of in found] == [
        ("promises.device.max_bytes", "bytes", 3_001, "broken"),
        ("promises.device.max_gzip_bytes", "gzip_bytes", 9_000, "kept"),
        ("promises.device.max_latency_ratio", "latency_ratio", None, "undecided"),
    ]
    assert all((of.low, of.high, of.rows, of.p_value) == (None, None, None, None) for of in found)
    assert found[2].reason == "it was not measured"


def test_one_slice_alone_is_found_by_its_values_of_any_type() -> None:
    labels, scores = [1, 0] * 30, [0.9, 0.1] * 30
    columns = {"age": np.array([30, 40] * 30), "size": np.array([0.1, 0.5] * 30, np.float32)}
    asked = promises(
        rates=[
            {"rate": "positive_rate", "minimum": 0.1, "slice": {"age": 30}},
            {"rate": "positive_rate", "minimum": 0.1, "slice": {"size": 0.1, "age": 30}},
        ]
    )
    found = decided(asked, labels, scores, columns=columns)
    assert [(of.slice, of.rows, of.value) for of in found] == [("age=30", 30, 1.0), ("age=30, size=0.1", 30, 1.0)]


def test_without_promises_nothing_is_decided() -> None:
    assert decided(promises(), [0, 1], [0.1, 0.9]) == []
