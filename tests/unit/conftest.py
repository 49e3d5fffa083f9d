from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.object_store import Store


@pytest.fixture(scope="session")
def analyze() -> Callable[[Path, Mapping[str, tuple[str, list]], Mapping[str, Any]], Any]:
    """Returns a function that makes a transform graph of a table, as the step Transform does.

    It takes a folder, the columns as (dtype, cells) by name, with missing cells as a model takes them, and the sections
    of the config; it returns the transform graph.
    """
    import tensorflow as tf
    import tensorflow_transform as tft
    from tensorflow_transform.tf_metadata import schema_utils

    from components.transform import learning, rows, saving
    from modules.graph.preprocessing import Preprocessing

    def run(folder: Path, columns: Mapping[str, tuple[str, list]], config: Mapping[str, Any]) -> Any:
        spec = {name: tf.io.FixedLenFeature([1], dtype) for name, (dtype, _) in columns.items()}
        schema = schema_utils.schema_from_feature_spec(spec)
        source = rows.RawExamples(schema)
        preprocessing = Preprocessing(source.dtypes, config)
        batch = {name: tf.constant(cells, dtype, (len(cells), 1)) for name, (dtype, cells) in columns.items()}
        learnt = learning.learn(preprocessing, [batch])
        saving.write(str(folder / "graph"), schema, source, preprocessing, learnt)
        return tft.TFTransformOutput(str(folder / "graph"))

    return run


@pytest.fixture
def store(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A bucket for tests of what reads from, and writes to, an object store."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
        "no_proxy": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    with Store(tmp_path_factory.mktemp("bucket")) as started:
        yield started
