"""A run's evaluation in a notebook, by TFMA's own front end, in any current Jupyter and in exported HTML, offline.

    from pipeline import viewer

    run = viewer.latest_run("out/census_income")
    viewer.slicing_metrics(run, "sex")

Each function returns a `View`, which a notebook shows when it is the last expression of a cell.
"""

import contextlib
import dataclasses
import functools
import json
import logging
import os
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

from modules.compat import prepare_environment
from modules.errors import UserError
from pipeline.viewer import data
from pipeline.viewer.page import View, frame, message

__all__ = ["Run", "View", "fairness_indicators", "latest_run", "plot", "runs", "slicing_metrics", "time_series"]

OUTPUT = "out/census_income"


@dataclasses.dataclass(frozen=True, repr=False)
class Run:
    """A run that reached the Evaluator.

    Attributes:
        name: When it started, as ML Metadata has it: an ISO time.
        pipeline: Name of the pipeline.
        blessed: Whether the model passed every gate.
        cached: Whether the evaluation is an earlier one, taken from the cache.
        evaluation: URI of the ModelEvaluation artifact.
        model: URI of the model that was evaluated.
    """

    name: str
    pipeline: str
    blessed: bool
    cached: bool
    evaluation: str
    model: str

    @functools.cached_property
    def card(self) -> dict[str, Any]:
        """Content of the model's model.json: `task`, `form`, `outputs` and so on."""
        path = os.path.join(self.model, "Format-Serving", "model.json")
        return json.loads(_text(path))

    @property
    def classes(self) -> list[str]:
        """Names of the classes, in order; none of a regression."""
        return self.card["outputs"][0].get("classes", [])

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
            from modules import tfma_results

            return tfma_results.load(self.evaluation)

    def __str__(self) -> str:
        """Names the run in a title."""
        return f"{self.pipeline}, run of {self.started}"

    def __repr__(self) -> str:
        return f"{self}, {'blessed' if self.blessed else 'not blessed'}{', from the cache' if self.cached else ''}"


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


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError as error:
        raise UserError(path, f"cannot be read ({error.strerror})", "Run the pipeline again") from None


def runs(output: str = OUTPUT) -> list[Run]:
    """Finds all runs that reached the Evaluator, through ML Metadata.

    Args:
        output: The folder that the runs wrote to.

    Returns:
        The runs, oldest first.

    Raises:
        UserError: The folder holds no such run.
    """
    path = os.path.join(output, "metadata.sqlite")
    if not os.path.isfile(path):
        raise UserError(
            str(output),
            "is not the output of a run, it has no metadata.sqlite",
            "Run `make demo`, or name the folder that --output named",
        )
    from pipeline.lineage import Lineage

    found = [
        Run(
            name,
            pipeline,
            bool(step.outputs["blessing"].properties.get("blessed")),
            step.cached,
            step.outputs["evaluation"].uri,
            step.outputs["blessing"].properties["current_model"],
        )
        for pipeline in Lineage(path, "").pipelines()
        for name, step in Lineage(path, pipeline).history("Evaluator")
    ]
    if not found:
        raise UserError(str(output), "holds no run that reached the Evaluator", "See its logs, and run it again")
    return sorted(found, key=lambda run: run.name)


def latest_run(output: str = OUTPUT) -> Run:
    """Finds the latest run that reached the Evaluator; see `runs`."""
    return runs(output)[-1]


def slicing_metrics(run: Run, column: data.Columns = None) -> View:
    """Shows the metrics of slices, as a chart and as a table.

    Args:
        run: The run.
        column: The slices of which column; of a cross, all of its columns. None: every slice.

    Returns:
        The view. Of several classes it has one-against-rest figures too, with the class behind a slash.

    Raises:
        UserError: The run has no slices by this column.
    """
    found = data.slices_of(run.result.slicing_metrics, column, str(run))
    rows = data.metrics_rows(found, run.classes)
    properties = {"config": {"weightedExamplesColumn": "example_count"}, "data": rows}
    return frame(f"Metrics by slice. {run}", "tfma-nb-slicing-metrics", properties, 540 + 30 * min(len(rows), 20))


def plot(run: Run, slice: str | None = None) -> View:
    """Shows the plots of a slice: ROC, precision-recall, calibration and others; of several classes, their confusions.

    Args:
        run: The run.
        slice: Name of the slice as summary.json has it, like `sex=Female, race=Black`; None for all rows.

    Returns:
        The view; of a regression a line that says why there is none.

    Raises:
        UserError: The run has no such slice.
    """
    if run.card["task"] == "regression":
        return message(
            "TFMA has no plot of a regression; its calibration by decile is in summary.json, under `ladder`."
        )
    from tensorflow_model_analysis.slicer import slicer_lib
    from tensorflow_model_analysis.view import util

    key, _ = data.slice_called(run.result.plots, slice, str(run))
    spec = slicer_lib.SingleSliceSpec(features=list(key))
    values, config = util.get_plot_data_and_config(run.result.plots, spec)
    title = f"Plots of {slice or 'all test rows'}. {run}"
    if run.card["task"] == "multiclass":
        title += ". Classes " + ", ".join(f"{number}: {name}" for number, name in enumerate(run.classes))
    return frame(title, "tfma-nb-plot", {"config": config, "data": values}, 460)


def time_series(runs: Sequence[Run]) -> View:
    """Shows how the overall metrics went from run to run.

    Args:
        runs: The runs; those that took their evaluation from the cache are one point with the run that made it.

    Returns:
        The view.

    Raises:
        UserError: There is no run.
    """
    first = {run.evaluation: run for run in sorted(runs, key=lambda run: run.name, reverse=True)}
    made = sorted(first.values(), key=lambda run: run.name)
    if not made:
        raise UserError("time_series", "was given no run", "Give it viewer.runs(output)")
    named = []
    for run in made:
        _, metrics = data.slice_called(run.result.slicing_metrics, None, str(run))
        named.append((run.started, metrics))
    rows = data.series_rows(named, made[-1].classes)
    title = f"Metrics of {len(made)} run{'' if len(made) == 1 else 's'}. {made[-1].pipeline}"
    properties = {"config": {"isModelCentric": True}, "data": rows}
    return frame(title, "tfma-nb-time-series", properties, 500 + 29 * min(len(rows), 20))


def fairness_indicators(run: Run, column: data.Columns = None, of_class: str | None = None) -> View:
    """Shows rates by threshold and by slice: Fairness Indicators.

    Args:
        run: The run.
        column: The slices of which column; of a cross, all of its columns. None: every slice.
        of_class: Of several classes, the one that is held against the rest; None for the first.

    Returns:
        The view; of a regression a line that says why there is none.

    Raises:
        UserError: The run has no slices by this column, or no such class.
    """
    if run.card["task"] == "regression":
        return message(
            "Fairness Indicators are rates of a classifier: a regression has none. See its metrics by slice."
        )
    title, sub_key = f"Fairness Indicators. {run}", ""
    if run.card["task"] == "multiclass":
        named = run.classes[0] if of_class is None else of_class
        if named not in run.classes:
            raise UserError(str(run), f"has no class {named!r}", f"It has: {', '.join(run.classes)}")
        title, sub_key = f"{title}. Class {named} against the rest", f"classId:{run.classes.index(named)}"
    rows = data.fairness_rows(data.slices_of(run.result.slicing_metrics, column, str(run)), sub_key)
    properties = {"weightColumn": "example_count", "slicingMetrics": rows}
    return frame(title, "fairness-nb-container", properties, 900, charts=False)
