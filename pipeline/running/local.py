"""A run on this machine, as a person sees it: its steps, how it ended, and where its results lie."""

import contextlib
import dataclasses
import datetime
import gc
import os
import traceback
from collections.abc import Callable, Iterator
from typing import TextIO

from modules.base.errors import TargetMissed, UserError
from modules.base.settings import PipelineSettings
from pipeline import logs, stopping, terminal
from pipeline.lineage import METADATA_FILE
from pipeline.running import display, occupancy, rights
from pipeline.running.attempt import Attempt
from pipeline.stores import check_store

PUSHED, FAILED, REFUSED, NOT_BLESSED = 0, 1, 2, 3
# Of Python's collector: objects made since the last look at the young ones, and looks at these until one at more.
_THRESHOLDS = (20_000, 20, 50)


@dataclasses.dataclass(frozen=True)
class Ending:
    """How a run ended.

    Attributes:
        status: The exit status: 0 pushed, 1 a step failed, 2 the data were refused, 3 ran but not blessed; 130 and 143
            stopped by SIGINT and SIGTERM; 128 and the number of another signal.
        number: The run's number, as `runs` lists it; 0 if it left no report.
        error: Why it came to no verdict, if it was not stopped.
    """

    status: int
    number: int
    error: UserError | None = None


def run(settings: PipelineSettings, output: str, command: str) -> int:
    """Runs the pipeline, and prints its steps, its summary and where the model lies; returns the exit status.

    Args:
        settings: The config.
        output: Folder of everything that the run leaves.
        command: The command line, for the advice how to go on after a failure.
    """
    return follow(settings, output, command).status


def follow(
    settings: PipelineSettings,
    output: str,
    command: str,
    display_on: Callable[[TextIO], display.Display] = display.Display,
) -> Ending:
    """Does what `run` does, and says how it ended to a program, too.

    Args:
        settings: As for `run`.
        output: As for `run`.
        command: As for `run`.
        display_on: Makes what shows the steps, on standard output.
    """
    output = os.path.abspath(output)
    rights.check_rights(output)
    log_path = logs.path(output, datetime.datetime.now())
    try:
        os.makedirs(os.path.dirname(log_path), exist_ok=True)
    except OSError as error:
        raise UserError(f"--output {output}", f"is no folder to write to ({error.strerror})", "Give another") from None
    store = os.path.join(output, METADATA_FILE)
    with occupancy.occupy(output):
        if os.path.exists(store):
            check_store(store)
        return _follow(settings, output, command, log_path, display_on)


def _follow(
    settings: PipelineSettings,
    output: str,
    command: str,
    log_path: str,
    display_on: Callable[[TextIO], display.Display],
) -> Ending:
    terminal.say(f"{settings.name}: log in {terminal.short(log_path)}")
    guard = stopping.Guard()
    attempt: Attempt | None = None

    def stopped() -> str:
        where = f" in step {attempt.step}" if attempt is not None and attempt.step else ""
        return "\n".join([f"Stopped{where}. To go on from there: {command}", *_own_report(attempt, output)])

    def ending(status: int, error: UserError | None = None) -> Ending:
        return Ending(status, attempt.number if attempt is not None and attempt.report is not None else 0, error)

    try:
        with guard, _collecting_rarely(), terminal.quiet(log_path) as out, display_on(out) as shown:
            attempt = Attempt(settings, output, command, shown, lambda: guard.stopped is not None)
            guard.prepare(shown.close, attempt.stop, stopped)
            attempt.run()
    except UserError as error:
        terminal.complain(str(error))
        _say_all(_own_report(attempt, output))
        return ending(NOT_BLESSED if isinstance(error, TargetMissed) else REFUSED, error)
    except (KeyboardInterrupt, Exception) as error:  # the last line of defence: one message, and the log the traceback
        if guard.stopped or isinstance(error, KeyboardInterrupt):  # a library may have made another error of it
            terminal.complain(stopped())
            return ending(guard.stopped.status if guard.stopped else stopping.INTERRUPTED)
        with contextlib.suppress(OSError), open(log_path, "a", encoding="utf-8") as log:
            traceback.print_exception(error, file=log)
        where = f"Step {attempt.step}" if attempt is not None and attempt.step else "The run"
        what = f"failed ({terminal.reason(error)}). The log is {terminal.short(log_path)}"
        terminal.complain(f"{where} {what}. To go on from there: {command}")
        _say_all(_own_report(attempt, output))
        return ending(FAILED, UserError(where, what, "Run it again to go on from there: finished steps are cached"))
    return ending(_conclude(attempt, output))


@contextlib.contextmanager
def _collecting_rarely() -> Iterator[None]:
    """Lets Python look for garbage in circles a hundredth as often.

    Between two looks at everything, wide tables make millions of objects, none of them garbage: that took a twentieth
    of a run.
    """
    usual = gc.get_threshold()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _own_report(attempt: Attempt | None, output: str) -> list[str]:
    """Says where the report of a run without a verdict lies, and whose the other one is; nothing if it has none."""
    if attempt is None or attempt.report is None:
        return []
    from pipeline import reports

    earlier = reports.of_verdict(output).page
    kept = f"; {terminal.short(earlier)} stays that of an earlier run" if os.path.exists(earlier) else ""
    page = terminal.short(attempt.report.page)
    return [f"Report: {page} (of this run, {reports.reference(output, attempt.number)}{kept})"]


def _say_all(lines: list[str]) -> None:
    for line in lines:
        terminal.say(line)


def _conclude(attempt: Attempt, output: str) -> int:
    from components.reporter.sections import advice
    from pipeline import reports
    from pipeline.running import summary

    found, latest = attempt.found, reports.of_verdict(output)
    terminal.say(f"\n{summary.render(found)}\n")
    terminal.say(f"Summary: {terminal.short(latest.summary)}")
    kept = f"kept in {terminal.short(os.path.dirname(attempt.report.page))}"
    which = f"of this run, {reports.reference(output, attempt.number)}"
    terminal.say(f"Report: {terminal.short(latest.page)} ({which}; {kept})")
    if not found["blessed"]:
        _say_all([f"What to try: {said}" for said in advice.on_refusal(found)])
        terminal.say(f"Not blessed, and not pushed: {summary.refusal(found)}.")
        return NOT_BLESSED
    if attempt.restored:
        terminal.say(f"Restored, as damaged or missing in the pushed version: {', '.join(attempt.restored)}")
    terminal.say(f"Blessed and pushed: {terminal.short(found['pushed']['path'])}")
    return PUSHED
