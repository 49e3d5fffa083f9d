"""Replays every strategy of the teacher's search on tables of configurations that were trained beforehand.

The tables are in the repository; ARGS=--train makes them anew (an hour on two cores).
"""

import argparse
import concurrent.futures
import multiprocessing
import os
import platform
import sys
import typing

import numpy as np

from benchmarks.search import figure, page, table
from benchmarks.search.table import SearchTable
from modules.base.compat import prepare_environment
from modules.base.settings import Tuner

# Whose rows the tables are of.
CONFIGS = {
    "adult": os.path.join("data", "census_income", "pipeline.yaml"),
    "taxi_fare": os.path.join("data", "taxi_fare", "pipeline.yaml"),
}
STRATEGIES: tuple[str, ...] = typing.get_args(Tuner.model_fields["strategy"].annotation)
# The epochs of Hyperband's table, which are the budget of every strategy where the config has none; twice; and 4 times.
BUDGETS = (75, 150, 300)
_PAGE, _FIGURE = os.path.join("docs", "search-benchmark.md"), os.path.join("docs", "search-benchmark.svg")
_BEGIN, _END = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"


def main() -> int:
    """Runs the benchmark; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    known = [*CONFIGS]
    parser.add_argument("--tables", nargs="+", default=known, choices=known, metavar="NAME", help=", ".join(known))
    parser.add_argument("--replays", type=int, default=100, metavar="N", help="of each strategy (default: 100)")
    parser.add_argument("--processes", type=int, default=2, metavar="N", help="replays at once (default: 2)")
    parser.add_argument("--train", action="store_true", help="train the tables anew, and write them")
    parser.add_argument("--write", action="store_true", help=f"write tables and picture into {_PAGE}, too")
    options = parser.parse_args()
    prepare_environment()
    if options.train:
        _train(options.tables)
    results = {}
    with concurrent.futures.ProcessPoolExecutor(
        options.processes, multiprocessing.get_context("spawn"), prepare_environment
    ) as pool:
        for name in options.tables:
            read = table.read(table.path(name))
            results[name] = (read, _replayed(pool, read, options.replays))
    command = " ".join(["make bench-search", *([f"ARGS='{' '.join(_arguments())}'"] if _arguments() else [])])
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    text = page.page(results, BUDGETS, command, machine)
    print(text)
    if options.write:
        _write(text, results)
    return 0


def _arguments() -> list[str]:
    return [argument for argument in sys.argv[1:] if argument not in ("--write", "--train")]


def _train(names: list[str]) -> None:
    from benchmarks.search import training

    for name in names:
        table.write(table.path(name), training.make(name, CONFIGS[name]))


def _replayed(pool: concurrent.futures.Executor, read: SearchTable, count: int) -> page.Replays:
    """Replays every strategy with the same seeds."""
    from benchmarks.search import replay

    jobs = [(read, strategy, seed, BUDGETS[-1]) for strategy in STRATEGIES for seed in replay.seeds(count)]
    told = [*pool.map(replay.choices, *zip(*jobs, strict=True), chunksize=max(count // 10, 1))]
    return {name: np.stack(told[place * count : (place + 1) * count]) for place, name in enumerate(STRATEGIES)}


def _write(text: str, results: dict[str, tuple[SearchTable, page.Replays]]) -> None:
    """Replaces what was measured in the page of the documentation, and its picture."""
    with open(_PAGE, encoding="utf-8") as file:
        before, _, rest = file.read().partition(_BEGIN)
    with open(_PAGE, "w", encoding="utf-8") as file:
        file.write(before + _BEGIN + text + _END + rest.partition(_END)[2])
    with open(_FIGURE, "w", encoding="utf-8") as file:
        curves = {name: figure.curves(read, replays) for name, (read, replays) in results.items()}
        file.write(figure.svg(curves, {name: read.metric for name, (read, _) in results.items()}))


if __name__ == "__main__":
    sys.exit(main())
