"""The runs of a folder: how each ended, and in a few figures how good it was."""

import dataclasses
import datetime
import glob
import json
import os
from typing import Any

from components.reporter import readings
from modules import tasks
from modules.base import numerals
from modules.base.errors import UserError
from modules.contracts import report as contract
from pipeline import reports, terminal
from pipeline.lineage import METADATA_FILE, REPORTER, Lineage
from pipeline.running import occupancy
from pipeline.stores import check_store

COLUMNS = ["run", "started", "verdict", "data", "code", "metric", "worst slice", "bytes"]
_DIGITS = 8  # of a digest: enough to tell runs apart


@dataclasses.dataclass(frozen=True)
class PastRun:
    """A run of a pipeline on this machine.

    Attributes:
        output: The output folder of its pipeline.
        number: Counted from the oldest one there.
        started: When it began.
        summary: What its Reporter collected; None if it was stopped before, or has not come so far.
        running: Whether it is going on.
        gone: Whether it came to its end, and what its Reporter collected has been deleted or damaged since.
    """

    output: str
    number: int
    started: datetime.datetime
    summary: dict[str, Any] | None
    running: bool = False
    gone: bool = False

    @property
    def reference(self) -> str:
        """What it is called on the command line, such as `census_income/2`."""
        return reports.reference(self.output, self.number)


def past_runs(output: str) -> list[PastRun]:
    """Finds all runs below a folder.

    Args:
        output: The output folder of a pipeline, or a folder of such folders.

    Returns:
        The runs, by pipeline, oldest first.

    Raises:
        UserError: There is none.
    """
    return [run for store in stores(output) for run in _of_store(store)]


def stores(output: str) -> list[str]:
    """Returns the stores of ML Metadata in a folder and in the folders right below it.

    One that cannot be opened is named on standard error, and keeps nobody from the others.

    Raises:
        UserError: There is none, or none that can be opened.
    """
    paths = below(output, METADATA_FILE)
    if not paths:
        raise UserError(
            f"--output {output}",
            f"holds no run, there is no {METADATA_FILE} in it",
            "Run a pipeline, or name another",
        )
    good, problems = [], []
    for path in paths:
        try:
            check_store(path)
            good.append(path)
        except UserError as error:
            problems.append(error)
    if not good:
        raise problems[0]
    for problem in problems:
        terminal.complain(str(problem))
    return good


def below(output: str, name: str) -> list[str]:
    """Returns the files of this name in a folder and in the folders right below it, sorted."""
    folder = glob.escape(output)
    return glob.glob(os.path.join(folder, name)) + sorted(glob.glob(os.path.join(folder, "*", name)))


def _of_store(store: str) -> list[PastRun]:
    folder = os.path.dirname(store)
    since = occupancy.occupied_since(folder)
    past: list[PastRun] = []
    for pipeline in Lineage(store, "").pipelines():
        lineage = Lineage(store, pipeline)
        left = {run: step.outputs.get("report") for run, step in lineage.history(REPORTER)}
        numbers = lineage.numbers()
        for name in lineage.run_names():
            report = left.get(name)
            summary = _left(report.uri, folder, numbers[name]) if report else None
            started = datetime.datetime.fromisoformat(name)
            gone = report is not None and summary is None
            past.append(PastRun(folder, numbers[name], started, summary, gone=gone))
    begun = [run for run in past if since and run.started >= since and run.summary is None and not run.gone]
    going_on = max(begun, key=lambda run: run.number, default=None)  # others began before a clock was set back
    return [dataclasses.replace(run, running=run is going_on) for run in past]


def _left(uri: str, folder: str, number: int) -> dict[str, Any] | None:
    """Returns what a run's Reporter collected, from its artifact or else its own report; None if both are gone."""
    for path in (contract.summary_path(uri), reports.of_run(folder, number).summary):
        if os.path.exists(path):
            try:
                return read(path)
            except UserError as error:  # one damaged file keeps nobody from the other runs
                terminal.complain(str(error))
    return None


def read(path: str) -> dict[str, Any]:
    """Reads a summary.json, which the user may have named."""
    try:
        with open(path, encoding="utf-8") as file:
            summary = json.load(file)
    except (OSError, ValueError, RecursionError):
        summary = None
    if not isinstance(summary, dict) or not {"name", "task", "gates", "slices", "ladder"} <= summary.keys():
        raise UserError(path, "is no summary.json of a run", "Name one, or a run as `runs` lists it")
    return summary


def find(output: str, named: str) -> tuple[str, dict[str, Any]]:
    """Finds a run, or a summary.json of whatever origin.

    Args:
        output: As for `past_runs`.
        named: A run as `past_runs` calls it, or the path of a summary.json.

    Returns:
        What to call it, and its summary.

    Raises:
        UserError: There is no such run, or it was stopped and has nothing to compare.
    """
    if os.path.isfile(named):
        return named, read(named)
    run = called(output, named)
    if run.summary is None:
        what = f"{_without_summary(run)}, and has nothing to compare"
        raise UserError(f"run {named}", what, "Name one that came to its end")
    return f"{named} ({run.started:%Y-%m-%d %H:%M})", run.summary


def _without_summary(run: PastRun) -> str:
    return "is still going on" if run.running else "has lost its files" if run.gone else "was stopped"


def called(output: str, named: str) -> PastRun:
    """Finds a run by what it is called.

    Args:
        output: As for `past_runs`.
        named: A run as `past_runs` calls it.

    Raises:
        UserError: There is no such run.
    """
    runs = {run.reference: run for run in past_runs(output)}
    if named not in runs:
        raise UserError(
            f"run {named}", f"is not below {output}; there are {', '.join(list(runs)[-5:])}", "See `runs` for all"
        )
    return runs[named]


def table(runs: list[PastRun]) -> str:
    """Formats runs for the terminal."""
    return terminal.table("Runs", COLUMNS, [row(run) for run in runs], left=len(COLUMNS) - 1)


def row(run: PastRun) -> list[str]:
    """Returns the cells of a run in the table of runs; the columns are `COLUMNS`."""
    when = f"{run.started:%Y-%m-%d %H:%M:%S}"
    if run.summary is None:
        how = "running" if run.running else "files gone" if run.gone else "stopped"
        return [run.reference, when, how, *["–"] * (len(COLUMNS) - 3)]
    summary = run.summary
    metric = tasks.LADDER[summary["task"]][0]
    rung = readings.shipped(summary)
    assert rung is not None  # the Reporter depends on the Ladder
    worst = summary.get("worst_slices", {}).get(metric)
    return [
        run.reference,
        when,
        "pushed" if summary["pushed"] else "blessed" if summary["blessed"] else "not blessed",
        summary.get("data_fingerprint", "–")[:_DIGITS],
        summary.get("code_digest", "–")[:_DIGITS],
        f"{tasks.METRICS[metric].title} {numerals.written(rung[metric], '.4f')}",
        f"{numerals.written(worst['value'], '.4f')} {worst['slice']}" if worst else "–",
        f"{rung['bytes']:,}",
    ]
