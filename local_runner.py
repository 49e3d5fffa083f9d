"""Draft a table's config, run the pipeline on this machine, look at its runs, or ask a pushed model for predictions."""

from __future__ import annotations

import argparse
import os

from modules.base.version import NAME, VERSION
from pipeline import bootstrap

_CONFIG = "data/census_income/pipeline.yaml"
_STATUS = "exit status of run: 0 pushed; 1 a step failed; 2 bad config or data; 3 ran, but not blessed; 130 Ctrl-C"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="local_runner.py", description=__doc__, epilog=_STATUS)
    parser.add_argument("--version", action="version", version=f"{NAME} {VERSION}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    init = commands.add_parser("init", help="look at a table and draft data/<name>/pipeline.yaml and schema.pbtxt")
    init.add_argument("table", metavar="TABLE", help="a file, a folder or a pattern, as data.train takes it")
    init.add_argument("--label", metavar="COLUMN", help="what is to be predicted (default: a guess, which is said)")
    init.add_argument("--name", metavar="NAME", help="the pipeline's name (default: made from the table's)")
    run = commands.add_parser("run", help="run the pipeline with LocalDagRunner")
    run.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting, as trainer.epochs=5")
    runs = commands.add_parser("runs", help="list all runs: when, verdict, data, code, metric, worst slice, size")
    report = commands.add_parser("report", help="write a run's report again, or two side by side")
    report.add_argument("named", nargs="?", metavar="RUN", help="a run as in `runs` (default: the latest verdict)")
    report.add_argument("--compare", nargs=2, metavar="RUN", help="two runs, as `runs` lists them")
    board = commands.add_parser("tensorboard", help="show the training curves of the latest run, on this machine alone")
    board.add_argument("--port", type=int, help="where to serve (default: the first free port from 6006 on)")
    predict = commands.add_parser("predict", help="predict with a pushed model; needs no TensorFlow")
    predict.add_argument("--model", required=True, metavar="DIR", help="a pushed folder: model.tflite and model.json")
    predict.add_argument("--input", required=True, metavar="CSV", help="rows with the raw columns")
    predict.add_argument("--output", metavar="CSV", help="where the predictions go (default: standard output)")
    calls = {init: _init, run: _run, runs: _runs, report: _report, board: _board, predict: _predict}
    for command, call in calls.items():
        command.set_defaults(call=call)
    for command in (run, board):
        command.add_argument("--config", default=_CONFIG, metavar="YAML", help="the config (default: %(default)s)")
        command.add_argument("--output", metavar="DIR", help="folder of the run (default: out/<name of the config>)")
    for command in (runs, report):
        command.add_argument("--output", default="out", metavar="DIR", help="folder of outputs (default: %(default)s)")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Parses the command line and runs the command; returns the exit status."""
    from pipeline import terminal

    options = _parser().parse_args(arguments)
    return terminal.status(lambda: options.call(options))


def _init(options: argparse.Namespace) -> None:
    from pipeline.drafting import draft, report

    print(report.report(*draft.draft(options.table, options.label, options.name)))


def _run(options: argparse.Namespace) -> int:
    from pipeline import config

    settings = config.load(options.config, options.set)
    from pipeline.running import local  # only now: a wrong config is answered at once

    output = options.output or os.path.join("out", settings.name)
    return local.run(settings, output, bootstrap.run_command(options.config, output, options.set))


def _runs(options: argparse.Namespace) -> None:
    from pipeline.commands import history

    print(history.table(history.past_runs(options.output)))


def _report(options: argparse.Namespace) -> None:
    from pipeline.commands import rendering

    print("Report:", rendering.report(options.output, options.named, options.compare))


def _board(options: argparse.Namespace) -> None:
    from pipeline import config
    from pipeline.commands import tensorboard

    name = config.load(options.config).name
    tensorboard.show(options.output or os.path.join("out", name), name, options.port)


def _predict(options: argparse.Namespace) -> None:
    from pipeline.commands import prediction

    prediction.predict(options.model, options.input, options.output)


if __name__ == "__main__":
    bootstrap.start(main)
