"""What methods that ask the model that ships are given: what the executors of Explainer and Debugger read."""

import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from tfx.types import artifact_utils

from components import raw_rows, training_inputs
from modules import tasks
from modules.base import progress
from modules.base.errors import UserError
from modules.base.kept import Kept
from modules.contracts import files as artifact_files
from modules.contracts import folded_teacher, predictions, tflite
from modules.contracts.method_results import MethodResult
from modules.explaining import screening, wide_function
from modules.explaining.clock import Clock
from modules.explaining.encoded_network import EncodedNetwork
from modules.explaining.plain_columns import PlainColumns
from modules.explaining.raw_function import RawFunction, Rows
from modules.explaining.row_set import RowSet
from modules.training import network as networks
from modules.training import serving
from modules.training.teachers import answering
from modules.training.teachers.folded import FoldedTeacher
from modules.training.training_run import TrainingRun

# More training rows than these are not read: the first ones are.
_MOST_TRAINING_ROWS = 200_000
# Explainer and Debugger look at the same columns; each entry holds the file that it was found for.
_STRONGEST: Kept[list[str]] = Kept(16 * 2**20)


@dataclasses.dataclass(frozen=True)
class AskedModel:
    """The model that ships, the rows that it is asked about, and the network behind it.

    Attributes:
        run: The run.
        inputs: The step's input artifacts.
        clock: The seconds that all methods together may take.
        rows: How many rows a method draws that draws some.
    """

    run: TrainingRun
    inputs: Mapping[str, list[Any]]
    clock: Clock
    rows: int

    @property
    def seed(self) -> int:
        """The seed of the run."""
        return self.run.seed

    @property
    def target(self) -> tasks.Target:
        """What the model answers."""
        return self.run.target

    @functools.cached_property
    def model(self) -> tflite.TfliteModel:
        """The .tflite that ships, and its card with the decision threshold."""
        return tflite.read_judged(artifact_utils.get_single_uri(self.inputs["model"]))

    @functools.cached_property
    def function(self) -> RawFunction:
        """The .tflite that ships, as a function of raw rows."""
        return wide_function.of_file(self.model)

    @functools.cached_property
    def test(self) -> RowSet:
        """All test rows."""
        return self._split("test")

    @functools.cached_property
    def validation(self) -> RowSet:
        """All validation rows."""
        return self._split("validation")

    @functools.cached_property
    def training(self) -> RowSet:
        """The training rows, at most the first 200,000."""
        return self._split("train", _MOST_TRAINING_ROWS)

    @functools.cached_property
    def other_columns(self) -> dict[str, np.ndarray]:
        """The columns of the test rows that the model does not read, [n] each, the label among them."""
        return self.other_columns_of("test")

    def other_columns_of(self, split: str) -> dict[str, np.ndarray]:
        """Returns the same of the rows of any split, of the training rows as many as `training` has."""
        read = {column.name for column in self.function.columns}
        files = training_inputs.split_files(self.inputs, split)  # type: ignore[arg-type]
        names = [name for name in self.run.raw_feature_spec if name not in read]
        found = raw_rows.read_columns(self.run, files, names, _MOST_TRAINING_ROWS if split == "train" else None)
        return {name: values[:, 0] for name, values in found.items()}

    @functools.cached_property
    def test_answers(self) -> np.ndarray:
        """What the model that ships answers to the test rows: the probability of each class, or the value, float64."""
        return self._answers("predictions")

    @functools.cached_property
    def validation_answers(self) -> np.ndarray:
        """The same of the validation rows."""
        return self._answers("validation_predictions")

    @functools.cached_property
    def plain(self) -> PlainColumns:
        """What scikit-learn's models take, learnt of the training rows."""
        return PlainColumns.learn(self.function.columns, self.training.rows)

    @functools.cached_property
    def strongest(self) -> list[str]:
        """The columns that the methods look at closely: at most 32, those that move the answers most."""
        files = training_inputs.split_files(self.inputs, "train")  # type: ignore[arg-type]
        key = (self.model.content, self.seed, *artifact_files.versions(files))
        known = _STRONGEST.get(key)
        if known is None:
            known = screening.strongest(self.function, self.training.rows, self.seed)
            _STRONGEST.put(key, known, len(self.model.content))
        return known

    def as_measured(self, answers: np.ndarray) -> np.ndarray:
        """Returns answers of `function` as metrics take them: of two classes the probability of both, [n, 2]."""
        return np.column_stack([1.0 - answers, answers]) if self.target.kind.takes_positive_class else answers

    @functools.cached_property
    def network(self) -> EncodedNetwork:
        """The uncompressed student behind the file: encoder and network, as it runs."""
        directory = training_inputs.model_directory(self.inputs, "student")  # type: ignore[arg-type]
        encoder, network = serving.load_parts(directory)
        return EncodedNetwork(self.run, encoder, networks.without_dropout(network))

    @functools.cached_property
    def teacher(self) -> FoldedTeacher | None:
        """The teacher, where it was trained by folds: each training row has models then that have not seen it."""
        if not self.inputs.get("teacher"):
            return None
        directory = training_inputs.model_directory(self.inputs, "teacher")  # type: ignore[arg-type]
        return FoldedTeacher.load(directory) if folded_teacher.is_one(directory) else None

    def held_out_answers(self, rows: RowSet) -> np.ndarray | None:
        """Returns what those of the teacher's models say of training rows that have not seen them.

        Returns:
            The probability of each class, of two the negative one first, or the value, float64; None where the teacher
            was not trained by folds.
        """
        if self.teacher is None:
            return None
        return answering.held_out(self.run, self.teacher, self.raw_inputs(rows.rows), rows.numbers)

    def raw_inputs(self, rows: Rows) -> dict[str, np.ndarray]:
        """Returns rows as an exported model takes them: by tensor, [n, 1] each."""
        return {feature.tensor: rows[feature.name][:, None] for feature in self.run.table.features}

    def _answers(self, key: str) -> np.ndarray:
        rung = tasks.rung_name(self.model.card.form)
        scored = predictions.read(artifact_utils.get_single_uri(self.inputs[key]), rung)
        return scored.by_rung[rung].astype(np.float64)

    def _split(self, split: str, most: int | None = None) -> RowSet:
        found = raw_rows.read(self.run, training_inputs.split_files(self.inputs, split), most)  # type: ignore[arg-type]
        columns = {feature.name: found.columns[feature.name][:, 0] for feature in self.run.table.features}
        return RowSet(columns, found.labels, found.weights, np.arange(len(found.labels)))


# What a method found, as JSON holds it, and, where it did not get to its end or does not apply, a sentence why.
Found = tuple[Mapping[str, Any] | None, str]
Method = Callable[[AskedModel, Any], Found]


def ask(methods: Mapping[str, Method], asked: AskedModel, settings: Any) -> list[MethodResult]:
    """Runs methods one after the other.

    Args:
        methods: By name.
        asked: The model.
        settings: The step's section of the config.

    Returns:
        What each found. One that would begin when the seconds are over is left out, and says so.
    """
    results = []
    for number, (name, method) in enumerate(methods.items()):
        progress.report(number, len(methods), name.replace("_", " "))
        if asked.clock.over:
            results.append(MethodResult(name, None, asked.clock.left_out))
            continue
        results.append(MethodResult(name, *method(asked, settings)))
    return results


def check_columns(where: str, names: Sequence[str], function: RawFunction) -> None:
    """Checks that the model reads columns that the config names.

    Raises:
        UserError: Naming the first that it does not read.
    """
    known = [column.name for column in function.columns]
    for name in names:
        if name not in known:
            raise UserError(where, f"the model reads no column {name!r}", f"Name some of {', '.join(known)}")
