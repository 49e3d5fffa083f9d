"""The points of the ladder as tables of the documentation."""

import statistics
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from modules import tasks


class SeedResult(NamedTuple):
    """One run of a config.

    Attributes:
        summary: The content of its summary.json.
        ratios: By model, how many times as long the boosted trees take to answer one raw row, in the same process.
    """

    summary: Mapping[str, Any]
    ratios: Mapping[str, float]

    @property
    def shipped(self) -> str:
        """The name of the point that ships, or would."""
        return tasks.rung_name(self.summary["shipped_form"])

    def rung(self, name: str) -> Mapping[str, Any]:
        """Returns what the ladder has of a model."""
        return next(rung for rung in self.summary["ladder"] if rung["form"] == name)


def page(runs: Mapping[str, Sequence[SeedResult]], commands: Mapping[str, str], machine: str) -> str:
    """Returns the page, in Markdown.

    Args:
        runs: The results by the run's name, one per seed.
        commands: What was run, by name.
        machine: On what.
    """
    parts = [_shipped(runs)]
    for name, results in runs.items():
        seeds = len(results)
        lead = f"`{commands[name]}`, {seeds} seed{'' if seeds == 1 else 's'}, {machine}."
        parts.append(f"## {name}\n\n{lead}\n\n{_points(results)}")
    return "\n\n".join(parts) + "\n"


def _shipped(runs: Mapping[str, Sequence[SeedResult]]) -> str:
    lines = ["| run | ships | metric | bytes | gzip | trees' time over its | same decisions |", _rule(7)]
    for name, results in runs.items():
        metric = _metric(results)
        ships = [result.rung(result.shipped) for result in results]
        ratio = statistics.median(result.ratios[result.shipped] for result in results)
        cells = [
            name,
            ", ".join(dict.fromkeys(result.shipped for result in results)),
            f"{metric.title} {_median(ships, metric.name):.4f}",
            f"{_median(ships, 'bytes'):,.0f}",
            f"{_median(ships, 'gzip_bytes'):,.0f}",
            f"{ratio:.0f}",
            _share(ships),
        ]
        lines.append(_row(cells))
    return "\n".join(lines)


def _points(results: Sequence[SeedResult]) -> str:
    metric = _metric(results)
    heads = ["model", metric.title, "95 %", "against the student", "same decisions", "bytes", "gzip", "zeros"]
    lines = [_row([*heads, "trees' time over its"]), _rule(9)]
    for rung in results[0].summary["ladder"]:
        name = rung["form"]
        rungs = [result.rung(name) for result in results]
        middle = sorted(rungs, key=lambda one: one[metric.name])[len(rungs) // 2]
        ships = sum(result.shipped == name for result in results)
        ratios = [result.ratios[name] for result in results if name in result.ratios]
        cells = [
            f"**{name}**" if ships else name,
            f"{_median(rungs, metric.name):.4f}",
            _between(middle.get("low"), middle.get("high"), 4),
            _gain(rungs, middle),
            _share(rungs),
            f"{_median(rungs, 'bytes'):,.0f}",
            f"{_median(rungs, 'gzip_bytes'):,.0f}",
            f"{_median(rungs, 'sparsity'):.0%}",
            f"{statistics.median(ratios):.0f}" if ratios else "–",
        ]
        lines.append(_row(cells))
    return "\n".join(lines)


def _metric(results: Sequence[SeedResult]) -> tasks.Metric:
    return tasks.METRICS[results[0].summary["size"]["metric"]]


def _median(rungs: Sequence[Mapping[str, Any]], name: str) -> float:
    return statistics.median(rung[name] for rung in rungs)


def _share(rungs: Sequence[Mapping[str, Any]]) -> str:
    known = [rung["same_decisions"] for rung in rungs if rung.get("same_decisions") is not None]
    return f"{statistics.median(known):.2%}" if known else "–"


def _gain(rungs: Sequence[Mapping[str, Any]], middle: Mapping[str, Any]) -> str:
    known = [rung["gain"] for rung in rungs if rung.get("gain") is not None]
    if not known:
        return "–"
    return f"{statistics.median(known):+.5f} ({_between(middle['gain_low'], middle['gain_high'], 5)})"


def _between(low: float | None, high: float | None, digits: int) -> str:
    return "–" if low is None or high is None else f"{low:.{digits}f} to {high:.{digits}f}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _rule(columns: int) -> str:
    return "|" + "---|" * columns
