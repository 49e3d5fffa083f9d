"""A run on this machine: LocalDagRunner, followed step by step."""

import datetime
import os
import traceback
from typing import Any

from modules.base import progress
from modules.base.compat import fix_batch_sizes, prepare_environment
from modules.base.errors import TargetMissed, UserError
from modules.base.settings import PipelineSettings
from pipeline import stopping, terminal
from pipeline.lineage import METADATA_FILE, Lineage
from pipeline.running import display, occupancy

PUSHED, FAILED, REFUSED, NOT_BLESSED = 0, 1, 2, 3


def run(settings: PipelineSettings, output: str, command: str) -> int:
    """Runs the pipeline, and prints its steps, its summary and where the model lies.

    Args:
        settings: The config.
        output: Folder of everything that the run leaves.
        command: The command line, for the advice how to go on after a failure.

    Returns:
        The exit status: 0 pushed, 1 a step failed, 2 the data were refused, 3 ran but not blessed; 130 and 143
        stopped by SIGINT and SIGTERM.
    """
    output = os.path.abspath(output)
    stamp = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
    log_path = os.path.join(output, "logs", f"{stamp}.log")
    try:
        os.makedirs(os.path.dirname(log_path), exist_ok=True)
    except OSError as error:
        raise UserError(f"--output {output}", f"is no folder to write to ({error.strerror})", "Give another") from None
    with occupancy.occupy(output):
        return _run(settings, output, command, log_path)


def _run(settings: PipelineSettings, output: str, command: str, log_path: str) -> int:
    terminal.say(f"{settings.name}: log in {_short(log_path)}")
    guard = stopping.Guard()
    watcher: _Followed | None = None

    def stopped() -> str:
        where = f" in step {watcher.step}" if watcher is not None and watcher.step else ""
        return f"Stopped{where}. To go on from there: {command}"

    try:
        with guard, terminal.quiet(log_path) as out, display.Display(out) as shown:
            guard.prepare(shown.close, stopped)
            watcher = _Followed(settings, output, command, shown)
            watcher.run()
    except UserError as error:
        terminal.complain(str(error))
        _point_to_report(watcher)
        return NOT_BLESSED if isinstance(error, TargetMissed) else REFUSED
    except (KeyboardInterrupt, Exception) as error:  # the last line of defence: one message, and the log the traceback
        if guard.stopped or isinstance(error, KeyboardInterrupt):  # a library may have made another error of it
            terminal.complain(stopped())
            return guard.stopped.status if guard.stopped else stopping.INTERRUPTED
        with open(log_path, "a", encoding="utf-8") as log:
            traceback.print_exception(error, file=log)
        step = watcher.step if watcher is not None else None
        reason = f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}"
        terminal.complain(
            f"{f'Step {step}' if step else 'The run'} failed ({reason[:300]}). The log is {_short(log_path)}. "
            f"To go on from there: {command}"
        )
        _point_to_report(watcher)
        return FAILED
    return _conclude(watcher)


def _point_to_report(watcher: "_Followed | None") -> None:
    if watcher and watcher.report:
        terminal.say(f"Report: {_short(watcher.report)}")


class _Followed:
    """One run: imports TFX, runs the pipeline and collects its summary, all with the output sent to the log."""

    def __init__(self, settings: PipelineSettings, output: str, command: str, shown: display.Display) -> None:
        self._settings, self._output, self._command, self._shown = settings, output, command, shown
        self.found: dict[str, Any] = {}
        self.summary: str | None = None
        self.report: str | None = None
        self._metadata = os.path.join(output, METADATA_FILE)
        self._runner: Any = None

    @property
    def step(self) -> str | None:
        """The step that is running."""
        return self._runner.current if self._runner else None

    def run(self) -> None:
        """Runs the pipeline, and writes its summary and its report; those of a run that an error stops, too."""
        self._shown.start("Starting")
        prepare_environment(gpus=True)
        from absl import logging as absl_logging

        absl_logging.use_absl_handler()
        absl_logging.set_verbosity(absl_logging.INFO)
        from modules.training import strategies

        fix_batch_sizes()
        strategies.prepare_devices(self._settings.trainer.replicas)
        from components.tflite_pusher import publish
        from pipeline.commands import history
        from pipeline.running import following, steps
        from pipeline.wiring import engines
        from pipeline.wiring.pipeline import create_pipeline

        destination = self._settings.pusher.destination or os.path.join(os.path.abspath(self._output), "pushed")
        pipeline = create_pipeline(
            self._settings,
            os.path.join(self._output, "artifacts"),
            self._metadata,
            destination,
            engines.local(),
        )
        lineage: list[Lineage] = []

        def opened() -> Lineage:
            if not lineage:
                lineage.append(Lineage(self._metadata, self._settings.name))
            return lineage[0]

        def start(name: str) -> None:  # before the first step of the first run there is no store
            self._shown.start(name, opened().seconds(name) if os.path.exists(self._metadata) else None)

        def finish(name: str, seconds: float, cached: bool) -> None:
            what = steps.describe(name, opened(), self._settings.label.watched)
            self._shown.finish(terminal.step_line(name, what, seconds, cached))

        self._runner = following.FollowedRunner(start, finish)
        reporter = next(node for node in pipeline.components if node.id == history.REPORTER)
        try:
            with progress.listen(self._shown.tell):
                self._runner.run(pipeline)
        except Exception as error:
            if lineage:  # a step has ended, so that there is something to show
                stopped = {"step": str(self.step), "message": str(error) or type(error).__name__}
                self._write(lineage[0], reporter, stopped)
            raise
        self._write(lineage[0], reporter)
        if self.found["pushed"]:
            pushed = lineage[0].latest("Pusher").outputs["pushed_model"]  # type: ignore[union-attr]
            publish.restore(pushed.uri, self.found["pushed"]["path"])

    def _write(self, lineage: Any, reporter: Any, stopped: dict[str, str] | None = None) -> None:
        from pipeline.running import reporting

        self.found = reporting.conclude(self._settings, lineage, reporter, self._runner.steps, self._command, stopped)
        self.summary, self.report = reporting.write(self.found, self._output)


def _conclude(watcher: _Followed) -> int:
    from pipeline.running import summary

    found = watcher.found
    terminal.say(f"\n{summary.render(found)}\n")
    terminal.say(f"Summary: {_short(str(watcher.summary))}")
    terminal.say(f"Report: {_short(str(watcher.report))}")
    if not found["blessed"]:
        terminal.say(f"Not blessed, and not pushed: {summary.refusal(found)}.")
        return NOT_BLESSED
    terminal.say(f"Blessed and pushed: {_short(found['pushed']['path'])}")
    return PUSHED


def _short(path: str) -> str:
    if "://" in path:
        return path
    relative = os.path.relpath(path)
    return path if relative.startswith("..") else relative
