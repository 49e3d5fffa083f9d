"""The benchmark's results as a page of the documentation."""

import statistics
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from benchmarks.quality.comparing import Estimated
from benchmarks.quality.product import Shipped

_HEAD = (
    "| table | rows | seeds | metric | pushed | boosting | linear | pushed − boosting | verdict | "
    "bytes, of boosting's | seconds, over boosting's |\n|---|---|---|---|---|---|---|---|---|---|---|"
)


class SeedResult(NamedTuple):
    """One table with one seed.

    Attributes:
        rows: Rows of the table.
        metric: What was measured.
        shipped: What the product made.
        values: The metric of the pushed model, of boosting and of the linear model.
        difference: The pushed model's less boosting's, of the same rows.
        boosting_bytes: Size of the boosting's pickle.
        boosting_seconds: How long it was fitted.
    """

    rows: int
    metric: str
    shipped: Shipped
    values: Sequence[Estimated]
    difference: Estimated
    boosting_bytes: int
    boosting_seconds: float


def verdict(results: Sequence[SeedResult]) -> str:
    """Says whether the pushed model is better or worse than boosting: with most seeds beyond the interval, or even."""
    better = sum(result.difference.low > 0 for result in results)
    worse = sum(result.difference.high < 0 for result in results)
    return "better" if 2 * better > len(results) else "worse" if 2 * worse > len(results) else "even"


def steps(result: SeedResult) -> str:
    """Says in which step the pushed model won or lost how much against boosting."""
    ladder, boosting = result.shipped.ladder, result.values[1].value
    shipped = result.values[0].value
    parts = {
        "teacher": ladder["teacher"] - boosting,
        "student": ladder["student"] - ladder["teacher"],
        "compression": shipped - ladder["student"],
    }
    return ", ".join(f"{name} {_signed(part)}" for name, part in parts.items())


def page(tables: Mapping[str, Sequence[SeedResult]], about: Mapping[str, str], command: str, machine: str) -> str:
    """Returns the page, in Markdown.

    Args:
        tables: The results by table, one per seed.
        about: What each table is.
        command: What was run.
        machine: On what.
    """
    lines = [_HEAD]
    for name, results in tables.items():
        middle = sorted(results, key=lambda result: result.difference.value)[len(results) // 2]
        cells = [
            name,
            f"{middle.rows:,}",
            str(len(results)),
            middle.metric,
            *(_shown(value) for value in middle.values),
            _signed(middle.difference.value)
            + f" ({_signed(middle.difference.low)} to {_signed(middle.difference.high)})",
            verdict(results) + (", refused by a gate" if middle.shipped.refused else ""),
            f"{middle.shipped.bytes:,}, 1/{middle.boosting_bytes / middle.shipped.bytes:.0f}",
            f"{middle.shipped.seconds:.0f}, {middle.shipped.seconds / max(middle.boosting_seconds, 1e-3):.0f} ×",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    lines += [
        "",
        "Where the difference comes from: the teacher less boosting, the student less the teacher, the shipped form",
    ]
    lines += ["less the student.", ""]
    for name, results in tables.items():
        middle = sorted(results, key=lambda result: result.difference.value)[len(results) // 2]
        spread = ""
        if len(results) > 1:
            values = [result.difference.value for result in results]
            spread = f"; over the seeds from {_signed(min(values))} to {_signed(max(values))}"
        out = f"; `init` left out {', '.join(middle.shipped.left_out)}" if middle.shipped.left_out else ""
        lines.append(f"- **{name}** ({about[name]}): {steps(middle)}{spread}{out}.")
    told = [verdict(results) for results in tables.values()]
    small = [results for results in tables.values() if _is_tenth(results)]
    count = ", ".join(f"{kind} on {told.count(kind)}" for kind in ("better", "even", "worse"))
    seeds = sorted({len(results) for results in tables.values()})
    of_each = str(seeds[0]) if len(seeds) == 1 else f"{seeds[0]} to {seeds[-1]}"
    lead = (
        f"`{command}`, {of_each} seed{'' if seeds == [1] else 's'}, {machine}. Of {len(tables)} tables the pushed "
        f"model is {count}; it has at most a tenth of the boosting's bytes on {len(small)}."
    )
    return "\n".join([lead, "", *lines]) + "\n"


def _is_tenth(results: Sequence[SeedResult]) -> bool:
    return statistics.median(10 * result.shipped.bytes / result.boosting_bytes for result in results) <= 1


def _shown(value: Estimated) -> str:
    return f"{value.value:.4f} ({value.low:.4f} to {value.high:.4f})"


def _signed(value: float) -> str:
    return f"{value:+.4f}".replace("-", "−")
