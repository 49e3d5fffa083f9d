"""A run that has ended, as Python sees it."""

import dataclasses
import functools
import json
import os
from typing import Any

from components.reporter import readings
from modules import tasks
from modules.base import numerals
from modules.base.errors import UserError
from pipeline import reports
from pipeline.python.notebook import RunPage
from pipeline.running import summary as in_words


@dataclasses.dataclass(frozen=True)
class FittedRun:
    """A run that came to a verdict, or was stopped by a gate.

    Attributes:
        config: Path of its pipeline.yaml.
        output: Folder of everything that the run left.
        number: The run's number, as `runs` lists it.
        command: The command line that makes the same run in the shell.
        refused: Why a gate stopped it before its verdict; None if none did.
    """

    config: str
    output: str
    number: int
    command: str
    refused: UserError | None = None

    @functools.cached_property
    def summary(self) -> dict[str, Any]:
        """The content of its summary.json."""
        with open(reports.of_run(self.output, self.number).summary, encoding="utf-8") as file:
            return json.load(file)

    @property
    def reference(self) -> str:
        """What it is called on the command line, such as `census_income/2`."""
        return reports.reference(self.output, self.number)

    @property
    def blessed(self) -> bool:
        """Whether the model passed every gate, and no promise refuses it."""
        return self.refused is None and bool(self.summary["blessed"])

    @property
    def pushed(self) -> str | None:
        """The folder of the pushed model, for `load`; None if none was pushed."""
        return self.summary["pushed"]["path"] if self.blessed else None

    @property
    def verdict(self) -> str:
        """May it ship, and if not, why: in one line."""
        if self.refused is not None:
            return str(self.refused)
        if self.blessed:
            return f"Blessed and pushed: {self.pushed}"
        return f"Not blessed, and not pushed: {in_words.refusal(self.summary)}."

    @property
    def metrics(self) -> dict[str, float]:
        """The metrics of the model that ships, or would, on all test rows; empty if the run did not get that far."""
        rung = readings.shipped(self.summary) or {}
        return {name: rung[name] for name in tasks.METRICS if rung.get(name) is not None}

    def report(self) -> RunPage:
        """Returns the page of the run: a notebook shows it; elsewhere it is a path."""
        return RunPage(os.path.abspath(reports.of_run(self.output, self.number).page))

    def __repr__(self) -> str:
        values = {tasks.METRICS[name].title: numerals.written(value, ".4f") for name, value in self.metrics.items()}
        shown = ", ".join(f"{title} {value}" for title, value in values.items())
        return "\n".join([f"{self.reference}: {self.verdict}", *([f"  {shown}"] if shown else [])])
