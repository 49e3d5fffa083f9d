"""Two models on the same test rows: the metric of each with its interval, and that of the difference."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from modules import tasks
from modules.judging.statistics.resampling import percentile_interval

# As many resamples as for the intervals of a run.
_REPLICATES = 1_000
_ROUNDING = 1e-4  # predict writes six digits
# The metric that people compare models by, of each task.
METRICS = {tasks.BINARY.name: "auc", tasks.MULTICLASS.name: "accuracy", tasks.REGRESSION.name: "r2"}


@dataclasses.dataclass(frozen=True)
class Estimated:
    """A value and its 95 % interval, by the bootstrap over test rows."""

    value: float
    low: float
    high: float


def compare(
    task: str, labels: np.ndarray, models: Sequence[np.ndarray], seed: int = 0
) -> tuple[list[Estimated], list[Estimated]]:
    """Measures models on the same rows, drawn alike.

    Args:
        task: The task's name.
        labels: The number of the class, or the value, [n].
        models: The predictions of each, [n, outputs].
        seed: Of the bootstrap.

    Returns:
        The metric of each model, and of the first model less that of each other.
    """
    measure = tasks.METRICS[METRICS[task]].measures[task]
    generator = np.random.default_rng(seed)
    drawn = np.empty((_REPLICATES, len(models)))
    for replicate in drawn:
        counts = generator.multinomial(len(labels), np.full(len(labels), 1.0 / len(labels))).astype(np.float64)
        replicate[:] = [measure(labels, predictions, counts) for predictions in models]
    values = [float(measure(labels, predictions, None)) for predictions in models]
    each = [_estimated(value, drawn[:, place]) for place, value in enumerate(values)]
    less = [_estimated(values[0] - values[place], drawn[:, 0] - drawn[:, place]) for place in range(1, len(models))]
    return each, less


def check(predicted: float, judged: float) -> None:
    """Checks that `predict` answers what was judged in the run: both are the same model on the same rows.

    Args:
        predicted: The metric of what `predict` answered.
        judged: The same as the run measured it.

    Raises:
        SystemExit: If they differ by more than rounding.
    """
    if abs(predicted - judged) > _ROUNDING:
        raise SystemExit(f"predict's answers have {predicted:.6f}, and the run measured {judged:.6f} on the same rows")


def _estimated(value: float, replicates: np.ndarray) -> Estimated:
    low, high = percentile_interval(replicates) or (value, value)
    return Estimated(value, low, high)
