"""Promises to be better than a plain model on the same rows."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from modules.base.promises import BenchmarkPromise
from modules.contracts.method_results import MethodResult
from modules.judging.promises.compared import ComparedRows
from modules.judging.promises.estimate import Estimate, undefined
from modules.judging.promises.settling import Claim

# The method of the Debugger that trains them.
METHOD = "benchmark_models"


@dataclasses.dataclass(frozen=True, eq=False)
class BenchmarkGains:
    """How much better the model that would ship is than benchmark models.

    Attributes:
        metric: By which metric, which should be high.
        by_model: The metric less that of each model, by its name.
        missing: Why there are no others.
    """

    metric: str
    by_model: Mapping[str, Estimate]
    missing: str = ""


def gains_of(results: Sequence[MethodResult]) -> BenchmarkGains:
    """Returns what the Debugger measured."""
    (found,) = [result for result in results if result.method == METHOD]
    if found.content is None:
        return BenchmarkGains("", {}, found.note)
    gains = {one["model"]: Estimate(**one["gain"]) for one in found.content["models"]}
    return BenchmarkGains(found.content["metric"], gains, found.note)


def claim(place: str, promise: BenchmarkPromise, rows: ComparedRows, gains: BenchmarkGains) -> Claim:
    """Holds the gain over a model against the margin.

    Args:
        place: Where the config makes the promise.
        promise: The promise.
        rows: The rows.
        gains: What was measured of them.
    """
    count = len(rows.labels)
    found = gains.by_model.get(promise.benchmark)
    return Claim(
        promise=f"{place}.margin",
        kind="benchmark",
        measure=f"{gains.metric}/{promise.benchmark}",
        slice="overall",
        rule="at least",
        limit=promise.margin,
        estimate=found or undefined(gains.missing or "it was not measured", count, "exact"),
        slice_rows=count,
        positives=rows.positives(np.arange(count)),
    )
