"""The runs of a folder: how each ended, and in a few figures how good it was."""

import dataclasses
import datetime
import glob
import json
import os
from collections.abc import Sequence
from typing import Any

from components.reporter import comparison, page
from components.reporter.sections.verdict import rung_name
from components.reporter.sources import SUMMARY_FILE
from modules import tasks, tfma_results
from modules.errors import UserError
from pipeline import terminal
from pipeline.lineage import Lineage

REPORTER = "Reporter"
METADATA_FILE = "metadata.sqlite"
COLUMNS = ["run", "started", "verdict", "data", "code", "metric", "worst slice", "bytes"]
_DIGITS = 8  # of a digest: enough to tell runs apart


@dataclasses.dataclass(frozen=True)
class PastRun:
    """A run of a pipeline on this machine.

    Attributes:
        reference: What it is called on the command line: `census_income/2`, counted from the oldest.
        started: When it began.
        summary: What its Reporter collected; None if it was stopped before.
    """

    reference: str
    started: datetime.datetime
    summary: dict[str, Any] | None


def past_runs(output: str) -> list[PastRun]:
    """Finds all runs below a folder.

    Args:
        output: The output folder of a pipeline, or a folder of such folders.

    Returns:
        The runs, by pipeline, oldest first.

    Raises:
        UserError: There is none.
    """
    stores = glob.glob(os.path.join(glob.escape(output), METADATA_FILE))
    stores += sorted(glob.glob(os.path.join(glob.escape(output), "*", METADATA_FILE)))
    if not stores:
        raise UserError(
            f"--output {output}",
            f"holds no run, there is no {METADATA_FILE} in it",
            "Run a pipeline, or name another",
        )
    return [run for store in stores for run in _of_store(store)]


def _of_store(store: str) -> list[PastRun]:
    folder = os.path.basename(os.path.dirname(os.path.abspath(store)))
    found = []
    for pipeline in Lineage(store, "").pipelines():
        lineage = Lineage(store, pipeline)
        reports = {run: step.outputs.get("report") for run, step in lineage.history(REPORTER)}
        for number, name in enumerate(lineage.run_names(), 1):
            report = reports.get(name)
            path = os.path.join(report.uri, SUMMARY_FILE) if report else ""
            summary = _read(path) if os.path.isfile(path) else None
            found.append(PastRun(f"{folder}/{number}", datetime.datetime.fromisoformat(name), summary))
    return found


def _read(path: str) -> dict[str, Any]:
    """Reads a summary.json, which the user may have named."""
    try:
        with open(path, encoding="utf-8") as file:
            summary = json.load(file)
        return {"name": summary["name"], "task": summary["task"], "gates": summary["gates"]} | summary
    except (OSError, ValueError, KeyError, TypeError):
        raise UserError(path, "is no summary.json of a run", "Name one, or a run as `runs` lists it") from None


def find(output: str, reference: str) -> tuple[str, dict[str, Any]]:
    """Finds a run, or a summary.json of whatever origin.

    Args:
        output: As for `past_runs`.
        reference: A run as `past_runs` calls it, or the path of a summary.json.

    Returns:
        What to call it, and its summary.

    Raises:
        UserError: There is no such run, or it was stopped and has nothing to compare.
    """
    if os.path.isfile(reference):
        return reference, _read(reference)
    runs = {run.reference: run for run in past_runs(output)}
    if reference not in runs:
        raise UserError(
            f"run {reference}", f"is not below {output}; there are {', '.join(list(runs)[-5:])}", "See `runs` for all"
        )
    summary = runs[reference].summary
    if summary is None:
        raise UserError(f"run {reference}", "was stopped, and has nothing to compare", "Name one that came to its end")
    return f"{reference} ({runs[reference].started:%Y-%m-%d %H:%M})", summary


def table(runs: list[PastRun]) -> str:
    """Formats runs for the terminal."""
    return terminal.table("Runs", COLUMNS, [row(run) for run in runs], left=len(COLUMNS) - 1)


def render(output: str, two: Sequence[str] | None) -> str:
    """Renders the report of the latest run again or, given two runs, their comparison; returns the page's path."""
    return render_comparison(output, *two) if two else render_latest(output)


def render_latest(output: str) -> str:
    """Renders the report of the latest run again, from its summary.json.

    Args:
        output: As for `past_runs`.

    Returns:
        The path of the page.

    Raises:
        UserError: There is no summary.json.
    """
    paths = glob.glob(os.path.join(glob.escape(output), SUMMARY_FILE))
    paths += glob.glob(os.path.join(glob.escape(output), "*", SUMMARY_FILE))
    if not paths:
        raise UserError(f"--output {output}", f"has no {SUMMARY_FILE}", "Run a pipeline, or name another")
    latest = max(paths, key=os.path.getmtime)
    return _write(page.render(_read(latest)), os.path.join(os.path.dirname(latest), "report", page.PAGE_FILE))


def render_comparison(output: str, first: str, second: str) -> str:
    """Renders two runs side by side.

    Args:
        output: As for `past_runs`.
        first: A run, as for `find`.
        second: Another; changes are from the first to it.

    Returns:
        The path of the page.

    Raises:
        UserError: One of them is not there, or they cannot be compared.
    """
    found = [find(output, reference) for reference in (first, second)]
    sections = comparison.compare(*found)
    title = " and ".join(dict.fromkeys(summary["name"] for _, summary in found))
    text = page.render_sections(title, ("", ""), f"{found[0][0]} and {found[1][0]}", sections)
    return _write(text, os.path.join(output, "compare", page.PAGE_FILE))


def _write(text: str, path: str) -> str:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def row(run: PastRun) -> list[str]:
    """Returns the cells of a run in the table of runs; the columns are `COLUMNS`."""
    when = f"{run.started:%Y-%m-%d %H:%M:%S}"
    if run.summary is None:
        return [run.reference, when, "stopped", *["–"] * (len(COLUMNS) - 3)]
    summary = run.summary
    metric = tasks.LADDER[summary["task"]][0]
    shipped = rung_name(summary["shipped_form"])
    (rung,) = [rung for rung in summary["ladder"] if rung["form"] == shipped]
    worst = worst_slice(summary, metric)
    return [
        run.reference,
        when,
        "pushed" if summary["pushed"] else "blessed" if summary["blessed"] else "not blessed",
        summary.get("data_fingerprint", "–")[:_DIGITS],
        summary.get("code_digest", "–")[:_DIGITS],
        f"{tasks.METRICS[metric].title} {rung[metric]:.4f}",
        f"{worst[1]:.4f} {worst[0]}" if worst else "–",
        f"{rung['bytes']:,}",
    ]


def worst_slice(summary: dict[str, Any], metric: str) -> tuple[str, float] | None:
    """Returns the slice, of those that are large enough, on which a metric is worst, and its value there."""
    *_, name = tfma_results.GATED[summary["task"]][metric]
    values = [
        (entry["slice"], entry["metrics"][name])
        for entry in summary["slices"]
        if not entry["too_small"] and entry["slice"] != "overall" and name in entry["metrics"]
    ]
    pick = min if tasks.METRICS[metric].higher_is_better else max
    return pick(values, key=lambda value: value[1]) if values else None
