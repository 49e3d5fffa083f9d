"""Runs configs with several seeds, and tabulates every point of their ladders beside scikit-learn's boosted trees.

A run is named, and may change settings of its config:

    python -m benchmarks.ladder --run tiny data/census_income/best.yaml distillation.units=[16,16] --seeds 3
"""

import argparse
import os
import platform
import shlex
import subprocess
import sys
import tempfile

from benchmarks.ladder import page, timing

_CONFIG = "data/census_income/pipeline.yaml"
_PAGE = os.path.join("docs", "ladder.md")
_BEGIN, _END = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"
_FIRST_SEED = 17
_REFUSED = 3


def main() -> int:
    """Runs the benchmark and prints the tables; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ladder", description=__doc__)
    told = "a name, a config, and settings as KEY=VALUE; may be given several times"
    parser.add_argument("--run", nargs="+", action="append", metavar="WORD", help=f"{told} (default: demo {_CONFIG})")
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="runs of each, by seed (default: 3)")
    parser.add_argument("--write", action="store_true", help=f"write the tables into {_PAGE}, too")
    options = parser.parse_args()
    asked = options.run or [["demo", _CONFIG]]
    if any(len(words) < 2 for words in asked):
        parser.error("--run needs a name and a config")
    runs: dict[str, list[page.SeedResult]] = {}
    commands = {}
    for name, config, *settings in asked:
        commands[name] = _command(config, settings)
        for number in range(options.seeds):
            runs.setdefault(name, []).append(_measure(config, [*settings, f"seed={_FIRST_SEED + number}"]))
            print(f"{name}, seed {_FIRST_SEED + number}: {runs[name][-1].shipped}", flush=True)
    text = page.page(runs, commands, f"{os.cpu_count()} cores, Python {platform.python_version()}")
    print(text)
    if options.write:
        _write(text)
    return 0


def _command(config: str, settings: list[str]) -> str:
    sets = "".join(f" --set {shlex.quote(setting)}" for setting in settings)
    return f"local_runner.py run --config {config}{sets}"


def _measure(config: str, settings: list[str]) -> page.SeedResult:
    with tempfile.TemporaryDirectory() as output:
        command = [sys.executable, "local_runner.py", "run", "--config", config, "--output", output]
        command += [word for setting in settings for word in ("--set", setting)]
        status = subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode
        if status not in (0, _REFUSED):
            raise SystemExit(f"{shlex.join(command)} ended with status {status}")
        return timing.result(config, settings, output)


def _write(text: str) -> None:
    """Replaces what was measured in the page of the documentation."""
    with open(_PAGE, encoding="utf-8") as file:
        before, _, rest = file.read().partition(_BEGIN)
    with open(_PAGE, "w", encoding="utf-8") as file:
        file.write(before + _BEGIN + text + _END + rest.partition(_END)[2])


if __name__ == "__main__":
    sys.exit(main())
