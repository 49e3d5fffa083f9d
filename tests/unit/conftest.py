from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.object_store import Store


@pytest.fixture(scope="session")
def analyze() -> Callable[[Path, Mapping[str, tuple[str, list]], Mapping[str, Any]], Any]:
    """Returns a function that runs preprocessing_fn over a table for real, by TFT's Beam implementation.

    It takes a folder, the columns as (dtype, cells) by name, with missing cells as a model takes them, and the sections
    of the config; it returns the transform graph.
    """
    import functools

    import apache_beam as beam
    import tensorflow as tf
    import tensorflow_transform as tft
    import tensorflow_transform.beam as tft_beam
    from apache_beam.options.pipeline_options import PipelineOptions
    from tensorflow_transform.tf_metadata import dataset_metadata, metadata_io, schema_utils

    from modules.graph.preprocessing import preprocessing_fn
    from pipeline.wiring.engines import local_beam_args

    def run(folder: Path, columns: Mapping[str, tuple[str, list]], config: Mapping[str, Any]) -> Any:
        spec = {name: tf.io.FixedLenFeature([1], dtype) for name, (dtype, _) in columns.items()}
        metadata = dataset_metadata.DatasetMetadata(schema_utils.schema_from_feature_spec(spec))
        cells = zip(*(values for _, values in columns.values()), strict=True)
        rows = [{name: [value] for name, value in zip(columns, row, strict=True)} for row in cells]
        function = functools.partial(preprocessing_fn, custom_config=config)
        options = PipelineOptions(local_beam_args())
        with beam.Pipeline(options=options) as pipeline, tft_beam.Context(temp_dir=str(folder / "temp")):
            data = (pipeline | beam.Create(rows), metadata)
            _ = data | tft_beam.AnalyzeDataset(function) | tft_beam.WriteTransformFn(str(folder / "graph"))
        metadata_io.write_metadata(metadata, str(folder / "graph" / "metadata"))  # as the component Transform does
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
