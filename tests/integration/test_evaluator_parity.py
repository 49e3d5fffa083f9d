"""What the Evaluator measures, beside TFMA on the same rows: same keys, numbers, plots, and verdict."""

from pathlib import Path
from typing import Any

import apache_beam as beam
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import tensorflow_model_analysis as tfma
from apache_beam.options.pipeline_options import PipelineOptions
from sklearn import metrics
from tfx_bsl.arrow import table_util

from components.evaluator import thresholds
from modules.base.settings import Evaluation, Label
from pipeline.wiring.engines import local_beam_args
from tests import table_evaluation

pytestmark = pytest.mark.integration

ROWS, CLASSES = 150, 3
LABELS: dict[str, dict[str, Any]] = {
    "binary": {"column": "y", "positive_class": "yes"},
    "multiclass": {"column": "y", "task": "multiclass"},
    "regression": {"column": "y", "task": "regression"},
}
GATES: dict[str, dict[str, Any]] = {
    "binary": {"accuracy": {"minimum": 0.5, "max_drop": 0.9}, "recall": {"minimum": 0.999}},
    "multiclass": {"accuracy": {"minimum": 0.1, "max_drop": 0.9}},
    "regression": {"mae": {"maximum": 9.0, "max_rise": 0.1}},
}
# TFMA interpolates areas between its 10,000 thresholds; a slice with one class has the area 0 there, and none here.
AREAS = {"auc", "auc_precision_recall"}


def table(task: str, seed: int) -> pd.DataFrame:
    """Makes rows with ties, scores on the thresholds, a slice with one class, a slice of one row, and weights of 0."""
    generator = np.random.default_rng(seed)
    group = generator.choice(["a", "b", "ü"], ROWS).astype(object)
    group[-1] = "alone"
    rows = {"g": group, "h": generator.integers(0, 2, ROWS), "w": generator.integers(0, 9, ROWS) / 4}
    if task == "regression":
        labels = generator.normal(10, 5, ROWS)
        predictions = [labels + spread * generator.normal(size=ROWS) for spread in (1, 0.1)]
    elif task == "binary":
        labels = (generator.random(ROWS) < 0.4) & (group != "b")
        predictions = [np.clip(0.3 * labels + 0.8 * generator.random(ROWS), 0, 1).round(2) for _ in range(2)]
        predictions[0][:4] = [0, 1, 0.5, 0.25]
    else:
        labels = np.where(group == "b", 1, generator.integers(-1, CLASSES - 1, ROWS))
        predictions = [generator.dirichlet(np.ones(CLASSES), ROWS) for _ in range(2)]
        predictions[0][:2] = 0.25
    columns = {"y": labels, **dict(zip("pq", predictions, strict=True))}
    return pd.DataFrame(rows | {name: list(array.astype(np.float32)) for name, array in columns.items()})


def configured(task: str, weighted: bool, with_baseline: bool) -> Any:
    settings = Evaluation.model_validate({"slices": [["g"], ["h", "g"]], "gates": GATES[task]})
    label = Label.model_validate(LABELS[task] | ({"weight_column": "w"} if weighted else {}))
    return table_evaluation.configured(settings, label, CLASSES, with_baseline)


def stock(rows: pd.DataFrame, config: Any, folder: Path) -> None:
    """Lets TFMA do it all."""
    models = table_evaluation.models(config)
    batch = table_util.CanonicalizeRecordBatch(pa.RecordBatch.from_pandas(rows))
    with beam.Pipeline(options=PipelineOptions(local_beam_args())) as pipeline:
        _ = (
            pipeline
            | beam.Create([{tfma.ARROW_RECORD_BATCH_KEY: batch}])
            | tfma.ExtractAndEvaluate(
                extractors=tfma.default_extractors(eval_shared_model=models, eval_config=config),
                evaluators=tfma.default_evaluators(eval_shared_model=models, eval_config=config),
            )
            | tfma.WriteResults(writers=tfma.default_writers(str(folder), models, config))
        )


def numbers(folder: Path) -> dict[tuple, float]:
    """Reads every number by slice and key."""
    return {
        (str(found.slice_key), str(entry.key)): entry.value.double_value.value
        for found in tfma.load_metrics(str(folder))
        for entry in found.metric_keys_and_values
    }


