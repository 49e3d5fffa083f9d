"""What the facts are read from: the artifacts of a run, and its config."""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from modules.base.records import ArtifactRecord
from modules.base.settings import PipelineSettings
from modules.contracts import data_findings, intervals, tflite, verdict
from modules.judging import tfma_results

Content = TypeVar("Content")


class Sources:
    """The artifacts of a run, and its config.

    Args:
        records: Artifacts by the name of the Reporter's input; those that the run did not get to are missing.
        sections: The sections that components left, as artifacts.
        settings: The config.
    """

    def __init__(
        self, records: Mapping[str, ArtifactRecord], sections: Sequence[ArtifactRecord], settings: PipelineSettings
    ) -> None:
        self.records, self.sections, self.settings = records, sections, settings

    def read(self, name: str, reader: Callable[[str], Content]) -> Content | None:
        """Reads an artifact.

        Args:
            name: Name of the Reporter's input.
            reader: The reader of its contract, which takes the artifact's URI.

        Returns:
            The content, or None if the run did not get to the artifact.

        Raises:
            IncompleteArtifact: If the artifact lacks a file.
        """
        return reader(self.records[name].uri) if name in self.records else None

    @functools.cached_property
    def card(self) -> tflite.ModelCard | None:
        """The card of the model that would ship; None if the run did not get there."""
        return self.read("quantized_model", tflite.read_judged_card)

    @functools.cached_property
    def classes(self) -> list[str]:
        """Names of the classes, in order; empty for a regression."""
        return self.card.classes if self.card else []

    @functools.cached_property
    def findings(self) -> list[data_findings.DataFinding] | None:
        """What the data gate found; None if the run did not get there."""
        return self.read("findings", data_findings.read)

    @functools.cached_property
    def verdict(self) -> verdict.Verdict | None:
        """All that decided whether the model may ship; None if the run did not get there."""
        return self.read("verdict", verdict.read)

    @functools.cached_property
    def reference(self) -> intervals.Reference | None:
        """What the same answer to every row would score; None if the run did not get there."""
        return self.read("intervals", intervals.read_reference)

    @functools.cached_property
    def intervals(self) -> intervals.IntervalsOfSlices | None:
        """How far the metrics may be off; None if the run did not get there."""
        return self.read("intervals", intervals.read)

    @functools.cached_property
    def before(self) -> dict[str, float]:
        """What the Evaluator measured of the model that was blessed last, overall; empty if there was none."""
        return tfma_results.baseline_metrics(self.records["evaluation"].uri) if "evaluation" in self.records else {}

    @functools.cached_property
    def metrics(self) -> dict[str, dict[str, float | None]]:
        """What the Evaluator measured, by slice, overall first; empty if it did not run. None is undefined."""
        if "evaluation" not in self.records:
            return {}
        return tfma_results.metrics_by_slice(self.records["evaluation"].uri, self.classes)
