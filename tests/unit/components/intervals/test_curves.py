import json

import numpy as np
import pytest
from sklearn import metrics

from components.intervals import curves
from modules.judging.statistics import wilson

pytestmark = pytest.mark.unit


@pytest.fixture(params=[False, True], ids=["plain", "weighted"])
def rows(request: pytest.FixtureRequest) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    generator = np.random.default_rng(1)
    labels = (generator.random(5_000) < 0.25).astype("float32")
    scores = (1 / (1 + np.exp(1 - generator.normal(size=5_000) - 2 * labels))).astype("float32")
    # Scores on the very thresholds, too.
    scores[:200] = np.repeat(np.arange(100) / 100, 2)
    return labels, scores, generator.integers(0, 3, 5_000).astype(float) if request.param else None


def test_confusion_counts_are_those_of_a_loop_over_rows_and_thresholds(rows: tuple) -> None:
    labels, scores = rows[0][:400], rows[1][:400]
    weights = None if rows[2] is None else rows[2][:400]
    found = curves.binary(labels, scores, weights)["confusion"]
    assert found["threshold"] == [number / 100 for number in range(101)]
    chosen = curves.binary(labels, scores, weights, 0.4713)["confusion"]["threshold"]
    assert chosen == sorted([*found["threshold"], 0.4713])
    names = {(1, True): "true_positives", (0, True): "false_positives", (0, False): "true_negatives"}
    for place, threshold in enumerate(found["threshold"]):
        counts = dict.fromkeys((*names.values(), "false_negatives"), 0.0)
        for number in range(400):
            cell = (int(labels[number]), bool(scores[number] > np.float32(threshold)))
            counts[names.get(cell, "false_negatives")] += 1 if weights is None else weights[number]
        assert {name: found[name][place] for name in counts} == counts


def test_the_roc_curve_of_few_points_lies_on_the_exact_one(rows: tuple) -> None:
    labels, scores, weights = rows
    found = curves.binary(labels, scores, weights)["roc"]
    false, true, _ = metrics.roc_curve(labels, scores, sample_weight=weights, drop_intermediate=False)
    assert found["auc"] == pytest.approx(metrics.roc_auc_score(labels, scores, sample_weight=weights))
    assert len(found["true_positive_rate"]) == len(found["false_positive_rate"]) == len(found["threshold"]) <= 200
    assert (found["false_positive_rate"][0], found["true_positive_rate"][0], found["threshold"][0]) == (0, 0, None)
    assert (found["false_positive_rate"][-1], found["true_positive_rate"][-1]) == (1, 1)
    drawn = metrics.auc(found["false_positive_rate"], found["true_positive_rate"])
    assert drawn == pytest.approx(metrics.auc(false, true), abs=5e-4)
    counted = np.ones(len(scores)) if weights is None else weights
    for x, y, threshold in list(zip(*(list(found.values())[1:]), strict=True))[1::20]:
        called = scores >= threshold
        assert y == pytest.approx(counted[called & (labels == 1)].sum() / counted[labels == 1].sum())
        assert x == pytest.approx(counted[called & (labels == 0)].sum() / counted[labels == 0].sum())


def test_points_of_precision_and_recall_are_those_at_their_thresholds(rows: tuple) -> None:
    labels, scores, weights = rows
    found = curves.binary(labels, scores, weights)["precision_recall"]
    average = metrics.average_precision_score(labels, scores, sample_weight=weights)
    assert found["auc_pr"] == pytest.approx(average)
    assert 20 < len(found["recall"]) <= 200
    for place in range(0, len(found["recall"]), 15):
        called = scores >= found["threshold"][place]
        expected = metrics.precision_score(labels, called, sample_weight=weights)
        assert found["precision"][place] == pytest.approx(expected)
        assert found["recall"][place] == pytest.approx(metrics.recall_score(labels, called, sample_weight=weights))


def test_the_histogram_counts_every_row_in_its_class(rows: tuple) -> None:
    labels, scores, weights = rows
    found = curves.binary(labels, scores, weights)["histogram"]
    counted = np.ones(len(scores)) if weights is None else weights
    assert len(found["edges"]) == 51
    assert len(found["positives"]) == len(found["negatives"]) == 50
    assert sum(found["positives"]) == counted[labels == 1].sum()
    assert sum(found["negatives"]) == counted[labels == 0].sum()
    low, high = found["edges"][10:12]
    exact = scores.astype("float64")
    assert found["negatives"][10] == counted[(labels == 0) & (exact >= low) & (exact < high)].sum()


def test_calibration_has_ten_groups_of_equally_many_rows_with_wilsons_interval() -> None:
    # 100 rows by score in tens; in group i, i of the ten are positive.
    scores = np.arange(100) / 100
    labels = np.array([float(number % 10 < number // 10) for number in range(100)])
    shuffled = np.random.default_rng(1).permutation(100)
    found = curves.binary(labels[shuffled], scores[shuffled], None)["calibration"]
    assert [group["rows"] for group in found] == [10] * 10
    assert [group["label"] for group in found] == pytest.approx([number / 10 for number in range(10)])
    assert [group["prediction"] for group in found] == pytest.approx([0.045 + number / 10 for number in range(10)])
    assert (found[3]["low"], found[3]["high"]) == pytest.approx(wilson.interval(3, 10))
    doubled = curves.binary(labels, scores, np.full(100, 7.0))["calibration"]
    assert (doubled[3]["low"], doubled[3]["high"]) == pytest.approx(wilson.interval(3, 10))


def test_one_class_has_no_curves_and_still_a_histogram() -> None:
    found = curves.binary(np.zeros(20), np.linspace(0, 1, 20), None)
    assert found["roc"] is None
    assert found["precision_recall"] is None
    assert sum(found["histogram"]["negatives"]) == 20
    json.dumps(found, allow_nan=False)


def test_several_classes_have_a_confusion_matrix_and_a_roc_curve_each() -> None:
    # True classes 0, 0, 1, 2, 2, 2 and one that is unknown; guessed 0, 1, 1, 2, 0, 2, 0.
    labels = np.array([0, 0, 1, 2, 2, 2, -1], "float32")
    predictions = np.eye(3)[[0, 1, 1, 2, 0, 2, 0]] * 0.6 + 0.1
    found = curves.multiclass(labels, predictions, None, ["a", "b", "c"])
    assert found["confusion"] == [[1, 1, 0], [0, 1, 0], [1, 0, 2]]
    assert list(found["roc"]) == found["classes"] == ["a", "b", "c"]
    assert found["roc"]["c"]["auc"] == pytest.approx(metrics.roc_auc_score(labels == 2, predictions[:, 2]))
    # The seven rows have one probability, 0.7; four of them are right. One row a group, three groups are empty.
    assert sum(group["rows"] for group in found["calibration"]) == 7
    assert sum(group["label"] for group in found["calibration"]) == 4
    weighted = curves.multiclass(labels, predictions, np.arange(7.0), ["a", "b", "c"])
    assert weighted["confusion"] == [[0, 1, 0], [0, 2, 0], [4, 0, 8]]


def test_of_many_slices_only_the_largest_are_counted() -> None:
    slices = {f"shop={number}": np.arange(number) for number in range(1, 51)}
    found = curves.by_slice(np.ones(50, int), np.linspace(0, 1, 50), None, slices)
    assert [one["slice"] for one in found] == [f"shop={number}" for number in range(11, 51)]
    assert (found[-1]["rows"], found[-1]["true_positives"][50], found[-1]["false_negatives"][50]) == (50, 25, 25)
