import numpy as np
import pytest

from modules import tasks
from modules.judging.estimates import measures
from modules.judging.statistics import wilson
from modules.judging.statistics.resampling import Resampler, percentile_interval
from modules.tasks import measures as plain

pytestmark = pytest.mark.unit

RESAMPLER = Resampler(1, 2_000)


def binary(count: int, positives: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    labels = (np.arange(count) < positives).astype("float32")
    scores = 1 / (1 + np.exp(-generator.normal(size=count) - 2 * labels + 1))
    return labels, np.stack([1 - scores, scores], axis=1)


def measured(task: str, labels: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None, **kwargs: list):
    classes = kwargs.get("classes", ["no", "yes"])
    return measures.metrics(task, labels, predictions, weights, classes, RESAMPLER)


def test_a_binary_task_has_the_metrics_that_can_be_gated_each_within_its_interval() -> None:
    labels, predictions = binary(600, 200)
    found = measured("binary", labels, predictions)
    assert list(found) == list(tasks.GATES["binary"])
    for entry in found.values():
        assert entry["low"] < entry["value"] < entry["high"]
        assert entry["reason"] is None
    assert found["auc"]["value"] == pytest.approx(plain.auc(labels, predictions))
    assert (found["auc"]["positives"], found["auc"]["negatives"], found["auc"]["rows"]) == (200, 400, 600)
    called = predictions[:, 1] > 0.5
    right = int((called == labels).sum())
    assert (found["accuracy"]["low"], found["accuracy"]["high"]) == wilson.interval(right, 600)
    assert (found["precision"]["rows"], found["recall"]["rows"]) == (called.sum(), 200)


def test_a_metric_of_one_class_is_null_and_says_why() -> None:
    labels, predictions = binary(30, 0)
    found = measured("binary", labels, predictions)
    for name in ("auc", "auc_pr"):
        assert (found[name]["value"], found[name]["low"], found[name]["reason"]) == (None, None, "no positives")
    assert found["recall"]["reason"] == "no rows to take it over"
    assert found["accuracy"]["low"] is not None


def test_a_class_of_few_rows_gives_an_area_without_an_interval() -> None:
    found = measured("binary", *binary(60, 19))["auc"]
    assert found["value"] is not None
    assert (found["low"], found["high"], found["reason"]) == (None, None, "19 positives, fewer than 20 rows")
    assert measured("binary", *binary(60, 20))["auc"]["low"] is not None


def test_rows_told_apart_without_an_error_give_no_interval_of_no_width() -> None:
    labels = np.repeat([0.0, 1.0], 50)
    found = measured("binary", labels, np.stack([1 - labels, labels], axis=1))["auc"]
    assert (found["value"], found["low"]) == (1.0, None)
    assert "the same in every resample" in found["reason"]


def classes(count: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(2)
    labels = generator.integers(0, 4, count).astype("float32")
    logits = generator.normal(size=(count, 4)) + 2 * (labels[:, None] == np.arange(4))
    shares = np.exp(logits)
    return labels, shares / shares.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("weighted", [False, True])
def test_several_classes_have_accuracy_mean_auc_and_top_3_accuracy(weighted: bool) -> None:
    labels, predictions = classes(500)
    weights = np.random.default_rng(3).random(500) if weighted else None
    found = measured("multiclass", labels, predictions, weights, classes=list("abcd"))
    assert list(found) == list(tasks.GATES["multiclass"])
    assert found["accuracy"]["value"] == pytest.approx(plain.accuracy_of_classes(labels, predictions, weights))
    assert found["auc"]["value"] == pytest.approx(plain.mean_auc(labels, predictions, weights))
    # Not in the top three are the rows whose own class is the least probable.
    last = predictions.argmin(axis=1) == labels
    assert found["top_3_accuracy"]["value"] == pytest.approx(1 - np.average(last, weights=weights))
    for entry in found.values():
        assert entry["low"] < entry["value"] < entry["high"]
        assert entry["method"] == ("bootstrap" if weighted or entry is found["auc"] else "wilson")


def test_a_class_without_rows_counts_for_nothing_and_one_of_few_rows_allows_no_interval() -> None:
    labels, predictions = classes(200)
    labels = np.where(labels == 3, 2, labels)
    found = measured("multiclass", labels, predictions, classes=list("abcd"))["auc"]
    assert found["value"] == pytest.approx(plain.mean_auc(labels, predictions))
    assert found["low"] < found["value"] < found["high"]
    labels[:3] = 3
    found = measured("multiclass", labels, predictions, classes=list("abcd"))["auc"]
    assert (found["low"], found["reason"]) == (None, "3 of d, 197 of others: fewer than 20 rows")
    only = measured("multiclass", np.zeros(200, "float32"), predictions, classes=list("abcd"))["auc"]
    assert (only["value"], only["reason"]) == (None, "rows of one class only")


@pytest.mark.parametrize("weighted", [False, True])
def test_a_regression_has_its_errors_within_their_intervals(weighted: bool) -> None:
    generator = np.random.default_rng(4)
    labels = generator.normal(1_000, 2, 800).astype("float32")
    predictions = (labels + generator.normal(0, 1, 800))[:, None].astype("float32")
    weights = generator.integers(0, 3, 800).astype(float) if weighted else None
    found = measured("regression", labels, predictions, weights)
    assert list(found) == list(tasks.GATES["regression"])
    for name, entry in found.items():
        expected = tasks.METRICS[name].measures["regression"](labels, predictions, weights)
        assert entry["value"] == pytest.approx(expected)
        assert entry["low"] < entry["value"] < entry["high"]
        assert entry["method"] == "bootstrap"
    # The root of a mean of squares of normal errors has a standard error of σ / √(2n).
    counts = 800 if weights is None else weights.sum() ** 2 / (weights**2).sum()
    width = 2 * 1.96 * found["rmse"]["value"] / np.sqrt(2 * counts)
    assert found["rmse"]["high"] - found["rmse"]["low"] == pytest.approx(width, rel=0.15)


def test_the_interval_of_an_error_is_that_of_the_rows_that_the_replicates_drew() -> None:
    generator = np.random.default_rng(6)
    labels, predictions = generator.normal(50, 1, 15), generator.normal(50, 1, (15, 1))
    counts = RESAMPLER.cell_sums(np.arange(15), 15, np.ones(15))
    found = measured("regression", labels, predictions)
    for name, entry in found.items():
        drawn = [
            tasks.METRICS[name].measures["regression"](labels, predictions, counts[:, number])
            for number in range(1_000)
        ]
        assert (entry["low"], entry["high"]) == pytest.approx(percentile_interval(np.array(drawn)))


def test_labels_that_are_all_equal_have_no_r2_and_few_rows_no_interval() -> None:
    labels = np.full(40, 0.1, "float32")
    predictions = np.random.default_rng(5).normal(size=(40, 1)).astype("float32")
    found = measured("regression", labels, predictions)
    assert (found["r2"]["value"], found["r2"]["reason"]) == (None, "undefined on these rows")
    assert found["mae"]["low"] is not None
    few = measured("regression", np.arange(9.0), predictions[:9])
    assert all(entry["value"] is not None and entry["reason"] == "fewer than 10 rows" for entry in few.values())
    nothing = measured("regression", np.arange(9.0), predictions[:9], np.zeros(9))
    assert all(entry["value"] is None and entry["reason"] == "no row counts" for entry in nothing.values())
