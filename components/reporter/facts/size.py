"""Every model from the teacher to the smallest form, and which of them no other beats."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from components.reporter.sources import Sources
from modules import tasks
from modules.contracts import ladder as contract
from modules.contracts import pruned, selection
from modules.training.estimating import fronts


def facts(sources: Sources) -> dict[str, Any]:
    """Returns `ladder`, `selection`, `pruning`, and `size`: the metric, and the forms on the two Pareto fronts."""
    ladder = [rung.to_json() for rung in sources.read("ladder", contract.read) or []]
    metric = tasks.LADDER[sources.settings.label.task][0]
    higher = tasks.METRICS[metric].higher_is_better
    best = {
        "front": pareto_front(ladder, metric, higher),
        "gzip_front": pareto_front(ladder, metric, higher, size="gzip_bytes"),
    }
    part: dict[str, Any] = {"ladder": ladder, "size": {"metric": metric, **best}}
    pruned_networks = sources.read("pruned_model", pruned.read)
    if pruned_networks:
        part["pruning"] = [dataclasses.asdict(network) for network in pruned_networks]
    chosen = sources.read("selection", selection.read)
    if chosen:
        part["selection"] = {name: value for name, value in chosen.to_json().items() if name != "figures"}
    return part


def pareto_front(
    ladder: Sequence[dict[str, Any]], metric: str, higher_is_better: bool, size: str = "bytes"
) -> list[str]:
    """Returns the forms than which none is both as small and as good, and in one of the two better.

    Args:
        ladder: The models with `form`, their size and the metric.
        metric: Name of the metric.
        higher_is_better: Whether it should be high.
        size: Name of the size.

    Returns:
        Their names, the smallest first; of equal ones each.
    """
    points = {rung["form"]: (rung[size], -rung[metric] if higher_is_better else rung[metric]) for rung in ladder}
    best = fronts.front([*points.values()])
    return sorted((form for place, form in enumerate(points) if place in best), key=lambda form: points[form])
