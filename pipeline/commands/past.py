"""The commands about past runs, as the command line has them: runs, report and clean."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.arguments import Runner

_PAGES = ("report census_income/1", "report --compare census_income/1 census_income/2")
_CLEANINGS = ("clean --dry-run", "clean --output out/churn --keep 2")


def add(parser: "Runner") -> None:
    """Adds the commands to a runner."""
    runs = parser.command("runs", _runs, "list all runs: when, verdict, data, code, metric, worst slice, size", "runs")
    report = parser.command("report", _report, "write a run's report again, or two side by side", *_PAGES)
    report.add_argument("named", nargs="?", metavar="RUN", help="a run as in `runs` (default: the latest verdict)")
    report.add_argument("--compare", nargs=2, metavar="RUN", help="two runs, as `runs` lists them")
    clean = parser.command("clean", _clean, "remove what no recent run needs, and what killed ones left", *_CLEANINGS)
    says = "how many of the latest runs keep all (default: %(default)s)"
    clean.add_argument("--keep", type=int, default=5, metavar="RUNS", help=says)
    clean.add_argument("--dry-run", action="store_true", help="say what would be removed, and remove nothing")
    for command in (runs, report, clean):
        command.add_argument("--output", default="out", metavar="DIR", help="folder of outputs (default: %(default)s)")


def _runs(options: argparse.Namespace) -> None:
    from pipeline import terminal
    from pipeline.commands import history

    terminal.say(history.table(history.past_runs(options.output)))


def _report(options: argparse.Namespace) -> None:
    from pipeline import terminal
    from pipeline.commands import rendering

    terminal.say(f"Report: {rendering.report(options.output, options.named, options.compare)}")


def _clean(options: argparse.Namespace) -> None:
    from pipeline import terminal
    from pipeline.commands import cleaning

    terminal.say(cleaning.clean(options.output, options.keep, options.dry_run))
