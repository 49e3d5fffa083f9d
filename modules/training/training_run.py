"""What every callback of TFX starts with: the settings, the transform graph and the feature table of its run."""

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import tensorflow as tf
import tensorflow_transform as tft
import tf_keras

from modules import tasks
from modules.base import dependent_inputs
from modules.base.compat import skip_autograph
from modules.base.section import Settings
from modules.base.settings import Features, Label
from modules.features import limits
from modules.features.profile import Profile
from modules.features.schema import schema_dtypes
from modules.features.table import FeatureTable, feature_table
from modules.graph.encoding import Encoder
from modules.graph.preprocessing import load_profile
from modules.training import inputs, loop

Section = TypeVar("Section", bound=Settings)


@dataclasses.dataclass(frozen=True)
class TrainingRun:
    """A training step's view of its run.

    Attributes:
        config: The sections of the config that the step received, as JSON objects, and the seed.
        output: The transform graph.
        table: The feature table.
    """

    config: Mapping[str, Any]
    output: tft.TFTransformOutput
    table: FeatureTable

    @property
    def seed(self) -> int:
        """The seed of the run."""
        return int(self.config["seed"])

    @functools.cached_property
    def label(self) -> Label:
        """The section `label` of the config."""
        return Label.model_validate(self.config["label"])

    @functools.cached_property
    def target(self) -> tasks.Target:
        """What the network learns."""
        return tasks.target_of(self.label, self.profile)

    @functools.cached_property
    def profile(self) -> Profile:
        """What was learnt of the columns."""
        return load_profile(self.output)

    @property
    def raw_feature_spec(self) -> dict[str, Any]:
        """How raw examples are parsed: a dense tensor [1] for each column, with a default for missing values."""
        return _raw_feature_spec(self.output)

    def score(self, validation: tf.data.Dataset) -> loop.ValidationScore:
        """Returns what is watched on validation batches."""
        return loop.ValidationScore(validation, self.target, self.label.watched)

    def datasets(
        self,
        train_files: Sequence[str],
        validation_files: Sequence[str],
        encoder: Encoder,
        batch_size: int,
        extend_training: inputs.Extend | None = None,
        extend_validation: inputs.Extend | None = None,
        addition: inputs.Addition | None = None,
    ) -> tuple[tf.data.Dataset, tf.data.Dataset]:
        """Returns the training rows, shuffled anew each epoch, and the validation rows, as `inputs.source` has them.

        Args:
            train_files: File patterns of the transformed training examples.
            validation_files: The same of the validation examples.
            encoder: From Transform's tensors to the encoded vector.
            batch_size: Rows a batch.
            extend_training: Computes further target columns of the training rows.
            extend_validation: The same of the validation rows.
            addition: Further rows to train on.
        """
        train, validation = self.sources(
            train_files, validation_files, encoder, batch_size, extend_training, extend_validation, addition
        )
        return train(), validation()

    def sources(
        self,
        train_files: Sequence[str],
        validation_files: Sequence[str],
        encoder: Encoder,
        batch_size: int,
        extend_training: inputs.Extend | None = None,
        extend_validation: inputs.Extend | None = None,
        addition: inputs.Addition | None = None,
        share: float = 1.0,
    ) -> tuple[inputs.Source, inputs.Source]:
        """Returns what makes the batches of `datasets`, for several trainings.

        The arguments are the same, and `share`: which share of the training rows there is.
        """
        train = inputs.source(
            train_files,
            self.output,
            encoder,
            batch_size,
            self.seed,
            extend_training,
            self.class_weights,
            addition,
            share=share,
        )
        return train, inputs.source(validation_files, self.output, encoder, batch_size, extend=extend_validation)

    @property
    def class_weights(self) -> np.ndarray | None:
        """What training rows of each class count, float32 [classes]; None where all count alike."""
        return tasks.class_weights(self.target) if self.label.class_weights == "balanced" else None

    @property
    def encoding(self) -> list[str]:
        """The codes that numeric columns get."""
        return limits.codes(self.profile, Features.model_validate(self.config["features"]))

    def section(self, name: str, kind: type[Section]) -> Section:
        """Returns one section of the config as a typed value."""
        return kind.model_validate(self.config[name])


@functools.lru_cache(maxsize=1)
def _transform_output(uri: str) -> tft.TFTransformOutput:
    """Returns a transform graph, one for all steps of a process.

    In wide tables, reading its schema and loading it take seconds. An artifact is whole before anyone reads it.
    """
    return tft.TFTransformOutput(uri)


@functools.lru_cache(maxsize=1)
def _raw_feature_spec(output: tft.TFTransformOutput) -> dict[str, Any]:
    return dict(output.raw_feature_spec())


def start(config: Mapping[str, Any], transform_graph: str) -> TrainingRun:
    """Reads what a step needs, and seeds Python, NumPy and TensorFlow.

    Args:
        config: The step's sections of the config; `features`, `label` and `seed` at least.
        transform_graph: URI of the TransformGraph artifact.
    """
    dependent_inputs.find_in_linear_time()
    skip_autograph()  # building tfmot's wrappers traces them, before anything is trained
    tf_keras.utils.set_random_seed(int(config["seed"]))
    output = _transform_output(transform_graph)
    settings = Features.model_validate(config["features"])
    label = Label.model_validate(config["label"])
    dtypes = schema_dtypes(output.raw_metadata.schema)
    return TrainingRun(config, output, feature_table(dtypes, settings, label.column, label.weight_column))
