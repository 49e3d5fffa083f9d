"""Where the reports of runs lie in an output folder: one folder per run, and at the top that of the latest verdict."""

import dataclasses
import json
import os
from collections.abc import Sequence
from typing import Any

from components.reporter import page
from components.reporter.blocks import Section
from modules.contracts import report as contract

_RUNS, _LATEST = "reports", "report"


@dataclasses.dataclass(frozen=True)
class Report:
    """The files of a report.

    Attributes:
        summary: Path of summary.json.
        page: Path of the page.
    """

    summary: str
    page: str


def reference(output: str, number: int) -> str:
    """Returns what a run is called on the command line, such as `census_income/2`.

    Args:
        output: The output folder of its pipeline.
        number: Counted from the oldest run there.
    """
    return f"{os.path.basename(os.path.abspath(output))}/{number}"


def of_run(output: str, number: int) -> Report:
    """Returns where the report of a run lies.

    Args:
        output: The output folder of a pipeline.
        number: The run's number, as `runs` lists it.
    """
    folder = os.path.join(output, _RUNS, str(number))
    return Report(contract.summary_path(folder), contract.page_path(folder))


def of_verdict(output: str) -> Report:
    """Returns where the report of the latest run lies that came to a verdict."""
    return Report(contract.summary_path(output), contract.page_path(os.path.join(output, _LATEST)))


def write(found: dict[str, Any], output: str, number: int, of_steps: Sequence[Section] | None = None) -> Report:
    """Writes the report of a run: it stays the run's own, and a verdict is also that of the output folder.

    Args:
        found: The content of summary.json; `stopped` in there says that the run came to no verdict.
        output: The output folder.
        number: The run's number.
        of_steps: Sections of the page that the Reporter built; None if all are to be built now.

    Returns:
        The run's own report.
    """
    own = of_run(output, number)
    summary, rendered = json.dumps(found, indent=1, ensure_ascii=False, allow_nan=False), page.render(found, of_steps)
    for report in (own,) if "stopped" in found else (own, of_verdict(output)):
        write_whole(report.summary, summary)
        write_whole(report.page, rendered)
    return own


def write_whole(path: str, text: str) -> None:
    """Writes a file, complete or not at all; its folder is made."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(path + ".new", path)
