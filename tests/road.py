"""The road from `init` to encoded rows, within one process: what the steps up to the networks do."""

import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import tensorflow as tf

from components.table_example_gen import examples, executor
from components.table_example_gen.splitting import SPLITS
from components.transform import learning
from modules import tasks
from modules.base.errors import UserError
from modules.base.settings import PipelineSettings
from modules.contracts import examples as contract
from modules.features.profile import Profile
from modules.features.table import FeatureTable, feature_table
from modules.graph.encoding import Encoder
from modules.graph.preprocessing import Preprocessing
from modules.tables import columns, readers
from modules.tables.missing import MISSING
from modules.tflite import card, feeding
from pipeline import config
from pipeline.drafting import draft
from tests.made_up_tables import MadeUp

_SHARE = 3  # batches that the rows come in
_UNSEEN: dict[str, list] = {
    "float32": [3.4028234e38, -3.4028234e38, 1e-45, -1.2e-38, 0.0, 1.0, float("nan")],
    "int64": [2**63 - 1, -(2**63) + 1, 0, 1, 253402300799, -62135596800, MISSING["int64"]],
    "string": ["unseen", "", " ", "ß", "\U0001d538", "1", "true"],
}
_UNSEEN_ROWS = 7


@dataclasses.dataclass(frozen=True)
class End:
    """How far a table came: `stage` is the step that refused it, in the words of `refusal`, or `encoded`."""

    stage: str
    refusal: str = ""
    width: int = 0


def walk(table: MadeUp, folder: Path, overrides: Sequence[str] = ()) -> End:
    """Takes a table to encoded rows.

    Args:
        table: The table.
        folder: An empty folder.
        overrides: What is changed in the drafted config, as `--set` takes it.

    Raises:
        AssertionError: If a refusal is longer than a line, training and `predict` read different cells, or a code is
            not within [-1, 1].
        Exception: Whatever else a step raises: each is a fault.
    """
    stage = "init"
    try:
        path = table.write(folder)
        _, drafted = draft.draft(str(path), table.label, "made_up", folder=str(folder / "data"))
        stage = "config"
        settings = _load(drafted, overrides)
        stage = "reader"
        timestamps = settings.features.timestamps
        dtypes = executor.schema_dtypes(settings.data, timestamps)
        examples.write_examples(settings.data, settings.label, str(folder / "examples"), dtypes, timestamps)
    except UserError as error:
        assert "\n" not in str(error)
        return End(stage, str(error))
    assert dtypes is not None
    raw = {name: "int64" if dtype == "timestamp" else dtype for name, dtype in dtypes.items()}
    label = settings.label
    features = feature_table(raw, settings.features, label.column, label.weight_column)
    _compare_readers(settings, dtypes, features)
    return _encode(settings, raw, str(folder / "examples"))


def _load(path: str, overrides: Sequence[str]) -> PipelineSettings:
    """Reads the config: what `init` drafted is never refused, what a person then changes may be."""
    try:
        settings = config.load(path)
    except UserError as error:
        raise AssertionError(f"init drafted what is refused: {error}") from error
    return config.load(path, overrides) if overrides else settings


def _compare_readers(settings: PipelineSettings, dtypes: Mapping[str, str], features: FeatureTable) -> None:
    """Holds what `predict` reads of a table against what training reads of it."""
    target = tasks.Target(settings.label.task, ("a", "b") if tasks.named(settings.label.task).has_classes else ())
    style = settings.data.model_dump(include={"delimiter", "quote", "encoding", "decimal", "missing_values"})
    model = dataclasses.replace(card.model_card(features, target, "float32"), pushed={"text": style})
    for block in readers.read(settings.data.train, settings.data):
        trained = columns.to_typed(block.batch, dtypes, block.path, block.first_row, settings.data.decimal)
        feeding.check_columns(model, block.batch.schema.names, block.path)
        fed = feeding.to_tensors(model, feeding.selected(model, block.batch), block.path, block.first_row)
        for feature in features.features:
            column = trained.column(trained.schema.get_field_index(feature.name))
            expected = [feature.missing if cell is None else cell for cell in pc.cast(column, column.type).to_pylist()]
            if feature.dtype == "string":
                assert [cell.decode() for cell in fed[feature.tensor][:, 0]] == expected
            else:
                np.testing.assert_array_equal(fed[feature.tensor][:, 0], np.array(expected, feature.dtype))


def _encode(settings: PipelineSettings, dtypes: Mapping[str, str], directory: str) -> End:
    """Learns from the training rows, and encodes them, all other rows and some that no table has."""
    rows = {split: _rows(contract.records_path(directory, split), dtypes) for split in SPLITS}
    if not len(next(iter(rows["train"].values()))):
        return End("split", "no training row")
    rows["unseen"] = {name: tf.constant(_UNSEEN[dtype], dtype, (_UNSEEN_ROWS, 1)) for name, dtype in dtypes.items()}
    sections = {name: getattr(settings, name).model_dump() for name in ("features", "label", "reduction")}
    preprocessing = Preprocessing(dtypes, sections)
    learnt = _learn(preprocessing, rows["train"])
    profile = Profile.from_json(learnt.profile.to_json())
    encoder = Encoder(profile.to_json(), list(settings.features.encoding))
    width = encoder.width
    if not width:
        return End("graph", "no column tells anything")
    for split, raw in rows.items():
        outputs = preprocessing.transformed(raw, learnt.constants)
        codes = encoder(outputs).numpy()
        assert codes.shape == (len(next(iter(raw.values()))), width)
        assert np.isfinite(codes).all(), (split, codes)
        assert (np.abs(codes) <= 1).all(), (split, codes)
        if split != "unseen":
            _compare_labels(raw[settings.label.column], outputs["label"], settings, profile)
    return End("encoded", width=width)


def _compare_labels(raw: tf.Tensor, learnt: tf.Tensor, settings: PipelineSettings, profile: Profile) -> None:
    """Holds what the network learns against what metrics compare its answers with."""
    task = settings.label.task
    assert np.isfinite(learnt.numpy()).all()
    if tasks.named(task).has_classes:
        positive = settings.label.positive_class
        classes = [count.value for count in profile.label.classes] if positive is None else ["", str(positive)]
        np.testing.assert_array_equal(learnt.numpy(), np.maximum(tasks.encode_labels(raw.numpy(), task, classes), 0))


def _rows(path: str, dtypes: Mapping[str, str]) -> dict[str, tf.Tensor]:
    """Reads examples as Transform does: dense columns [n, 1], missing values as `missing.MISSING` has them."""
    spec = {name: tf.io.FixedLenFeature([1], dtype, [MISSING[dtype]]) for name, dtype in dtypes.items()}
    records = list(tf.data.TFRecordDataset(path, compression_type="GZIP").as_numpy_iterator())
    return tf.io.parse_example(tf.constant(records, tf.string), spec)


def _learn(preprocessing: Preprocessing, raw: Mapping[str, tf.Tensor]) -> learning.Learnt:
    """Learns from rows that come in a few batches."""
    count = len(next(iter(raw.values())))
    cuts = np.linspace(0, count, _SHARE + 1).astype(int)
    batches = [
        {name: column[start:end] for name, column in raw.items()}
        for start, end in itertools.pairwise(cuts)
        if start < end
    ]
    return learning.learn(preprocessing, batches)
