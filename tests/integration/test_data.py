"""From the tables to transformed examples, run by LocalDagRunner."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
import tensorflow_data_validation as tfdv
import tensorflow_transform as tft
from tensorflow_metadata.proto.v0 import anomalies_pb2
from tfx.types import standard_artifacts
from tfx.utils import io_utils

from components.artifacts import DataFindings
from components.data_gate.executor import Executor as DataGate
from modules.base.errors import DataError
from modules.graph.preprocessing import load_profile
from modules.training import inputs, model

pytestmark = pytest.mark.integration


def raw(road: Any, split: str) -> list[dict[str, list]]:
    """Returns the examples of a split as TableExampleGen wrote them."""
    files = tf.io.gfile.glob(f"{road.output('TableExampleGen', 'examples').uri}/Split-{split}/*")
    found = []
    for record in tf.data.TFRecordDataset(files, "GZIP").as_numpy_iterator():
        features = tf.train.Example.FromString(record).features.feature
        present = {name: value for name, value in features.items() if value.WhichOneof("kind")}
        found.append({name: list(getattr(v, v.WhichOneof("kind")).value) for name, v in present.items()})
    return found


@pytest.fixture(scope="module")
def train(road: Any) -> list[dict[str, list]]:
    return raw(road, "train")


def test_every_row_of_the_tables_is_in_the_examples_and_counted(road: Any, train: list) -> None:
    recorded = road.lineage.latest("TableExampleGen").outputs["examples"].properties
    validation, test = raw(road, "validation"), raw(road, "test")
    assert len(train) + len(validation) == 2_000
    assert len(test) == 1_000
    assert recorded["train_rows"] == len(train)
    assert recorded["validation_rows"] == len(validation)
    assert recorded["test_rows"] == 1_000
    assert recorded["without_label_rows"] == 0
    with (road.folder / "test.csv").open(newline="") as file:
        assert [row["age"] for row in csv.DictReader(file)] == [str(row["age"][0]) for row in test]


def test_an_empty_cell_is_missing_in_the_examples(road: Any, train: list) -> None:
    with (road.folder / "train.csv").open(newline="") as file:
        empty = sum(row["occupation"] == "" for row in csv.DictReader(file))
    assert empty > 50
    everywhere = [*train, *raw(road, "validation")]
    assert sum("occupation" not in row for row in everywhere) == empty
    assert all("age" in row for row in everywhere)


def test_every_split_is_counted_and_held_against_the_schema(road: Any) -> None:
    for step, key in (("StatisticsGen", "statistics"), ("ExampleValidator", "anomalies")):
        found = Path(road.lineage.latest(step).outputs[key].uri)
        assert sorted(path.name for path in found.iterdir()) == ["Split-test", "Split-train", "Split-validation"]


def test_the_schema_says_how_columns_become_tensors(road: Any) -> None:
    path = Path(road.output("SchemaCurator", "curated_schema").uri) / "schema.pbtxt"
    schema = io_utils.SchemaReader().read(str(path))
    group = schema.tensor_representation_group[""].tensor_representation
    assert len(group) == 15
    assert group["age"].dense_tensor.default_value.int_value == -(2**63)
    assert next(f for f in schema.feature if f.name == "age").int_domain.max == 120  # of the curated schema


def test_a_sound_table_passes_the_gate_without_a_warning_and_before_anything_is_learnt(road: Any) -> None:
    gate = road.lineage.latest("DataGate")
    assert json.loads((Path(gate.outputs["findings"].uri) / "findings.json").read_text()) == []
    assert gate.outputs["findings"].properties["warnings"] == 0
    assert gate.execution < road.lineage.latest("Transform").execution


@pytest.fixture(scope="module")
def output(road: Any) -> tft.TFTransformOutput:
    return tft.TFTransformOutput(road.output("Transform", "transform_graph").uri)


def transformed(road: Any, output: tft.TFTransformOutput, split: str) -> dict[str, np.ndarray]:
    files = [f"{road.output('Transform', 'transformed_examples').uri}/Split-{split}/*"]
    return inputs.read(files, output, model.build_encoder(output, ["z_score"]))


def test_the_test_split_is_not_transformed(road: Any) -> None:
    found = Path(road.output("Transform", "transformed_examples").uri)
    assert sorted(path.name for path in found.iterdir()) == ["Split-train", "Split-validation"]


def test_only_the_train_split_is_learnt_from(train: list, output: tft.TFTransformOutput) -> None:
    profile = load_profile(output)
    ages = [row["age"][0] for row in train]
    age = next(column for column in profile.numeric if column.name == "age")
    assert age.mean == pytest.approx(np.mean(ages))
    assert age.deviation == pytest.approx(np.std(ages))
    jobs = [row["occupation"][0] for row in train if "occupation" in row]
    occupation = next(column for column in profile.categorical if column.name == "occupation")
    known = (*occupation.vocabulary.own, *occupation.vocabulary.shared)
    assert dict(known) == {job.decode(): jobs.count(job) for job in set(jobs) if jobs.count(job) >= 5}


def test_transformed_rows_are_complete_finite_and_labelled(
    road: Any, train: list, output: tft.TFTransformOutput
) -> None:
    rows = transformed(road, output, "train")
    assert {len(values) for values in rows.values()} == {len(train)}
    assert all(np.isfinite(values).all() for values in rows.values())
    assert rows["label"].sum() == sum(row["income"] == [b">50K"] for row in train)


def test_missing_values_are_marked_where_the_examples_lack_them(
    road: Any, train: list, output: tft.TFTransformOutput
) -> None:
    profile = load_profile(output)
    marked = transformed(road, output, "train")["missing"].sum(axis=0)
    names = [column.name for column in profile.marked]
    assert dict(zip(names, marked, strict=True)) == {name: sum(name not in row for row in train) for name in names}


def test_every_category_lies_within_its_vocabulary_or_the_slot_after_it(
    road: Any, output: tft.TFTransformOutput
) -> None:
    sizes = np.array([len(column.vocabulary.values) for column in load_profile(output).categorical])
    for split in ("train", "validation"):
        category = transformed(road, output, split)["category"]
        assert (category >= 0).all()
        assert (category <= sizes).all()


class Gate:
    """DataGate on the statistics of the real splits, on anomalies made by hand, and on another run's training rows."""

    def __init__(self, road: Any, folder: Path, new_output: Any):
        self._folder, self._table = folder, pd.read_csv(road.folder / "train.csv")
        anomalies = standard_artifacts.ExampleAnomalies()
        anomalies.uri = str(folder / "anomalies")
        anomalies.split_names = '["train", "validation", "test"]'
        self._inputs = {
            "examples": [road.output("TableExampleGen", "examples")],
            "anomalies": [anomalies],
            "statistics": [road.output("StatisticsGen", "statistics")],
        }
        self.output = new_output(folder, findings=DataFindings)
        for split in ("train", "validation", "test"):
            self.report(split)

    def report(self, split: str, **columns: str) -> None:
        found = anomalies_pb2.Anomalies()
        for column, reason in columns.items():
            info = found.anomaly_info[column]
            info.path.step.append(column)
            info.severity = anomalies_pb2.AnomalyInfo.ERROR
            info.reason.add(description=reason)
        self._write(f"anomalies/Split-{split}/SchemaDiff.pb", found)

    def bless(self, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
        """Adds the statistics of a run whose training rows were changed so."""
        self._write("blessed/Split-train/FeatureStats.pb", tfdv.generate_statistics_from_dataframe(change(self._table)))
        blessed = standard_artifacts.ExampleStatistics()
        blessed.uri = str(self._folder / "blessed")
        self._inputs["baseline_statistics"] = [blessed]

    def _write(self, name: str, message: Any) -> None:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(message.SerializeToString())

    def run(self, label: str = "income", positive: str = ">50K", **rules: str) -> list[dict[str, Any]]:
        config = {
            "data_gate": rules,
            "label": {"column": label, "task": "binary", "positive_class": positive, "weight_column": None},
            "features": {"exclude": ["fnlwgt"]},
            "data": {"group_column": None, "time_column": None},
        }
        DataGate().Do(self._inputs, self.output.artifacts, {"config": json.dumps(config), "code": ""})
        return json.loads((self.output.path("findings") / "findings.json").read_text())


@pytest.fixture
def gate(road: Any, tmp_path: Path, new_output: Any) -> Gate:
    return Gate(road, tmp_path, new_output)


def test_the_gate_stops_and_names_the_anomalies_of_every_split(gate: Gate) -> None:
    gate.report("train", age="Too old")
    gate.report("test", race="Unknown value")
    with pytest.raises(DataError, match=r"2 findings: train against the schema: age: Too old .*; test against the sch"):
        gate.run()
    assert not (gate.output.path("findings") / "findings.json").exists()


def test_the_gate_lets_anomalies_pass_and_writes_them_down_where_the_config_says_so(gate: Gate) -> None:
    gate.report("train", age="Too old", race="Unknown value")
    found = gate.run(schema_mismatch="warn")
    assert [(finding["column"], finding["severity"]) for finding in found] == [("age", "warn"), ("race", "warn")]
    assert gate.output["findings"].get_int_custom_property("warnings") == 2
    assert gate.run(schema_mismatch="off") == []


def test_the_same_rows_as_in_the_last_blessed_run_have_not_drifted(gate: Gate) -> None:
    gate.bless(lambda table: table)
    assert gate.run() == []


def test_what_has_changed_since_the_last_blessed_run_is_told(gate: Gate) -> None:
    def change(table: pd.DataFrame) -> pd.DataFrame:
        later = table.assign(age=table["age"] + 15, sex="Female", race=table["race"].where(table.index % 3 > 0))
        return later.drop(columns="education")

    gate.bless(change)
    found = gate.run()
    assert {(finding["rule"], finding["column"]) for finding in found} == {
        ("drift_since_blessed", "age"),
        ("drift_since_blessed", "sex"),
        ("drift_since_blessed", "education"),
        ("missing_values", "race"),
    }
    assert {finding["compared"] for finding in found} == {"train against the last blessed run"}
    with pytest.raises(DataError, match="3 findings: .* or set data_gate.drift_since_blessed to warn"):
        gate.run(drift_since_blessed="stop")


def test_columns_that_are_no_features_may_drift(gate: Gate) -> None:
    gate.bless(lambda table: table.assign(fnlwgt=0))
    assert gate.run() == []


def test_a_label_that_is_distributed_otherwise_is_told(gate: Gate) -> None:
    gate.bless(lambda table: table[(table["income"] == ">50K") | (table.index % 2 == 0)])
    assert ("label_shift", "income") in {(finding["rule"], finding["column"]) for finding in gate.run()}


def test_a_column_that_gives_the_label_away_is_told_before_anything_is_learnt(gate: Gate) -> None:
    off = dict.fromkeys(("label_values", "drift", "label_shift", "unseen_values", "training_ranges"), "off")
    (found,) = gate.run("education", "Bachelors", **off)
    assert (found["rule"], found["column"], found["severity"]) == ("leakage", "education_num", "warn")
    with pytest.raises(DataError, match="train against the label: education_num: it alone predicts education"):
        gate.run("education", "Bachelors", leakage="stop", **off)
    assert gate.run("education", "Bachelors", leakage="off", **off) == []


def test_values_of_a_binary_label_that_the_config_does_not_explain_are_told(gate: Gate) -> None:
    found = {finding["rule"]: finding["message"] for finding in gate.run(positive="?", leakage="off")}
    assert "2 values count as negative beside the positive class '?' (0 rows): '<=50K' (" in found["label_values"]
