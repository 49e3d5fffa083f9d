"""What every callback of TFX starts with: the settings, the transform graph and the feature table of its run."""

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar

import tensorflow_transform as tft
import tf_keras

from modules import features
from modules.settings import Features, Label, Settings

Section = TypeVar("Section", bound=Settings)


@dataclasses.dataclass(frozen=True)
class Run:
    """A training step's view of its run.

    Attributes:
        config: The sections of the config that the step received, as JSON objects, and the seed.
        output: The transform graph.
        table: The feature table.
    """

    config: Mapping[str, Any]
    output: tft.TFTransformOutput
    table: features.FeatureTable

    @property
    def seed(self) -> int:
        """The seed of the run."""
        return int(self.config["seed"])

    @property
    def encoding(self) -> list[str]:
        """The codes that numeric columns get."""
        return list(Features.model_validate(self.config["features"]).encoding)

    def section(self, name: str, kind: type[Section]) -> Section:
        """Returns one section of the config as a typed value."""
        return kind.model_validate(self.config[name])


def start(config: Mapping[str, Any], transform_graph: str) -> Run:
    """Reads what a step needs, and seeds Python, NumPy and TensorFlow.

    Args:
        config: The step's sections of the config; `features`, `label` and `seed` at least.
        transform_graph: URI of the TransformGraph artifact.
    """
    tf_keras.utils.set_random_seed(int(config["seed"]))
    output = tft.TFTransformOutput(transform_graph)
    settings = Features.model_validate(config["features"])
    label = Label.model_validate(config["label"])
    dtypes = features.schema_dtypes(output.raw_metadata.schema)
    return Run(config, output, features.feature_table(dtypes, settings, label.column))
