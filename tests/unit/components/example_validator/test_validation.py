"""Validation some columns at a time, beside TFDV's of the whole table."""

from typing import Any

import pyarrow as pa
import pytest
import tensorflow_data_validation as tfdv
from tensorflow_metadata.proto.v0 import schema_pb2

from components.example_validator import validation
from components.statistics_gen import counting

pytestmark = pytest.mark.unit


def statistics(**columns: list) -> Any:
    cells = {
        name: pa.array([[cell] if cell is not None else None for cell in column]) for name, column in columns.items()
    }
    return counting.count([pa.RecordBatch.from_pydict(cells)], tfdv.StatsOptions())


# Every fourth column of a table has another fault.
ROWS = statistics(
    unknown=["a", "b", "zebra"],
    shared=["a", "b", "quagga"],
    large=[1, 2, 300],
    floats=[0.5, float("nan"), 1.0],
    text_for_a_number=["1", "2", "three"],
    gaps=[1, None, None],
    fine=["a", "a", "b"],
    added=[1, 2, 3],
)


def schema() -> Any:
    made = schema_pb2.Schema()
    made.string_domain.add(name="letters", value=["a", "b"])
    for name, kind in (
        ("unknown", "BYTES"),
        ("shared", "BYTES"),
        ("large", "INT"),
        ("floats", "FLOAT"),
        ("text_for_a_number", "INT"),
        ("gaps", "INT"),
        ("fine", "BYTES"),
        ("gone", "FLOAT"),
    ):
        feature = made.feature.add(name=name, type=kind)
        feature.presence.min_fraction = 1.0
        feature.presence.min_count = 1
        representation = made.tensor_representation_group[""].tensor_representation[name]
        representation.dense_tensor.column_name = name
        if name in ("shared", "fine"):
            feature.domain = "letters"
    made.feature[0].string_domain.value.extend(["a", "b"])
    made.feature[2].int_domain.max = 10
    made.feature[3].float_domain.disallow_nan = True
    made.dataset_constraints.min_examples_count = 1_000
    return made


@pytest.mark.parametrize("at_once", [1, 2, 3, 100])
def test_the_anomalies_are_those_of_the_whole(at_once: int) -> None:
    expected = tfdv.validate_statistics(ROWS, schema())
    assert set(expected.anomaly_info) == {
        "unknown",
        "shared",
        "large",
        "floats",
        "text_for_a_number",
        "gaps",
        "gone",
        "added",
    }
    assert expected.HasField("dataset_anomaly_info")
    assert validation.validate(ROWS, schema(), at_once) == expected


def test_columns_that_fit_have_no_anomaly() -> None:
    fitting = statistics(a=["x"], b=["y"], c=[1])
    inferred = tfdv.infer_schema(fitting)
    assert validation.validate(fitting, inferred, 1) == tfdv.validate_statistics(fitting, inferred)
    assert not validation.validate(fitting, inferred, 1).anomaly_info


def test_a_split_without_rows_is_said_to_be_missing() -> None:
    empty = counting.count([], tfdv.StatsOptions())
    expected = tfdv.validate_statistics(empty, schema())
    assert expected.data_missing
    assert validation.validate(empty, schema(), 1) == expected


def test_features_made_of_several_columns_are_validated_as_a_whole() -> None:
    weighted = schema()
    of = weighted.weighted_feature.add(name="weighted")
    of.feature.step.append("fine")
    of.weight_feature.step.append("large")
    assert validation.validate(ROWS, weighted, 1) == tfdv.validate_statistics(ROWS, weighted)


@pytest.mark.parametrize("columns", [500, 2_000])
def test_tfdv_never_sees_more_columns_at_once(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """It copies the schema for each column, so that the cost of a call grows with the square of its columns."""
    seen = []

    def watched(of: Any, by: Any) -> Any:
        seen.append((len(of.datasets[0].features), len(by.feature)))
        return tfdv.validate_statistics(of, by)

    monkeypatch.setattr(validation, "tfdv", type("Watched", (), {"validate_statistics": staticmethod(watched)}))
    wide = statistics(**{f"c{number}": [1] for number in range(columns)})
    validation.validate(wide, tfdv.infer_schema(wide))
    assert seen == [(validation.AT_ONCE, validation.AT_ONCE)] * (columns // validation.AT_ONCE)
