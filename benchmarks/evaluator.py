"""Measures the Evaluator against TFX's stock one on the test rows of an earlier run: time, and the ratio.

Each runs in a process of its own, imports not counted. With --times the test rows are read that many times over.
"""

import argparse
import glob
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from typing import Any

_OURS, _STOCK = "Evaluator", "stock Evaluator"


def main() -> int:
    """Runs the benchmark and prints a table; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.evaluator", description=__doc__)
    parser.add_argument("--config", default="data/census_income/pipeline.yaml", help="the pipeline.yaml of the run")
    parser.add_argument("--output", default="out/census_income", help="its output folder")
    parser.add_argument("--times", type=int, default=1, metavar="N", help="repeat the test rows N times (default: 1)")
    parser.add_argument(
        "--slices", metavar="JSON", help='other slices than the config\'s, such as \'[["age", "sex"]]\''
    )
    parser.add_argument("--only-ours", action="store_true", help="leave out the stock Evaluator, which is slow")
    parser.add_argument("--worker", choices=(_OURS, _STOCK), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.times < 1:
        parser.error(f"argument --times: {options.times} is less than 1")
    if not glob.glob(os.path.join(options.output, "artifacts", "Selector", "model", "*")):
        parser.error(f"argument --output: {options.output} holds no run with a quantized model. Run the pipeline first")
    if options.worker:
        _work(options)
        return 0
    print(f"{'':<16}{'rows':>10}{'slices':>8}{'seconds':>9}{'CPU s':>9}{'ms/row':>8}{'peak MB':>9}")
    ours = _measure(_OURS)
    if not options.only_ours:
        stock = _measure(_STOCK)
        print(
            f"{_OURS} takes 1/{stock['seconds'] / ours['seconds']:.1f} of the time "
            f"and 1/{stock['cpu'] / ours['cpu']:.1f} of the CPU time"
        )
    return 0


def _measure(worker: str) -> dict[str, Any]:
    """Runs one of the two in a new process and prints a line; returns what the process measured."""
    command = [sys.executable, "-m", "benchmarks.evaluator", *sys.argv[1:], "--worker", worker]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    if process.returncode:
        raise SystemExit(f"{worker} failed:\n{process.stderr}")
    measured = json.loads(process.stdout.splitlines()[-1])
    print(
        f"{worker:<16}{measured['rows']:>10,}{measured['slices']:>8,}{measured['seconds']:>9.2f}{measured['cpu']:>9.2f}"
        f"{1_000 * measured['seconds'] / measured['rows']:>8.3f}{measured['megabytes']:>9.0f}",
        flush=True,
    )
    return measured


def _work(options: argparse.Namespace) -> None:
    """Runs one of the two over a run's test rows; prints what it took as JSON."""
    from modules.base.compat import prepare_environment

    prepare_environment()
    from pipeline import config
    from pipeline.wiring import evaluation

    settings = config.load(options.config, [f"evaluation.slices={options.slices}"] if options.slices else [])
    eval_config = evaluation.eval_config(settings.evaluation, settings.label)
    evaluate = ours if options.worker == _OURS else stock
    with tempfile.TemporaryDirectory() as folder:
        inputs = _inputs(os.path.join(options.output, "artifacts"), os.path.join(folder, "examples"), options.times)
        outputs = new_outputs(folder)
        import tfx.components.evaluator.executor  # noqa: F401 - both before the clock starts

        before, started, cpu_started = _peak(), time.monotonic(), time.process_time()
        evaluate(inputs, outputs, eval_config, folder)
        seconds, cpu = time.monotonic() - started, time.process_time() - cpu_started
        import tensorflow_model_analysis as tfma

        results = list(tfma.load_metrics(outputs["evaluation"][0].uri))
    (overall,) = [metrics for metrics in results if not metrics.slice_key.single_slice_keys]
    (count,) = [
        entry.value.double_value.value for entry in overall.metric_keys_and_values if entry.key.name == "example_count"
    ]
    measured = {
        "seconds": seconds,
        "cpu": cpu,
        "rows": int(count),
        "slices": len(results),
        "megabytes": _peak() - before,
    }
    print(json.dumps(measured))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _inputs(artifacts: str, folder: str, times: int) -> dict[str, list[Any]]:
    from tfx.types import artifact_utils, standard_artifacts

    (examples,) = _artifact(standard_artifacts.Examples, artifacts, "TableExampleGen/examples")
    os.makedirs(os.path.join(folder, "Split-test"))
    for path in glob.glob(os.path.join(examples.uri, "Split-test", "*")):
        for number in range(times):
            shutil.copy(path, os.path.join(folder, "Split-test", f"{number:04}_{os.path.basename(path)}"))
    examples.uri, examples.split_names = folder, artifact_utils.encode_split_names(["test"])
    return {
        "examples": [examples],
        "schema": _artifact(standard_artifacts.Schema, artifacts, "SchemaCurator/curated_schema"),
        "model": _artifact(standard_artifacts.Model, artifacts, "Selector/model"),
    }


def _artifact(kind: Any, artifacts: str, output: str) -> list[Any]:
    artifact = kind()
    artifact.uri = max(glob.glob(os.path.join(artifacts, output, "*")), key=lambda path: int(os.path.basename(path)))
    return [artifact]


def new_outputs(folder: str) -> dict[str, list[Any]]:
    """Returns empty output artifacts of an Evaluator in a folder."""
    from tfx.types import standard_artifacts

    outputs = {}
    for key, kind in (
        ("evaluation", standard_artifacts.ModelEvaluation),
        ("blessing", standard_artifacts.ModelBlessing),
    ):
        artifact = kind()
        artifact.uri = os.path.join(folder, key)
        os.makedirs(artifact.uri)
        outputs[key] = [artifact]
    return outputs


def ours(inputs: dict, outputs: dict, eval_config: Any, _: str) -> None:
    """Runs the pipeline's Evaluator on input and output artifacts."""
    from google.protobuf import json_format

    from components.evaluator import executor

    parameters = {"eval_config": json_format.MessageToJson(eval_config)}
    executor.Executor().Do(inputs, outputs, parameters)


def stock(inputs: dict, outputs: dict, eval_config: Any, folder: str) -> None:
    """Runs TFX's Evaluator on the same; the folder is for what is temporary.

    It predicts with LiteRT's reference kernels.
    """
    from google.protobuf import json_format
    from tfx.components.evaluator import executor

    from pipeline.wiring.engines import local_beam_args

    parameters = {
        "eval_config": json_format.MessageToJson(eval_config),
        "example_splits": json.dumps(["test"]),
        "module_path": "benchmarks.stock_extractors",
    }
    context = executor.Executor.Context(beam_pipeline_args=local_beam_args(), tmp_dir=folder, unique_id="benchmark")
    executor.Executor(context).Do(inputs, outputs, parameters)


if __name__ == "__main__":
    sys.exit(main())
