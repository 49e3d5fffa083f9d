"""What a form does not keep on the validation rows: gates, promises, and the loss that is allowed. Knows no TFX."""

import dataclasses
import math
from collections.abc import Iterator, Mapping, Sequence

from modules.base import numerals
from modules.base.settings import Error, Score
from modules.contracts.verdict import Decision
from modules.tasks import METRICS


@dataclasses.dataclass(frozen=True)
class Shortfall:
    """One thing that a form does not keep.

    Attributes:
        words: What it is, in words.
        excess: How far it is beyond its limit, as a share of the limit.
    """

    words: str
    excess: float


def of_decisions(decisions: Sequence[Decision]) -> Iterator[Shortfall]:
    """Yields the promises that are broken; one that the rows are too few for passes."""
    for one in decisions:
        if one.state == "broken" and one.value is not None:
            of_slice = "" if one.slice == "overall" else f" of {one.slice}"
            words = f"{one.measure}{of_slice} is {_number(one.value)}, {one.rule} {_number(one.limit)} is promised"
            yield Shortfall(words, _share(abs(one.value - one.limit), one.limit))


def of_gates(gates: Mapping[str, Score | Error], metrics: Mapping[str, float]) -> Iterator[Shortfall]:
    """Yields the gates whose value does not hold; those of changes against the baseline are the Evaluator's alone.

    Args:
        gates: By metric.
        metrics: The same metrics on the validation rows; one that they do not define passes no gate.
    """
    for name, gate in gates.items():
        limit, sign = (gate.minimum, 1) if isinstance(gate, Score) else (gate.maximum, -1)
        if limit is None:
            continue
        value = metrics.get(name, math.nan)
        if not sign * value >= sign * limit:
            rule = "at least" if sign > 0 else "at most"
            told = "undefined" if math.isnan(value) else _number(value)
            excess = 1.0 if math.isnan(value) else _share(abs(value - limit), limit)
            yield Shortfall(f"{name} is {told}, {rule} {_number(limit)} is needed", excess)


def of_loss(metric: str, value: float, best: float, most: float) -> Iterator[Shortfall]:
    """Yields that a form loses more than is allowed against the best one.

    Args:
        metric: The metric's name.
        value: The form's.
        best: The best form's.
        most: The loss that is allowed: of a metric that should be high as it is, of an error as a share of the best.
    """
    lost = loss(metric, value, best)
    if not lost <= most:
        words = f"{METRICS[metric].title} is {lost:.4f} worse than the best form's, at most {most:g} is allowed"
        yield Shortfall(words, _share(lost - most, most))


def loss(metric: str, value: float, best: float) -> float:
    """Returns what a form loses against the best one, as `of_loss` has it."""
    if METRICS[metric].higher_is_better:
        return best - value
    return (value - best) / best if best > 0 else value - best


def _share(excess: float, limit: float) -> float:
    return excess / abs(limit) if limit else excess


def _number(value: float) -> str:
    return numerals.written(value, ",.0f" if abs(value) >= 1_000 or float(value).is_integer() else ".4f")
