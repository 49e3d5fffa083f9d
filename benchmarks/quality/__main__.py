"""Measures the product on tables that packages carry, beside boosted trees and a linear model on the same splits.

Each table is split anew by each seed; `init` drafts its config, which stays as it is. The packages are fetched once,
into out/quality, which git ignores; there the results are kept as well, so that what was stopped can go on.
"""

import argparse
import os
import platform
import shutil
import sys
import tempfile

import numpy as np

from benchmarks.quality import comparing, kept, opponents, page, product, tables
from modules import tasks

_FOLDER = os.path.join("out", "quality")
_KEPT = os.path.join(_FOLDER, "results")
_PAGE = os.path.join("docs", "quality.md")
_BEGIN, _END = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"
_FIRST_SEED = 17


def main() -> int:
    """Runs the benchmark; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    known = [table.name for table in tables.TABLES]
    parser.add_argument("--tables", nargs="+", default=known, choices=known, metavar="NAME", help=", ".join(known))
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="splits of each table (default: 3)")
    parser.add_argument("--resume", action="store_true", help=f"take what was measured before from {_KEPT}")
    parser.add_argument("--kept", action="store_true", help="show what was measured before, and measure nothing")
    parser.add_argument("--write", action="store_true", help=f"write the tables into {_PAGE}, too")
    options = parser.parse_args()
    results: dict[str, list[page.SeedResult]] = {}
    for name in options.tables:
        for number in range(options.seeds):
            seed = _FIRST_SEED + number
            before = kept.read(_KEPT, name, seed) if options.resume or options.kept else None
            if before is None and options.kept:
                continue
            result = before or _result(tables.named(name), seed)
            results.setdefault(name, []).append(result)
            values = "  ".join(f"{value.value:.4f}" for value in result.values)
            shown = f"{result.shipped.bytes:,} bytes, {result.shipped.seconds:.0f} s"
            print(
                f"{name}, seed {seed}: {result.metric} {values}; {shown}; {page.steps(result)}",
                flush=True,
            )
    if not results:
        raise SystemExit(f"{_KEPT} holds nothing of these tables and seeds")
    about = {table.name: table.about for table in tables.TABLES}
    command = " ".join(["make bench-quality", *([f"ARGS='{' '.join(_arguments())}'"] if _arguments() else [])])
    text = page.page(results, about, command, f"{os.cpu_count()} cores, Python {platform.python_version()}")
    print(text)
    if options.write:
        _write(text)
    return 0


def _arguments() -> list[str]:
    return [argument for argument in sys.argv[1:] if argument not in ("--write", "--resume", "--kept")]


def _result(table: tables.QualityTable, seed: int) -> page.SeedResult:
    """Measures a table with a seed, and keeps the result."""
    result = _measure(table, seed)
    kept.write(_KEPT, table.name, seed, result)
    return result


def _measure(table: tables.QualityTable, seed: int) -> page.SeedResult:
    rows = table.read(_FOLDER)
    parts = dict(zip(("train", "test"), tables.split(rows, table, seed), strict=True))
    metric = comparing.METRICS[table.task]
    folder = tempfile.mkdtemp(prefix=f"{table.name}-{seed}-")
    try:
        for name, part in parts.items():
            part.to_csv(os.path.join(folder, f"{name}.csv"), index=False)
        shipped = product.run(folder, table.label, seed, metric)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if shipped.task != table.task:
        raise SystemExit(f"{table.name}: init drafted {shipped.task}, and this is {table.task}")
    seen = {name: part.drop(columns=shipped.left_out) for name, part in parts.items()}
    others = opponents.fit(seen["train"], seen["test"], table.label, shipped.classes, seed)
    truth = parts["test"][table.label]
    raw = np.array([str(value).encode() for value in truth], object) if shipped.classes else truth.to_numpy()
    labels = tasks.encode_labels(raw, table.task, shipped.classes)
    models = [shipped.predictions, *(other.predictions for other in others.values())]
    values, less = comparing.compare(table.task, labels, models)
    comparing.check(values[0].value, shipped.ladder[tasks.rung_name(shipped.form)])
    boosting = others["boosting"]
    return page.SeedResult(len(rows), metric, shipped, values, less[0], boosting.bytes, boosting.seconds)


def _write(text: str) -> None:
    """Replaces what was measured in the page of the documentation."""
    with open(_PAGE, encoding="utf-8") as file:
        before, _, rest = file.read().partition(_BEGIN)
    with open(_PAGE, "w", encoding="utf-8") as file:
        file.write(before + _BEGIN + text + _END + rest.partition(_END)[2])


if __name__ == "__main__":
    sys.exit(main())
