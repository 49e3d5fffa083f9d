"""Transform beside TFT's own: the same graph and schemas, which TFT reads, and the rows that the graph makes."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import tensorflow as tf
import tensorflow_transform as tft
from google.protobuf import json_format
from tensorflow_transform import impl_helper
from tensorflow_transform.tf_metadata import schema_utils
from tfx.proto import transform_pb2
from tfx.types import artifact_utils, standard_artifacts

from components import record_batches, serialization
from components.transform import executor, learning, rows
from modules import callbacks
from modules.contracts import examples as contract
from modules.contracts import profile as profiles
from modules.contracts import schema as schemas
from modules.features.schema import add_tensor_representations
from modules.graph.preprocessing import Preprocessing

pytestmark = pytest.mark.integration

TYPES = {"size": "float32", "count": "int64", "when": "int64", "color": "string", "answer": "string", "heft": "float32"}
CONFIG = {
    "features": {"timestamps": ["when"], "min_count": 1, "log_scale": ["size"]},
    "label": {"column": "answer", "positive_class": "yes", "weight_column": "heft"},
    "reduction": {"explained_variance": 0.9},
}
RAW: dict[str, dict[str, list]] = {
    "train": {
        "size": [1.5, None, 3.0, 4.0, 2.5, 1e30],
        "count": [1, 2, 2**53 + 1, None, 5, 6],
        "when": [0, 86_400, None, 1_700_000_000, 1, 2],
        "color": ["red", "blue", None, "red", "grün", "blue"],
        "answer": ["yes", "no", "no", "yes", "no", "yes"],
        "heft": [1.0, 2.0, 1.0, 1.0, 3.0, 1.0],
    },
    "validation": {
        "size": [9.0, None],
        "count": [-70, 3],
        "when": [5, None],
        "color": ["unseen", "red"],
        "answer": ["no", "yes"],
        "heft": [1.0, 0.5],
    },
}


class Transformed:
    """What the step made of the table."""

    def __init__(self, folder: Path):
        spec = {name: tf.io.FixedLenFeature([1], dtype) for name, dtype in TYPES.items()}
        self.schema, self._folder = schema_utils.schema_from_feature_spec(spec), folder
        add_tensor_representations(self.schema)
        schemas.write(str(folder / "schema"), self.schema)
        self.raw = str(folder / "examples")
        for split, columns in RAW.items():
            path = Path(contract.records_path(self.raw, split))
            path.parent.mkdir(parents=True)
            cells = {name: pa.array(values, pa.type_for_alias(TYPES[name])) for name, values in columns.items()}
            with tf.io.TFRecordWriter(str(path), "GZIP") as writer:
                for record in serialization.serialize(pa.RecordBatch.from_pydict(cells)).to_pylist():
                    writer.write(record)
        graph, examples = standard_artifacts.TransformGraph(), self._examples("transformed")
        graph.uri = str(folder / "graph")
        given = {"examples": [self._examples("examples")], "schema": [standard_artifacts.Schema()]}
        given["schema"][0].uri = str(folder / "schema")
        properties: dict[str, Any] = {
            "splits_config": json_format.MessageToJson(
                transform_pb2.SplitsConfig(analyze=["train"], transform=["train", "validation"])
            ),
            "preprocessing_fn": callbacks.PREPROCESSING,
            "custom_config": json.dumps(CONFIG),
        }
        executor.Executor().Do(given, {"transform_graph": [graph], "transformed_examples": [examples]}, properties)
        self.examples, self.output = examples, tft.TFTransformOutput(graph.uri)

    def _examples(self, name: str) -> Any:
        artifact = standard_artifacts.Examples()
        artifact.uri = str(self._folder / name)
        artifact.split_names = artifact_utils.encode_split_names(list(RAW))
        return artifact

    def read(self, split: str) -> dict[str, np.ndarray]:
        """Returns the rows that the step wrote."""
        spec = self.output.transformed_feature_spec()
        files = tf.io.gfile.glob(f"{contract.split_folder(self.examples.uri, split)}/*.gz")
        records = list(tf.data.TFRecordDataset(files, "GZIP").as_numpy_iterator())
        return {name: value.numpy() for name, value in tf.io.parse_example(tf.constant(records), spec).items()}

    def batch(self, split: str) -> dict[str, tf.Tensor]:
        """Returns the raw rows."""
        (batch,) = rows.RawExamples(self.schema).batches(contract.records_path(self.raw, split))
        return batch


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Transformed:
    return Transformed(tmp_path_factory.mktemp("transform"))


def test_a_raw_batch_is_what_tensorflow_parses(made: Transformed) -> None:
    spec = schema_utils.schema_as_feature_spec(made.schema).feature_spec
    path = contract.records_path(made.raw, "train")
    records = list(tf.data.TFRecordDataset(path, "GZIP").as_numpy_iterator())
    expected = tf.io.parse_example(tf.constant(records), spec)
    found = made.batch("train")
    assert found.keys() == expected.keys()
    for name, tensor in expected.items():
        assert (found[name].dtype, found[name].shape) == (tensor.dtype, tensor.shape)
        np.testing.assert_array_equal(found[name].numpy(), tensor.numpy())


@pytest.mark.parametrize("split", list(RAW))
def test_the_rows_are_what_the_graph_makes_of_them_in_their_order(made: Transformed, split: str) -> None:
    found, expected = made.read(split), made.output.transform_features_layer()(made.batch(split))
    assert found.keys() == expected.keys()
    for name, tensor in expected.items():
        np.testing.assert_array_equal(found[name], tensor.numpy())
    np.testing.assert_array_equal(found["label"][:, 0], [answer == "yes" for answer in RAW[split]["answer"]])
    np.testing.assert_array_equal(found["weight"][:, 0], RAW[split]["heft"])


def test_only_the_training_rows_are_learnt_from(made: Transformed) -> None:
    profile = profiles.read(str(Path(made.output.transform_savedmodel_dir).parent))
    (color,) = profile.categorical
    assert sorted(color.vocabulary.values) == ["blue", "grün", "red"]
    count = next(column for column in profile.numeric if column.name == "count")
    assert min(count.edges) + count.offset == 1


def test_graph_and_schemas_are_those_that_tft_writes(made: Transformed, tmp_path: Path) -> None:
    source = rows.RawExamples(made.schema)
    preprocessing = Preprocessing(source.dtypes, CONFIG)
    learnt = learning.learn(preprocessing, [made.batch("train")])
    specs = schema_utils.schema_as_feature_spec(made.schema).feature_spec

    def preprocessing_fn(inputs: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        return preprocessing.transformed(inputs, learnt.constants)

    impl_helper.analyze_in_place(preprocessing_fn, False, specs, source.signature, str(tmp_path))
    stock = tft.TFTransformOutput(str(tmp_path))
    assert made.output.transformed_metadata.schema == stock.transformed_metadata.schema
    read, written = map(json_format.MessageToDict, (made.output.raw_metadata.schema, made.schema))  # NaN is not NaN
    assert read == written
    found, expected = (of.transform_features_layer()(made.batch("train")) for of in (made.output, stock))
    for name, tensor in expected.items():
        np.testing.assert_array_equal(found[name].numpy(), tensor.numpy())


def test_small_batches_are_learnt_from_as_one(made: Transformed) -> None:
    source = rows.RawExamples(made.schema)
    preprocessing = Preprocessing(source.dtypes, CONFIG)
    whole = made.batch("train")
    single = [{name: column[row : row + 1] for name, column in whole.items()} for row in range(6)]
    few, one = (learning.learn(preprocessing, batches) for batches in (single, [whole]))
    assert few.profile == one.profile
    for found, expected in zip(few.constants, one.constants, strict=True):
        np.testing.assert_array_equal(found, expected)


def test_no_column_is_parsed_by_an_operation_of_its_own(made: Transformed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tf.io, "parse_example", None)
    assert len(list(record_batches.read(contract.records_path(made.raw, "train")))) == 1
    assert made.batch("train").keys() == TYPES.keys()
