"""Runs and their evaluations, found through ML Metadata."""

import contextlib
import dataclasses
import functools
import logging
import os
import warnings
from collections.abc import Iterator
from typing import Any

from modules.base.compat import prepare_environment
from modules.base.errors import UserError
from modules.contracts import report as reports
from modules.contracts import tflite
from pipeline.lineage import METADATA_FILE, REPORTER, Lineage

OUTPUT = "out/census_income"


@dataclasses.dataclass(frozen=True, repr=False)
class EvaluatedRun:
    """A run that reached the Verdict.

    Attributes:
        name: When it started, as ML Metadata has it: an ISO time.
        pipeline: Name of the pipeline.
        blessed: Whether the model passed every gate.
        cached: Whether the evaluation is an earlier one, taken from the cache.
        evaluation: URI of the ModelEvaluation artifact.
        model: URI of the model that was evaluated.
        report: URI of what the Reporter left; None if the run was stopped before.
        passed_over: How many later runs are not shown, as they came to no verdict.
    """

    name: str
    pipeline: str
    blessed: bool
    cached: bool
    evaluation: str
    model: str
    report: str | None = None
    passed_over: int = 0

    @functools.cached_property
    def card(self) -> tflite.ModelCard:
        """What the model takes and gives: `task`, `form`, `outputs` and so on."""
        return tflite.read_judged_card(self.model)

    @property
    def classes(self) -> list[str]:
        """Names of the classes, in order; none of a regression."""
        return self.card.classes

    @property
    def started(self) -> str:
        """When it started, to the second."""
        return self.name[:19].replace("T", " ")

    @functools.cached_property
    def result(self) -> Any:
        """The `tfma.EvalResult` of the model."""
        if not os.path.isdir(self.evaluation):
            raise UserError(self.evaluation, f"is gone, where run {self.name} left its evaluation", "Run it again")
        with _quiet():
            from modules.judging import tfma_results

            return tfma_results.load(self.evaluation)

    @functools.cached_property
    def summary(self) -> dict[str, Any]:
        """What the run found out: the content of its summary.json.

        Raises:
            UserError: The run was stopped before it had one.
        """
        if self.report is None:
            raise UserError(str(self), "was stopped before its verdict, and has no summary", "Run it again")
        return reports.read_summary(self.report)

    def __str__(self) -> str:
        """Names the run in a title."""
        return f"{self.pipeline}, run of {self.started}"

    def __repr__(self) -> str:
        text = f"{self}, {'blessed' if self.blessed else 'not blessed'}{', from the cache' if self.cached else ''}"
        if self.passed_over:
            text += f"; of the runs after it, {self.passed_over} came to no verdict"
        return text


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keeps what TensorFlow says of GPUs that are not there, and of its own old interfaces, out of the cell."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    prepare_environment()
    logger = logging.getLogger("tensorflow")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def runs(output: str = OUTPUT) -> list[EvaluatedRun]:
    """Finds all runs that reached the Verdict, through ML Metadata.

    Args:
        output: The folder that the runs wrote to.

    Returns:
        The runs, oldest first.

    Raises:
        UserError: The folder holds no such run.
    """
    path = os.path.join(output, METADATA_FILE)
    if not os.path.isfile(path):
        raise UserError(
            str(output),
            f"is not the output of a run, it has no {METADATA_FILE}",
            "Run `make demo`, or name the folder that --output named",
        )
    evaluated = [
        run for pipeline in Lineage(path, "").pipelines() for run in _of_pipeline(Lineage(path, pipeline), pipeline)
    ]
    if not evaluated:
        raise UserError(str(output), "holds no run that reached the Verdict", "See its logs, and run it again")
    numbers = Lineage(path, "").numbers()
    return sorted(evaluated, key=lambda run: numbers[run.name])


def _of_pipeline(lineage: Lineage, pipeline: str) -> list[EvaluatedRun]:
    left = {name: step.outputs["report"].uri for name, step in lineage.history(REPORTER)}
    evaluators = lineage.history("Evaluator")
    # Runs of earlier versions had no Verdict: there the Evaluator blessed.
    blessings = {
        name: step.outputs["blessing"].properties
        for name, step in [*evaluators, *lineage.history("Verdict")]
        if "blessing" in step.outputs
    }
    return [
        EvaluatedRun(
            name,
            pipeline,
            bool(blessings[name].get("blessed")),
            step.cached,
            step.outputs["evaluation"].uri,
            blessings[name]["current_model"],
            left.get(name),
        )
        for name, step in evaluators
        if name in blessings and os.path.isdir(step.outputs["evaluation"].uri)  # else its files were deleted
    ]


def latest_run(output: str = OUTPUT) -> EvaluatedRun:
    """Finds the latest run that came to a verdict or, where none did, the latest that reached the Verdict.

    Args:
        output: The folder that the runs wrote to.

    Returns:
        The run, which says how many runs began after it.

    Raises:
        UserError: The folder holds no such run.
    """
    evaluated = runs(output)
    latest = next((run for run in reversed(evaluated) if run.report is not None), evaluated[-1])
    numbers = Lineage(os.path.join(output, METADATA_FILE), "").numbers()
    return dataclasses.replace(latest, passed_over=len(numbers) - numbers[latest.name])
