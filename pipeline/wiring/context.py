"""What every stage of the wiring is given, and what it returns."""

import dataclasses
from typing import Any

from tfx.dsl.components.base.base_node import BaseNode
from tfx.orchestration.data_types import RuntimeParameter
from tfx.types.channel import BaseChannel

from components.declaration import DeclaredComponent, Sections, sections_of
from modules.base.settings import Data, PipelineSettings
from modules.tables.content import data_digest
from pipeline.wiring.digests import code_digest
from pipeline.wiring.engines import Engine


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

    def parameters(self, component: type[DeclaredComponent]) -> dict[str, str]:
        """Returns the parameters that every component of this project has: its key in the cache."""
        return {"config": component.config_of(self.placed), "code": code_digest(component.executor_module())}

    @property
    def placed(self) -> PipelineSettings:
        """The config, with paths that the steps can open."""
        return self.settings.model_copy(update={"data": self.data})

    def custom_config(self, reads: Sections, *code: str) -> dict[str, Any]:
        """Returns what a step of TFX gets in the place of `config` and `code`.

        Args:
            reads: What the step reads of the config.
            *code: The step's modules, of which the digest is taken.
        """
        return sections_of(self.settings, reads) | {"code": code_digest(*code)}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Stage:
    """The steps of one stage; each stage adds the channels that later ones read.

    Attributes:
        steps: The steps, in the order of the road.
        reported: What the Reporter reads of them, by the name that `components/reporter/facts` knows it by.
        sections: What they left for the page themselves, as `ReportSection` channels.
    """

    steps: list[BaseNode]
    reported: dict[str, BaseChannel]
    sections: list[BaseChannel] = dataclasses.field(default_factory=list)