def plots(folder: Path) -> dict[tuple, np.ndarray]:
    """Reads the numbers of every plot by slice, key, and field, in their order."""
    found: dict[tuple, list[float]] = {}

    def walk(name: tuple, message: Any) -> None:
        for field, value in message.ListFields():
            of_field = (*name, field.name)
            if field.message_type is None:
                found.setdefault(of_field, []).append(value)
            else:
                for one in value if field.label == field.LABEL_REPEATED else [value]:
                    walk(of_field, one)

    for plot in tfma.load_plots(str(folder)):
        for entry in plot.plot_keys_and_values:
            walk((str(plot.slice_key), str(entry.key)), entry.value)
    return {name: np.array(values, np.float64) for name, values in found.items()}


@pytest.fixture(scope="module", params=[("binary", False), *((task, True) for task in LABELS)], ids=str)
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, Path, Any, Any]:
    """The task, TFMA's results, ours, the rows, and the config: plain, or with weights and a baseline."""
    task, rich = request.param
    rows, config = table(task, 7), configured(task, rich, rich)
    if task == "binary" and rich:  # each model at its own threshold
        thresholds.fill_in(config, {"candidate": 0.375, "baseline": 0.625})
    folders = [tmp_path_factory.mktemp(name) for name in ("stock", "ours")]
    stock(rows, config, folders[0])
    table_evaluation.evaluate(task, rows, config, folders[1])
    return task, *folders, rows, config


def is_area(name: tuple) -> bool:
    return any(f'name: "{area}"' in name[1] for area in AREAS)


def test_every_number_has_tfmas_key_and_but_for_areas_tfmas_value(both: tuple) -> None:
    expected, found = numbers(both[1]), numbers(both[2])
    assert expected.keys() == found.keys()
    assert len({name[0] for name in found}) == 1 + 4 + 7
    for name, value in expected.items():
        # Keras computes these three in float32.
        tolerance = 1e-6 if "categorical_accuracy" in name[1] or "root_mean_squared" in name[1] else 1e-9
        if not is_area(name):
            assert found[name] == pytest.approx(value, rel=tolerance, abs=tolerance, nan_ok=True), name


def test_areas_are_exact_and_near_tfmas_and_undefined_where_one_class_is_missing(both: tuple) -> None:
    task, expected, found, rows, config = both[0], numbers(both[1]), numbers(both[2]), both[3], both[4]
    areas = {name: value for name, value in found.items() if is_area(name)}
    assert bool(areas) == (task != "regression")
    for name, value in areas.items():
        if task == "binary" and '"b"' in name[0]:
            assert np.isnan(value)
            assert expected[name] in (0, pytest.approx(0))
    if task == "binary":
        weights = rows["w"] if config.model_specs[0].example_weight_key else None
        truth, scores = np.array(rows["y"].tolist()), np.array(rows["p"].tolist())
        of_key = {name: value for name, value in areas.items() if not name[0] and "is_diff" not in name[1]}
        of_key = {name[1]: value for name, value in of_key.items() if "baseline" not in name[1]}
        assert sorted(of_key.values()) == pytest.approx(
            sorted(
                measure(truth, scores, sample_weight=weights)
                for measure in (metrics.roc_auc_score, metrics.average_precision_score)
            ),
            abs=1e-12,
        )


def test_every_plot_is_tfmas(both: tuple) -> None:
    expected, found = plots(both[1]), plots(both[2])
    assert bool(expected) == (both[0] != "regression")
    assert expected.keys() == found.keys()
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-9, atol=1e-9, err_msg=str(name))


def test_the_verdict_and_what_failed_are_tfmas(both: tuple) -> None:
    expected, found = (tfma.load_validation_result(str(folder)) for folder in both[1:3])
    assert expected.validation_ok == found.validation_ok
    assert found.validation_ok == (
        both[0] == "multiclass" or (both[0] == "regression" and len(both[4].model_specs) == 1)
    )

    def failures(result: Any) -> list[tuple]:
        return sorted(
            (str(part.slice_key), str(failure.metric_key), str(failure.metric_threshold))
            for part in result.metric_validations_per_slice
            for failure in part.failures
        )

    assert failures(expected) == failures(found)
    assert len(expected.validation_details.slicing_details) == len(found.validation_details.slicing_details)


def test_the_files_are_those_that_tfma_writes(both: tuple) -> None:
    stock_files, our_files = (sorted(path.name for path in folder.iterdir()) for folder in both[1:3])
    assert stock_files == our_files
    assert tfma.load_eval_result(str(both[2])).config == tfma.load_eval_result(str(both[1])).config
