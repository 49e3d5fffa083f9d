"""Measures the seconds per step of whole runs in two checkouts, in turn, and their ratios.

Each run is a process of its own with an empty output folder, on the demo's table or on a small generated one of 455
rows and 31 columns, whose cost is nearly all fixed. Both checkouts are run with this one's Python.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence

_DEMO = "data/census_income/pipeline.yaml"
_ROWS, _COLUMNS, _SEED = 455, 31, 17
_WHOLE = "the command"

Seconds = dict[str, float]


def main() -> int:
    """Runs the benchmark and prints a table; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.road", description=__doc__)
    parser.add_argument("--other", metavar="DIR", help="the checkout to compare with")
    parser.add_argument("--config", default=_DEMO, metavar="YAML", help="within both checkouts (default: %(default)s)")
    parser.add_argument("--small", action="store_true", help="run a generated table of 455 rows and 31 columns instead")
    parser.add_argument("--rounds", type=int, default=1, metavar="N", help="runs of each checkout (default: 1)")
    options = parser.parse_args()
    checkouts = [os.getcwd(), *([os.path.abspath(options.other)] if options.other else [])]
    runs: list[list[Seconds]] = [[] for _ in checkouts]
    with tempfile.TemporaryDirectory() as directory:
        config = _small(directory) if options.small else options.config
        for number in range(options.rounds):
            for place, checkout in enumerate(checkouts):
                runs[place].append(_run(checkout, config, os.path.join(directory, f"{number}-{place}")))
    print("\n".join(table([medians(of_run) for of_run in runs])))
    return 0


def medians(runs: Sequence[Mapping[str, float]]) -> Seconds:
    """Returns the median seconds of each step of several runs."""
    return {name: statistics.median(run[name] for run in runs if name in run) for name in runs[0]}


def table(checkouts: Sequence[Mapping[str, float]]) -> list[str]:
    """Returns a line for each step: the seconds here, the seconds in the other checkout, and the ratio of the two."""
    here, *others = checkouts
    lines = []
    for name, seconds in here.items():
        line = f"{name:<18}{seconds:>8.1f} s"
        for other in others:
            if other.get(name):
                line += f"{other[name]:>8.1f} s{seconds / other[name]:>7.2f}"
        lines.append(line)
    return lines


def _small(directory: str) -> str:
    """Writes a table of 30 columns and a label, and its config; returns the config's path."""
    draw = random.Random(_SEED)
    names = [f"x{number}" for number in range(_COLUMNS - 1)]
    with open(os.path.join(directory, "table.csv"), "w", encoding="utf-8") as file:
        file.write(",".join([*names, "label"]) + "\n")
        for _ in range(_ROWS):
            values = [draw.gauss(0, 1) for _ in names]
            label = "yes" if sum(values[:5]) + draw.gauss(0, 1) > 0 else "no"
            file.write(",".join([*(f"{value:.4f}" for value in values), label]) + "\n")
    config = {
        "name": "small",
        "data": {"train": "table.csv"},
        "label": {"column": "label", "positive_class": "yes"},
        "evaluation": {"gates": {"auc": {"minimum": 0.5}}},
    }
    path = os.path.join(directory, "pipeline.yaml")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(config, file)  # JSON is YAML
    return path


def _run(checkout: str, config: str, output: str) -> Seconds:
    """Runs the pipeline of a checkout in a new process; returns the seconds of each step, and of the whole command."""
    command = [sys.executable, "local_runner.py", "run", "--config", config, "--output", output]
    started = time.monotonic()
    done = subprocess.run(command, cwd=checkout, stdout=subprocess.DEVNULL, check=False)
    seconds = time.monotonic() - started
    if done.returncode not in (0, 3):  # 3: a gate refused the model
        raise SystemExit(f"the run in {checkout} ended with status {done.returncode}")
    return seconds_of_steps(output) | {_WHOLE: seconds}


def seconds_of_steps(output: str) -> Seconds:
    """Returns the seconds of each step of the run that was last in a folder; those from the cache are left out."""
    with open(os.path.join(output, "summary.json"), encoding="utf-8") as file:
        steps = json.load(file)["steps"]
    return {step["name"]: step["seconds"] for step in steps if not step["cached"]}


if __name__ == "__main__":
    sys.exit(main())
