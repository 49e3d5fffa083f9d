"""What the facts are read from: the artifacts of a run, and its config."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from modules.base.records import Record, read_json
from modules.base.settings import PipelineSettings
from modules.judging import tfma_results

SUMMARY_FILE = "summary.json"


class Sources:
    """The artifacts of a run, and its config.

    Args:
        records: Artifacts by the name of the Reporter's input; those that the run did not get to are missing.
        sections: The sections that components left, as artifacts.
        settings: The config.
    """

    def __init__(self, records: Mapping[str, Record], sections: Sequence[Record], settings: PipelineSettings) -> None:
        self.records, self.sections, self.settings = records, sections, settings

    def json(self, name: str, *path: str) -> Any:
        """Returns a JSON file of an artifact, or None if there is no such artifact."""
        return read_json(self.records[name], *path) if name in self.records else None

    @functools.cached_property
    def classes(self) -> list[str]:
        """Names of the classes, in order; empty for a regression."""
        card = self.json("quantized_model", "Format-Serving", "model.json")
        return card["outputs"][0].get("classes", []) if card else []

    @functools.cached_property
    def metrics(self) -> dict[str, dict[str, float]]:
        """What the Evaluator measured, by slice, overall first; empty if it did not run."""
        if "evaluation" not in self.records:
            return {}
        return tfma_results.metrics_by_slice(self.records["evaluation"].uri, self.classes)
