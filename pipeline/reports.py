"""Where the reports of runs lie in an output folder: one folder per run, and at the top that of the latest verdict."""

import dataclasses
import datetime
import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

from components.reporter import build, page
from components.reporter.blocks import Section
from modules.base import writing
from modules.contracts import report as contract
from pipeline import logs, moving

_RUNS, _LATEST = "reports", "report"


@dataclasses.dataclass(frozen=True)
class ReportFiles:
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


def of_run(output: str, number: int) -> ReportFiles:
    """Returns where the report of a run lies.

    Args:
        output: The output folder of a pipeline.
        number: The run's number, as `runs` lists it.
    """
    folder = os.path.join(output, _RUNS, str(number))
    return ReportFiles(contract.summary_path(folder), contract.page_path(folder))


def of_verdict(output: str) -> ReportFiles:
    """Returns where the report of the latest run lies that came to a verdict."""
    return ReportFiles(contract.summary_path(output), contract.page_path(os.path.join(output, _LATEST)))


def render(
    summary: Mapping[str, Any], report: ReportFiles, output: str, sections: Sequence[Section] | None = None
) -> str:
    """Renders the page of a run, with links to what the run left beside it.

    Args:
        summary: The content of summary.json.
        report: Where the page and its summary lie.
        output: The output folder.
        sections: All sections of the page, if they have been built before; None if they are to be built now.
    """
    folder = os.path.dirname(report.page)
    links = {name: os.path.relpath(path, folder) for name, path in _files(summary, report, output).items()}
    return page.render(summary, links, sections)


def _files(summary: Mapping[str, Any], report: ReportFiles, output: str) -> dict[str, str]:
    """Returns paths of the summary, the log, and the pushed version with its files, as far as they are there."""
    files = {contract.SUMMARY_FILE: report.summary}
    finished = summary.get("finished")
    log = logs.of_run(output, datetime.datetime.fromisoformat(finished)) if finished else None
    files |= {"log": log} if log else {}
    pushed = moving.placed((summary.get("pushed") or {}).get("path", ""), os.path.abspath(output))
    if os.path.isdir(pushed):
        files[f"pushed version {summary['pushed']['version']}"] = pushed
        files |= {name: os.path.join(pushed, name) for name in sorted(os.listdir(pushed))}
    return files


def write(summary: dict[str, Any], output: str, number: int, of_steps: Sequence[Section] | None = None) -> ReportFiles:
    """Writes the report of a run: it stays the run's own, and a verdict is also that of the output folder.

    Args:
        summary: The content of summary.json; `stopped` in there says that the run came to no verdict.
        output: The output folder.
        number: The run's number.
        of_steps: Sections of the page that the Reporter built; None if all are to be built now.

    Returns:
        The run's own report.
    """
    own = of_run(output, number)
    sections = build.build(summary, of_steps)
    text = json.dumps(summary, indent=1, ensure_ascii=False, allow_nan=False)
    for report in (own,) if "stopped" in summary else (own, of_verdict(output)):
        write_whole(report.summary, text)
        write_whole(report.page, render(summary, report, output, sections))
    return own


def write_whole(path: str, text: str) -> None:
    """Writes a file, complete or not at all; its folder is made."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with writing.whole(path) as file:
        file.write(text)
