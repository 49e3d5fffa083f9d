"""Makes a table: each configuration of its space is trained by what trains the Tuner's trials."""

import concurrent.futures
import copy
import glob
import json
import os
import platform
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from tfx.orchestration.local.local_dag_runner import LocalDagRunner
from tfx.orchestration.pipeline import RunOptions

from benchmarks.search.table import SearchTable, Training
from components import raw_rows
from modules import tasks
from modules.base.settings import SearchSpace, Tuner
from modules.contracts import examples
from modules.graph.encoding import Encoder
from modules.training import inputs, loop, model, training_run, tuner
from modules.training.training_run import TrainingRun
from modules.training.tuning import spaces
from modules.training.tuning.trial import TrialTask
from modules.training.tuning.trial_training import TrialTraining
from pipeline import config as configs
from pipeline.wiring import engines
from pipeline.wiring.pipeline import create_pipeline

# The product's own space with a number of learning rates, which makes it finite: 3 · 3 · 3 · 3 · 2 = 162 points.
SPACE = SearchSpace(learning_rates=3)
# Searches are replayed on what the first trained; the second says how much a seed changes.
SEEDS = (17, 18)
_TEST = "test"
_BATCH = 4_096


class ScoreWithTest(loop.ValidationScore):
    """The score of the validation rows, which adds that of the test rows to the logs of an epoch; nothing watches it.

    Args:
        validation: Batches of (encoded, target).
        test: The same of the test rows.
        target: What the network learns.
        metric: Its name in `tasks.METRICS`.
    """

    def __init__(self, validation: tf.data.Dataset, test: tf.data.Dataset, target: tasks.Target, metric: str) -> None:
        super().__init__(validation, target, metric)
        self._test = loop.ValidationScore(test, target, metric)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        super().on_epoch_end(epoch, logs)
        beside, measured = copy.copy(self._test), dict[str, float]()  # a callback of Keras knows one network
        beside.set_model(self.model)
        beside.on_epoch_end(epoch, measured)
        if logs is not None:
            logs[_TEST] = measured[beside.monitor]


def make(name: str, config: str) -> SearchTable:
    """Runs the pipeline up to its transformed rows, and trains each configuration on them with each seed.

    Args:
        name: The table's name.
        config: Whose rows: a pipeline.yaml.
    """
    points = [*spaces.points(spaces.search_space(SPACE), 0)]
    with tempfile.TemporaryDirectory(prefix=f"{name}-") as folder:
        artifacts = _transformed(config, folder)
        trainings = [_trained(config, artifacts, points, seed) for seed in SEEDS]
    metric = configs.load(config).label.watched
    made = f"TensorFlow {tf.__version__}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return SearchTable(name, config, metric, made, SPACE, points, trainings)


def _transformed(config: str, folder: str) -> str:
    """Runs the steps up to Transform; returns the folder of their artifacts."""
    settings, artifacts = configs.load(config), os.path.join(folder, "artifacts")
    metadata, pushed = os.path.join(folder, "metadata.sqlite"), os.path.join(folder, "pushed")
    whole = create_pipeline(settings, artifacts, metadata, pushed, engines.local())
    LocalDagRunner().run(whole, run_options=RunOptions(to_nodes=["Transform"]))
    return artifacts


def _trained(config: str, artifacts: str, points: Sequence[Mapping[str, Any]], seed: int) -> Training:
    """Trains each configuration with one seed, for all epochs of the search's longest trial."""
    run = training_run.start(_sections(config, seed), _latest(artifacts, "Transform/transform_graph"))
    settings = run.section("tuner", Tuner)
    encoder = model.build_encoder(run.output, run.encoding)
    transformed = _latest(artifacts, "Transform/transformed_examples")
    files = [[os.path.join(examples.split_folder(transformed, split), "*")] for split in ("train", "validation")]
    train, validation = run.sources(files[0], files[1], encoder, settings.batch_size)
    test = _test_rows(run, examples.records_path(_latest(artifacts, "TableExampleGen/examples"), "test"), encoder)
    score = ScoreWithTest(validation(), test, run.target, run.label.watched)
    build = tuner.builder(run, encoder, inputs.steps(train()))
    training = TrialTraining(build, score, settings.max_epochs, train, validation)  # this patience stops no trial

    def curves(place: int) -> tuple[list[float], list[float]]:
        history = training(TrialTask(str(place), points[place], 0, settings.max_epochs), lambda _: None).history
        validated, tested = history[score.monitor], history[_TEST]
        print(f"seed {seed}, {place + 1} of {len(points)}: {validated[-1]:.4f}, test {tested[-1]:.4f}", flush=True)
        return [*validated], [*tested]

    with concurrent.futures.ThreadPoolExecutor(tuner.trials_at_once()) as pool:
        validated, tested = zip(*pool.map(curves, range(len(points))), strict=True)
    return Training(seed, np.array(validated), np.array(tested))


def _test_rows(run: TrainingRun, records: str, encoder: Encoder) -> tf.data.Dataset:
    """Returns batches of the test rows, which no step before the Evaluator transforms."""
    rows = tf.data.Dataset.from_tensor_slices(raw_rows.read_columns(run, [records])).batch(_BATCH)
    transform = run.output.transform_features_layer()

    def encode(raw: dict[str, tf.Tensor]) -> tuple[tf.Tensor, tf.Tensor]:
        transformed = transform(raw)
        return encoder(transformed), transformed["label"]

    return rows.map(encode)


def _sections(config: str, seed: int) -> dict[str, Any]:
    settings = configs.load(config)
    names = ("features", "label", "tuner")
    return {name: json.loads(getattr(settings, name).model_dump_json()) for name in names} | {"seed": seed}


def _latest(artifacts: str, output: str) -> str:
    return max(glob.glob(os.path.join(artifacts, output, "*")), key=lambda path: int(os.path.basename(path)))
