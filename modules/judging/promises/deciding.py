"""All promises, decided."""

import dataclasses
from collections.abc import Mapping

from modules.base.promises import Promises
from modules.contracts.verdict import Decision
from modules.judging.promises import benchmarks, compression, device, gaps, quality, rates
from modules.judging.promises.benchmarks import BenchmarkGains
from modules.judging.promises.compared import ComparedRows
from modules.judging.promises.settling import settle


def decide(
    promises: Promises,
    rows: ComparedRows,
    figures: Mapping[str, float | None],
    gains: BenchmarkGains | None = None,
) -> list[Decision]:
    """Decides every promise of the config for all that it is for.

    Args:
        promises: The section `promises`.
        rows: The rows, with the predictions of the model that would ship and of those that it is held against.
        figures: Of the file that would ship, by what the limits are named after: `bytes`, `gzip_bytes`,
            `latency_ratio`, `memory_bytes`, `kernel_difference`; what is not there, or None, was not measured.
        gains: How much better the model is than benchmark models; None leaves these promises out.

    Returns:
        The decisions, in the order of the config: of a limit one for each slice and class, of a gap one for each group
        beside the reference or, without one, one for the worst pair.

    Raises:
        UserError: If a promise is about a class that the label does not have.
    """
    stop = promises.undecided == "stop"
    decisions: list[Decision] = []
    for number, of_quality in enumerate(promises.quality):
        for family in quality.families(f"promises.quality[{number}]", of_quality, rows):
            decisions += settle(family, stop)
    for number, of_rate in enumerate(promises.rates):
        for family in rates.families(f"promises.rates[{number}]", of_rate, rows):
            decisions += settle(family, stop)
    for number, of_gap in enumerate(promises.gaps):
        for family in gaps.families(f"promises.gaps[{number}]", of_gap, rows):
            settled = settle(family, stop)
            decisions += gaps.worst(settled) if of_gap.reference is None else settled
    for number, of_compression in enumerate(promises.compression):
        decisions += settle(compression.family(f"promises.compression[{number}]", of_compression, rows), stop)
    for number, of_benchmark in enumerate(promises.beats):
        if gains is not None:
            decisions += settle([benchmarks.claim(f"promises.beats[{number}]", of_benchmark, rows, gains)], stop)
    for family in device.families(promises.device, figures):
        decisions += [
            dataclasses.replace(one, low=None, high=None, rows=None, p_value=None) for one in settle(family, stop)
        ]
    return decisions
