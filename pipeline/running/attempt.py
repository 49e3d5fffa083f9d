"""One run: imports TFX, runs the pipeline, and writes its report, however it ends."""

import functools
import logging
import os
import threading
from collections.abc import Callable
from typing import Any

from modules.base import progress
from modules.base.compat import (
    fix_batch_sizes,
    prepare_environment,
    remember_signatures_for_beam,
    set_dill_log_level_once,
)
from modules.base.settings import PipelineSettings
from pipeline import moving, terminal
from pipeline.config import classes
from pipeline.lineage import METADATA_FILE, REPORTER, Lineage
from pipeline.running import display
from pipeline.running.deferring import defer

STOPPED = "The run was stopped by Ctrl-C, or by whoever sent it a signal."


class Attempt:
    """One run.

    Args:
        settings: The config.
        output: Folder of everything that the run leaves.
        command: The command line that repeats the run.
        shown: Where its steps are shown.
        interrupted: Tells whether somebody has stopped the run.

    Attributes:
        found: The content of its summary.json; empty as long as it is not written.
        report: Its `pipeline.reports.ReportFiles`, once it is written.
        number: The number that `runs` lists it by, once its report is written; 0 before.
        restored: The files of the pushed version that were missing or damaged, and were written again.
    """

    def __init__(
        self,
        settings: PipelineSettings,
        output: str,
        command: str,
        shown: display.Display,
        interrupted: Callable[[], bool],
    ) -> None:
        self._settings, self._output, self._command, self._shown = settings, output, command, shown
        self._interrupted = interrupted
        self.found: dict[str, Any] = {}
        self.report: Any = None
        self.number = 0
        self.restored: list[str] = []
        self._metadata = os.path.join(output, METADATA_FILE)
        self._runner: Any = None
        self._reporter: Any = None
        self._recording = threading.Lock()

    @property
    def step(self) -> str | None:
        """The step that is running."""
        return self._runner.current if self._runner else None

    def run(self) -> None:
        """Runs the pipeline, and writes its summary and its report, of a run that does not come to its end too."""
        self._shown.start("Starting")
        pipeline = self._prepare()
        if os.path.exists(self._metadata) and (moved := self._lineage.follow_move()):
            logging.getLogger(__name__).warning("The output folder was moved: %d artifacts lie elsewhere now.", moved)
        try:
            with progress.listen(self._shown.tell):
                self._runner.run(pipeline)
            self.record()
        except BaseException as error:
            stopped = isinstance(error, KeyboardInterrupt) or self._interrupted()
            self._record_failure(STOPPED if stopped else str(error) or type(error).__name__)
            raise
        self._restore_push()

    def _prepare(self) -> Any:
        """Imports what a run needs, and returns the pipeline; first it looks for named classes and groups."""
        classes.check_positive_class(self._settings)
        classes.check_named_values(self._settings)
        prepare_environment(gpus=True)
        defer()
        from absl import logging as absl_logging

        absl_logging.use_absl_handler()
        absl_logging.set_verbosity(absl_logging.INFO)
        from modules.training import strategies

        fix_batch_sizes()
        set_dill_log_level_once()
        remember_signatures_for_beam()
        strategies.prepare_devices(self._settings.trainer.replicas)
        from pipeline.running import following, reporting, steps  # noqa: F401  now, and not when Ctrl-C has been pressed
        from pipeline.wiring import engines
        from pipeline.wiring.pipeline import create_pipeline

        pipeline = create_pipeline(
            self._settings,
            os.path.join(self._output, moving.ARTIFACTS),
            self._metadata,
            self._settings.pusher.destination or os.path.join(os.path.abspath(self._output), moving.PUSHED),
            engines.local(),
        )
        self._reporter = next(node for node in pipeline.components if node.id == REPORTER)
        self._runner = following.FollowedRunner(self._start, self._finish, self._repeat)
        return pipeline

    @functools.cached_property
    def _lineage(self) -> Lineage:
        return Lineage(self._metadata, self._settings.name)

    def _start(self, name: str) -> None:  # before the first step of the first run there is no store
        self._shown.start(name, self._lineage.seconds(name) if os.path.exists(self._metadata) else None)

    def _finish(self, name: str, seconds: float, cached: bool) -> None:
        from pipeline.running import steps

        what = steps.describe(name, self._lineage, self._settings.label.watched)
        self._shown.finish(terminal.step_line(name, what, seconds, cached))

    def _repeat(self, name: str, why: str) -> None:
        self._shown.finish(terminal.repeat_line(name, why))
        self._start(name)

    def record(self, why_stopped: str | None = None) -> None:
        """Writes the summary and the report of the run, once: whoever comes second waits for whoever came first.

        There is nothing to write before its first step has begun.

        Args:
            why_stopped: Why the run does not come to a verdict; None if it did.
        """
        with self._recording:
            if self.report is not None or self._runner is None or not os.path.exists(self._metadata):
                return
            from pipeline import reports
            from pipeline.running import reporting

            lineage = Lineage(self._metadata, self._settings.name)  # another one than that of the main thread
            self.number = lineage.numbers().get(self._runner.run_name, 0)
            if not self.number:
                return
            stopped = {"step": self.step or "its start", "message": why_stopped} if why_stopped else None
            self.found = reporting.conclude(
                self._settings, lineage, self._reporter, list(self._runner.steps), self._command, stopped
            )
            of_steps = None if stopped else reporting.sections(lineage)
            self.report = reports.write(self.found, self._output, self.number, of_steps)

    def stop(self) -> None:
        """Writes the report of the run that somebody has stopped; it may be called from another thread."""
        self._record_failure(STOPPED)

    def _record_failure(self, why: str) -> None:
        try:
            self.record(why)
        except Exception:  # why the run failed is more than why its report did
            logging.getLogger(__name__).exception("The report of the run could not be written")

    def _restore_push(self) -> None:
        """Publishes again what was removed or damaged where the pushed version lies."""
        if self.found["pushed"]:
            from components import artifacts
            from components.tflite_pusher import publish

            pushed = self._lineage.latest("Pusher").outputs["pushed_model"]  # type: ignore[union-attr]
            path, sha256 = self.found["pushed"]["path"], pushed.properties[artifacts.PUSHED]
            self.restored = publish.restore(pushed.uri, path, sha256)
