"""The command `report`: the pages of past runs, rendered again, or two runs side by side."""

import os
from collections.abc import Sequence

from components.reporter import comparison, page
from modules.base.errors import UserError
from modules.contracts import report as contract
from pipeline import reports
from pipeline.commands import history


def report(output: str, named: str | None, compared: Sequence[str] | None) -> str:
    """Renders a report again: that of the latest verdict, that of a run, or one of two runs side by side.

    Args:
        output: As for `history.past_runs`.
        named: A run as `history.past_runs` calls it; None for the latest verdict.
        compared: Two runs, as for `history.find`; None for no comparison.

    Returns:
        The path of the page.

    Raises:
        UserError: One of them is not there, or both are named, a run and a comparison.
    """
    if compared and named:
        raise UserError(f"report {named}", "cannot be had together with --compare", "Ask for one after the other")
    if compared:
        return render_comparison(output, *compared)
    return render_run(output, named) if named else render_latest(output)


def render_latest(output: str) -> str:
    """Renders the report of the latest verdict again, from its summary.json.

    Args:
        output: As for `history.past_runs`.

    Returns:
        The path of the page.

    Raises:
        UserError: There is no summary.json.
    """
    paths = history.below(output, contract.SUMMARY_FILE)
    if not paths:
        what = f"has no {contract.SUMMARY_FILE}: no run in it came to a verdict"
        raise UserError(
            f"--output {output}", what, "Run a pipeline, or name another folder, or a run as `runs` lists it"
        )
    latest = max(paths, key=os.path.getmtime)
    folder = os.path.dirname(latest)
    verdict = reports.of_verdict(folder)
    reports.write_whole(verdict.page, reports.render(history.read(latest), verdict, folder))
    return verdict.page


def render_run(output: str, named: str) -> str:
    """Renders the report of a run again, of one that was stopped too.

    Args:
        output: As for `history.past_runs`.
        named: A run as `history.past_runs` calls it.

    Returns:
        The path of the page.

    Raises:
        UserError: There is no such run, or it left nothing to show.
    """
    run = history.called(output, named)
    report = reports.of_run(run.output, run.number)
    if os.path.isfile(report.summary):
        summary = history.read(report.summary)
    elif run.summary is not None:  # of a version that kept the latest report only
        summary = run.summary
    else:
        how = "is still going on" if run.running else "was killed before it could write one"
        how = "has lost its files" if run.gone else how
        raise UserError(f"run {named}", f"has no report: it {how}", "See `runs` for the others")
    reports.write_whole(report.page, reports.render(summary, report, run.output))
    return report.page


def render_comparison(output: str, first: str, second: str) -> str:
    """Renders two runs side by side.

    Args:
        output: As for `history.past_runs`.
        first: A run, as for `history.find`.
        second: Another; changes are from the first to it.

    Returns:
        The path of the page.

    Raises:
        UserError: One of them is not there, or they cannot be compared.
    """
    both = [history.find(output, named) for named in (first, second)]
    if both[0][0] == both[1][0]:
        raise UserError(f"--compare {first} {second}", "names one run twice", "Name two runs, as `runs` lists them")
    sections = comparison.compare(*both)
    title = " and ".join(dict.fromkeys(summary["name"] for _, summary in both))
    text = page.render_sections(title, ("", ""), f"{both[0][0]} and {both[1][0]}", sections)
    path = contract.page_path(os.path.join(output, "compare"))
    reports.write_whole(path, text)
    return path
