"""What every stage of the wiring is given, and what it returns."""

import dataclasses
from typing import Any

from tfx.dsl.components.base.base_node import BaseNode
from tfx.orchestration.data_types import RuntimeParameter
from tfx.types.channel import BaseChannel

from modules.base.settings import Data, PipelineSettings
from pipeline.wiring.digests import code_digest, data_digest
from pipeline.wiring.engines import Engine

# Settings of the label that only training reads: another objective is no reason to transform the rows anew.
OF_TRAINING = {"objective", "class_weights"}


@dataclasses.dataclass(frozen=True)
class Context:
    """What the stages have in common.

    Attributes:
        settings: The config, with paths that this machine can open.
        data: Its section `data`, with paths that the steps can open.
        root: Folder of the artifacts.
        destination: Folder of the pushed versions.
        engine: What differs between the engines.
        fingerprint: Digest of the tables' content.
    """

    settings: PipelineSettings
    data: Data
    root: str
    destination: str | RuntimeParameter
    engine: Engine
    fingerprint: str

    @classmethod
    def of(
        cls, settings: PipelineSettings, root: str, destination: str | RuntimeParameter, engine: Engine
    ) -> "Context":
        """Places the data where the engine's steps find them, and digests them."""
        data = engine.place(settings.data, root)
        fingerprint = data_digest(settings.data.train, settings.data.test)
        return cls(settings, data, root, destination, engine, fingerprint)

    def config(self, *sections: str, code: str | list[str], trains: bool = True) -> dict[str, Any]:
        """Returns just the sections that a step depends on: its key in the cache.

        Args:
            *sections: Names of sections of the config.
            code: The step's modules, of which the digest is taken.
            trains: Whether the step reads those settings of the label that only training needs.
        """
        values = {name: getattr(self.settings, name).model_dump(mode="json") for name in sections}
        if "label" in sections and not trains:
            values["label"] = self.settings.label.model_dump(mode="json", exclude=OF_TRAINING)
        return values | {"seed": self.settings.seed, "code": code_digest(*([code] if isinstance(code, str) else code))}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Stage:
    """The steps of one stage; each stage adds the channels that later ones read.

    Attributes:
        steps: The steps, in the order of the road.
        found: What the Reporter reads of them, by the name that `components/reporter/facts` knows it by.
        sections: What they left for the page themselves, as `ReportSection` channels.
    """

    steps: list[BaseNode]
    found: dict[str, BaseChannel]
    sections: list[BaseChannel] = dataclasses.field(default_factory=list)
