"""How the model was found."""

from typing import Any

from components.reporter.sources import Sources
from modules import tasks


def facts(sources: Sources) -> dict[str, Any]:
    """Returns `tuner`: all trials, the best first."""
    trials = sources.json("tuner_results", "tuner_results.json") or []
    metric = tasks.METRICS[sources.settings.label.watched]
    return {"tuner": sorted(trials, key=lambda trial: trial["score"], reverse=metric.higher_is_better)}
