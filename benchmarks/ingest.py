"""Measures TableExampleGen against TFX's CsvExampleGen: rows a second on the same file, and peak memory.

Each is a pipeline of one component under LocalDagRunner, in a process of its own. The file repeats UCI Adult's training
rows; a number that is drawn anew for every row makes them differ.
"""

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from typing import Any

_TABLE = "data/census_income/adult_train.csv"
_VARIED = "fnlwgt"
_LABEL = {"column": "income", "positive_class": ">50K"}
_SEED = 17
_OURS, _THEIRS = "TableExampleGen", "CsvExampleGen"


def main() -> int:
    """Runs the benchmark and prints a table; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ingest", description=__doc__)
    parser.add_argument("--rows", type=int, default=500_000, metavar="N", help="rows of the file (default: 500,000)")
    parser.add_argument("--worker", choices=(_OURS, _THEIRS), help=argparse.SUPPRESS)
    parser.add_argument("--directory", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.rows < 10:
        parser.error(f"argument --rows: {options.rows} is less than 10")
    if options.worker:
        _work(options.worker, options.directory)
        return 0
    few = options.rows // 10
    with tempfile.TemporaryDirectory() as directory:
        folders = {rows: os.path.join(directory, str(rows)) for rows in (few, options.rows)}
        for rows, folder in folders.items():
            _write_table(os.path.join(folder, "table", "table.csv"), rows)
        size = os.path.getsize(os.path.join(folders[options.rows], "table", "table.csv"))
        print(f"{options.rows:,} rows, {size / 1e6:.0f} MB of CSV, {os.cpu_count()} cores")
        print(f"{'':<16}{'rows':>10}{'seconds':>9}{'rows/s':>10}{'imports':>9}{'rows/s with them':>18}{'peak MB':>9}")
        measured = [_measure(_OURS, folders[few]), _measure(_OURS, folders[options.rows])]
        measured.append(_measure(_THEIRS, folders[options.rows]))
    ours, theirs = measured[1:]
    if (ours["rows"], theirs["rows"]) != (options.rows, options.rows):
        raise SystemExit(f"examples written: {ours['rows']:,} and {theirs['rows']:,}, of {options.rows:,} rows")
    without, imports = theirs["seconds"] / ours["seconds"], theirs["imports"] + theirs["seconds"]
    with_them = imports / (ours["imports"] + ours["seconds"])
    print(f"{_OURS} is {without:.1f} times as fast; {with_them:.1f} with the imports")
    growth = ours["megabytes"] / measured[0]["megabytes"]
    print(f"its peak memory at {options.rows:,} rows is {growth:.2f} of that at {few:,}")
    return 0


def _write_table(path: str, rows: int) -> None:
    generator = random.Random(_SEED)
    with open(_TABLE, encoding="utf-8", newline="") as file:
        header, *body = csv.reader(file)
    varied = header.index(_VARIED)
    os.makedirs(os.path.dirname(path))
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for number in range(rows):
            row = list(body[number % len(body)])
            row[varied] = str(int(row[varied]) + generator.randrange(10**6))
            writer.writerow(row)


def _measure(component: str, folder: str) -> dict[str, Any]:
    """Runs a component in a new process and prints a line; returns what the process measured."""
    command = [sys.executable, "-m", "benchmarks.ingest", "--worker", component, "--directory", folder]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    if process.returncode:
        raise SystemExit(f"{component} failed:\n{process.stderr}")
    measured = json.loads(process.stdout.splitlines()[-1])
    rows, seconds, imports = measured["rows"], measured["seconds"], measured["imports"]
    print(
        f"{component:<16}{rows:>10,}{seconds:>9.2f}{rows / seconds:>10,.0f}{imports:>9.2f}"
        f"{rows / (seconds + imports):>18,.0f}{measured['megabytes']:>9.0f}",
        flush=True,
    )
    return measured


def _work(component: str, folder: str) -> None:
    """Runs a component over the table of a folder; prints seconds, peak memory and the number of examples as JSON."""
    import resource

    from modules.base.compat import prepare_environment

    started = time.monotonic()
    prepare_environment()
    from tfx.orchestration.local.local_dag_runner import LocalDagRunner
    from tfx.orchestration.metadata import sqlite_metadata_connection_config
    from tfx.orchestration.pipeline import Pipeline

    make = _table_example_gen if component == _OURS else _csv_example_gen
    build = make(os.path.join(folder, "table"))
    imported = time.monotonic()
    from pipeline.wiring.engines import local_beam_args

    pipeline = Pipeline(
        pipeline_name="ingest",
        pipeline_root=os.path.join(folder, component),
        components=[build()],
        metadata_connection_config=sqlite_metadata_connection_config(os.path.join(folder, f"{component}.sqlite")),
        beam_pipeline_args=local_beam_args(),
    )
    LocalDagRunner().run(pipeline)
    measured = {
        "imports": imported - started,
        "seconds": time.monotonic() - imported,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "rows": _examples(os.path.join(folder, component)),
    }
    print(json.dumps(measured))


def _table_example_gen(table: str) -> Any:
    """Imports the component; returns what makes it, digest of the data included, as pipeline.py does."""
    from components.table_example_gen import executor  # noqa: F401
    from components.table_example_gen.component import TableExampleGen
    from modules.base.settings import PipelineSettings
    from modules.tables.content import data_digest
    from pipeline.wiring.digests import code_digest

    def build() -> TableExampleGen:
        data = {"train": os.path.join(table, "table.csv")}
        sections = {"name": "ingest", "data": data, "label": _LABEL, "evaluation": {"gates": {"auc": {"minimum": 0.5}}}}
        settings = PipelineSettings.model_validate(sections)
        return TableExampleGen(
            config=TableExampleGen.config_of(settings),
            fingerprint=data_digest(settings.data.train, settings.data.test),
            code=code_digest("components.table_example_gen.executor"),
        )

    return build


def _csv_example_gen(table: str) -> Any:
    from tfx.components.example_gen.csv_example_gen.component import CsvExampleGen

    return lambda: CsvExampleGen(input_base=table)


def _examples(root: str) -> int:
    import tensorflow as tf

    from modules.contracts import examples

    files = tf.io.gfile.glob(os.path.join(examples.split_folder(os.path.join(root, "*", "examples", "*"), "*"), "*.gz"))
    batches = tf.data.TFRecordDataset(files, "GZIP").batch(4_096)
    return sum(len(batch) for batch in batches.as_numpy_iterator())


if __name__ == "__main__":
    sys.exit(main())
