"""Measures how soon the command line answers where nothing has to be computed: help, the version, a wrong config.

Each answer comes from a process of its own, as a user starts it. The import of NumPy stands beside them, and the
seconds of computing, so that the figures of two machines, or of one that has other things to do, can be compared.
"""

import argparse
import os
import statistics
import subprocess
import sys

_RUN = ("local_runner.py", "run", "--set")
# What is asked, the command, and the seconds that the answer may take.
_QUESTIONS: tuple[tuple[str, tuple[str, ...], float | None], ...] = (
    ("import numpy, to compare", ("-c", "import numpy"), None),
    ("local_runner.py --help", ("local_runner.py", "--help"), 0.3),
    ("local_runner.py run --help", ("local_runner.py", "run", "--help"), 0.3),
    ("local_runner.py --version", ("local_runner.py", "--version"), 0.3),
    ("kubeflow_runner.py --help", ("kubeflow_runner.py", "--help"), 0.3),
    ("a wrong command", ("local_runner.py", "rnu"), 0.3),
    ("a config that is not there", ("local_runner.py", "run", "--config", "gone.yaml"), 1.0),
    ("an unknown key", (*_RUN, "trainr.epochs=5"), 1.0),
    ("a value of the wrong type", (*_RUN, "trainer.epochs=many"), 1.0),
    ("an unknown column", (*_RUN, "label.column=incom"), 1.0),
)


def main() -> int:
    """Runs the benchmark and prints a table; returns 1 if an answer took longer than it may."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.start", description=__doc__)
    parser.add_argument("--repeats", type=int, default=5, metavar="N", help="processes per question (default: 5)")
    options = parser.parse_args()
    late = 0
    for question, command, limit in _QUESTIONS:
        seconds, computing = zip(*(_seconds(command) for _ in range(options.repeats)), strict=True)
        median = statistics.median(seconds)
        within = "" if limit is None else f"at most {limit:.1f}" + ("" if median <= limit else "  TOO SLOW")
        late += limit is not None and median > limit
        spread = f"({min(seconds):.2f} to {max(seconds):.2f}; computing {min(computing):.2f})"
        print(f"{question:<28}{median:>6.2f} s  {spread}  {within}".rstrip())
    return 1 if late else 0


def _seconds(command: tuple[str, ...]) -> tuple[float, float]:
    """Starts Python with a command, and returns the seconds until it has ended: on the clock, and of computing."""
    before = os.times()
    process = subprocess.run([sys.executable, *command], capture_output=True, check=False)
    after = os.times()
    if b"Traceback" in process.stderr:
        raise SystemExit(f"{' '.join(command)} ended with a traceback:\n{process.stderr.decode()}")
    computing = after.children_user + after.children_system - before.children_user - before.children_system
    return after.elapsed - before.elapsed, computing


if __name__ == "__main__":
    sys.exit(main())
