"""Measures how `init` and each step of a run grow with the number of columns, on generated tables of few rows.

Each is a process of its own. The last column compares the widest table with the narrowest: 1.0 is as many times the
seconds, or the bytes, as there are times the columns; what is fixed makes it less, what is quadratic more.
"""

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence

from benchmarks import road

_COLUMNS, _ROWS, _SEED = (500, 1_000, 2_000), 300, 17
_INIT, _RUN, _PEAK = "init", "the whole run", "peak memory, GB"
_REFUSED = 3  # a gate refused the model
# What cells hold, by the place of their column: floats, whole numbers, categories, and floats with gaps.
_CELLS: tuple[Callable[[random.Random], str], ...] = (
    lambda draw: f"{draw.gauss(0, 1):.4f}",
    lambda draw: str(draw.randrange(1_000)),
    lambda draw: draw.choice(("red", "green", "blue", "grey")),
    lambda draw: f"{draw.gammavariate(2, 1):.3f}" if draw.random() > 0.05 else "",
)


def main() -> int:
    """Runs the benchmark and prints a table; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.wide", description=__doc__)
    parser.add_argument(
        "--columns", type=int, nargs="+", default=list(_COLUMNS), metavar="N", help="default: 500 1000 2000"
    )
    parser.add_argument("--rows", type=int, default=_ROWS, metavar="N", help="default: %(default)s")
    parser.add_argument("--only-init", action="store_true", help="measure `init` alone")
    parser.add_argument("--set", nargs="+", default=[], metavar="KEY=VALUE", help="settings of the runs")
    options = parser.parse_args()
    measured = {}
    with tempfile.TemporaryDirectory() as directory:
        for columns in sorted(options.columns):
            path = os.path.join(directory, f"table{columns}.csv")
            write_table(path, columns, options.rows)
            measured[columns] = _measure(path, options.only_init, options.set)
            print(f"{columns:,} columns x {options.rows:,} rows: {measured[columns][_PEAK]:.1f} GB at most", flush=True)
    print("\n".join(table(measured)))
    return 0


def write_table(path: str, columns: int, rows: int) -> None:
    """Writes a table whose label depends on its first column."""
    draw = random.Random(_SEED)
    with open(path, "w", encoding="utf-8") as file:
        file.write(",".join([*(f"x{number}" for number in range(columns - 1)), "label"]) + "\n")
        for _ in range(rows):
            cells = [_CELLS[number % len(_CELLS)](draw) for number in range(columns - 1)]
            label = "yes" if float(cells[0]) + draw.gauss(0, 0.5) > 0 else "no"
            file.write(",".join([*cells, label]) + "\n")


def table(measured: Mapping[int, Mapping[str, float]]) -> list[str]:
    """Returns a line for each step.

    Args:
        measured: By number of columns, seconds by step, and the peak of memory in GB.
    """
    narrow, wide = min(measured), max(measured)
    lines = [f"{'':<18}" + "".join(f"{columns:>10,}" for columns in measured) + "   growth / columns'"]
    for name, least in measured[narrow].items():
        figures = "".join(f"{of[name]:>10.1f}" for of in measured.values())
        growth = measured[wide][name] / least / (wide / narrow) if least else float("nan")
        lines.append(f"{name:<18}{figures}{growth:>10.2f}")
    return lines


def _measure(path: str, only_init: bool, settings: Sequence[str]) -> dict[str, float]:
    """Drafts a config for a table and runs it; returns the seconds of each step, and the peak of memory in GB."""
    folder, name = os.path.dirname(path), os.path.splitext(os.path.basename(path))[0]
    seconds, gigabytes = _timed(folder, "init", path, "--label", "label")
    measured = {_INIT: seconds}
    if not only_init:
        config, output = (os.path.join(folder, of, name) for of in ("data", "out"))
        chosen = ["--set", *settings] if settings else []
        whole, gigabytes = _timed(folder, "run", "--config", f"{config}/pipeline.yaml", "--output", output, *chosen)
        measured |= road.seconds_of_steps(output) | {_RUN: whole}
    return measured | {_PEAK: gigabytes}


def _timed(folder: str, *command: str) -> tuple[float, float]:
    """Runs a command of the runner in a folder; returns its seconds and its peak of memory in GB."""
    started = time.monotonic()
    runner = os.path.abspath("local_runner.py")
    process = subprocess.Popen([sys.executable, runner, *command], cwd=folder, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, _REFUSED):
        raise SystemExit(f"{' '.join(command)} ended with status {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - started, _gigabytes(usage)


def _gigabytes(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / 2**20


if __name__ == "__main__":
    sys.exit(main())
