"""A run's evaluation in a notebook, by TFMA's own front end, in any current Jupyter and in exported HTML, offline.

    from pipeline import viewer

    run = viewer.latest_run("out/census_income")
    viewer.slicing_metrics(run, "sex")

Each function returns a `View`, which a notebook shows when it is the last expression of a cell.
"""

from collections.abc import Sequence

from modules import tasks
from modules.base.errors import UserError
from modules.judging.tfma_results import FAIRNESS
from pipeline.viewer import data
from pipeline.viewer.finding import OUTPUT, EvaluatedRun, latest_run, runs
from pipeline.viewer.page import View, frame, message

__all__ = [
    "OUTPUT",
    "EvaluatedRun",
    "View",
    "fairness_indicators",
    "latest_run",
    "plot",
    "runs",
    "slicing_metrics",
    "time_series",
]


def slicing_metrics(run: EvaluatedRun, column: data.Columns = None, *, crosses: bool = True) -> View:
    """Shows the metrics of slices, as a chart of the first metric that the task gates and as a table.

    Args:
        run: The run.
        column: The slices of which column; of a cross, all of its columns. None: every slice.
        crosses: Whether slices of several columns are among every slice.

    Returns:
        The view. Of several classes it has one-against-rest figures too, with the class behind a slash.

    Raises:
        UserError: The run has no slices by this column.
    """
    slices = data.slices_of(run.result.slicing_metrics, column, str(run), crosses=crosses)
    rows = data.metrics_rows(slices, run.classes)
    properties = {"config": {"weightedExamplesColumn": "example_count"}, "data": rows}
    first = tasks.METRICS[tasks.named(run.card.task).gates[0]].tfma[run.card.task].result
    height = 540 + 30 * min(len(rows), 20)
    return frame(f"Metrics by slice. {run}", "tfma-nb-slicing-metrics", properties, height, opens=[first])


def plot(run: EvaluatedRun, slice: str | None = None) -> View:
    """Shows the plots of a slice: ROC, precision-recall, calibration and others; of several classes, their confusions.

    Args:
        run: The run.
        slice: Name of the slice as summary.json has it, like `sex=Female, race=Black`; None for all rows.

    Returns:
        The view; of a regression a line that says why there is none.

    Raises:
        UserError: The run has no such slice.
    """
    if not tasks.named(run.card.task).has_classes:
        return message(
            "TFMA has no plot of a regression; its calibration by decile is in summary.json, under `ladder`."
        )
    from tensorflow_model_analysis.slicer import slicer_lib
    from tensorflow_model_analysis.view import util

    key, _ = data.slice_called(run.result.plots, slice, str(run))
    spec = slicer_lib.SingleSliceSpec(features=list(key))
    values, config = util.get_plot_data_and_config(run.result.plots, spec)
    title = f"Plots of {slice or 'all test rows'}. {run}"
    if tasks.named(run.card.task).takes_each_class:
        title += ". Classes " + ", ".join(f"{number}: {name}" for number, name in enumerate(run.classes))
    return frame(title, "tfma-nb-plot", {"config": config, "data": values}, 460)


def time_series(runs: Sequence[EvaluatedRun]) -> View:
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


# Whom the model predicts to be of the class, and how often it is right for those who are.
_FIRST_RATES = [f"{FAIRNESS}{name}" for name in ("positive_rate", "true_positive_rate")]


def fairness_indicators(
    run: EvaluatedRun, column: data.Columns = None, of_class: str | None = None, *, crosses: bool = True
) -> View:
    """Shows rates by threshold and by slice, the positive and the true positive rate first: Fairness Indicators.

    Args:
        run: The run.
        column: The slices of which column; of a cross, all of its columns. None: every slice.
        of_class: Of several classes, the one that is held against the rest; None for the first.
        crosses: Whether slices of several columns are among every slice.

    Returns:
        The view; of a regression a line that says why there is none.

    Raises:
        UserError: The run has no slices by this column, or no such class.
    """
    if not tasks.named(run.card.task).has_classes:
        return message(
            "Fairness Indicators are rates of a classifier: a regression has none. See its metrics by slice."
        )
    title, sub_key = f"Fairness Indicators. {run}", ""
    if tasks.named(run.card.task).takes_each_class:
        named = run.classes[0] if of_class is None else of_class
        if named not in run.classes:
            raise UserError(str(run), f"has no class {named!r}", f"It has: {', '.join(run.classes)}")
        title, sub_key = f"{title}. Class {named} against the rest", f"classId:{run.classes.index(named)}"
    slices = data.slices_of(run.result.slicing_metrics, column, str(run), crosses=crosses)
    rows = data.fairness_rows(slices, sub_key)
    properties = {"weightColumn": "example_count", "slicingMetrics": rows}
    return frame(title, "fairness-nb-container", properties, 900, charts=False, opens=_FIRST_RATES)
