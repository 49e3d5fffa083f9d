"""Measures the demo as a whole: time, memory, quality, size, and the on-device model against the SavedModel.

Each run is a process of its own, as a user starts it. Comparisons are made within one call, since machines are noisy.
"""

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from typing import Any

from benchmarks import parity
from modules import tasks
from modules.contracts import report

_CONFIG = "data/census_income/pipeline.yaml"


def main() -> int:
    """Runs the benchmark and prints a table; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--config", default=_CONFIG, metavar="YAML", help="default: %(default)s")
    parser.add_argument("--seeds", type=int, default=1, metavar="N", help="runs, each with another seed (default: 1)")
    options = parser.parse_args()
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    fresh, models = [], []
    with tempfile.TemporaryDirectory() as directory:
        for number in range(options.seeds):
            output = os.path.join(directory, str(number))
            seconds, megabytes = _run(options.config, output, number + 17)
            summary = report.read_summary(output)
            fresh.append(seconds)
            models.append(summary)
            print(f"run {number + 1}, seed {number + 17}: {seconds:.0f} s, peak memory {megabytes:.0f} MB")
            for step in summary["steps"]:
                print(f"  {step['name']:<18}{step['seconds']:>7.1f} s")
            for rung in summary["ladder"]:
                print(
                    f"  {rung['form']:<18}AUC {rung['auc']:.4f}  accuracy {rung['accuracy']:.4f}"
                    f"  {rung['bytes']:,} bytes"
                )
        again, _ = _run(options.config, output, options.seeds + 16)
        difference = parity.float32_against_saved_model(options.config, output)
    shipped = [_shipped(summary) for summary in models]
    print(f"a run from nothing            {statistics.median(fresh):.0f} s (median of {len(fresh)})")
    print(f"the same run again, cached    {again:.0f} s, {again / fresh[-1]:.2f} of the first")
    print(f"pushed: AUC                   {statistics.median(rung['auc'] for rung in shipped):.4f} (median)")
    print(f"pushed: bytes                 {max(rung['bytes'] for rung in shipped):,} (largest)")
    print(f"float32 against SavedModel    {difference:.1e} (largest difference of a probability, all test rows)")
    return 0


def _run(config: str, output: str, seed: int) -> tuple[float, float]:
    """Runs the pipeline in a new process; returns its wall-clock seconds and its peak memory in MB."""
    command = [
        sys.executable,
        "local_runner.py",
        "run",
        "--config",
        config,
        "--output",
        output,
        "--set",
        f"seed={seed}",
    ]
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"the run with seed {seed} ended with status {os.waitstatus_to_exitcode(status)}")
    return seconds, _peak(usage)


def _peak(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / 1024


def _shipped(summary: dict[str, Any]) -> dict[str, Any]:
    form = tasks.rung_name(summary["shipped_form"])
    return next(rung for rung in summary["ladder"] if rung["form"] == form)


if __name__ == "__main__":
    sys.exit(main())
