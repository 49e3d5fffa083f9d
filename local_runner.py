"""Draft a table's config, run the pipeline on this machine, look after its runs, or use and verify a pushed model."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from modules.base.version import NAME
from pipeline import bootstrap

if TYPE_CHECKING:
    from pipeline.arguments import Runner

_CONFIG = "data/census_income/pipeline.yaml"
_RUNS = ("run", "run --config data/churn/pipeline.yaml --set trainer.epochs=5 --set seed=3")
_STATUS = """exit status: 0 done, of run: pushed; 1 a step failed; 2 bad command line, config or data;
             3 ran, but not blessed; of verify: not what was pushed; 129 SIGHUP; 130 Ctrl-C; 131 SIGQUIT; 143 SIGTERM"""


def _parser() -> Runner:
    from pipeline.arguments import Runner  # only now: bootstrap has found a Python that can read it
    from pipeline.commands import asking, past, verification

    parser = Runner("local_runner.py", __doc__, _STATUS)
    init = parser.command("init", _init, "look at a table and draft its config and schema", "init churn.csv")
    init.add_argument("table", metavar="TABLE", help="a file, a folder or a pattern, as data.train takes it")
    init.add_argument("--label", metavar="COLUMN", help="what is to be predicted (default: a guess, which is said)")
    init.add_argument("--name", metavar="NAME", help="the pipeline's name (default: made from the table's)")
    run = parser.command("run", _run, "run the pipeline with LocalDagRunner", *_RUNS)
    run.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting, as trainer.epochs=5")
    past.add(parser)
    board = parser.command("tensorboard", _board, "show the training curves of the latest run", "tensorboard")
    board.add_argument("--port", type=int, help="where to serve (default: the first free port from 6006 on)")
    says, asked = "predict with a pushed model; needs no TensorFlow", "predict --model out/churn/pushed --input new.csv"
    predict = parser.command("predict", _predict, says, asked)
    predict.add_argument("--model", required=True, metavar="DIR", help="a pushed folder: model.tflite and model.json")
    predict.add_argument("--input", required=True, metavar="TABLE", help="rows with the raw columns")
    predict.add_argument("--output", metavar="CSV", help="where the predictions go (default: standard output)")
    predict.add_argument("--keep-formulas", action="store_true", help="classes such as =1+1 as they are, undefused")
    predict.add_argument("--no-verify", action="store_true", help="predict though the folder is not what was pushed")
    asking.add(parser)
    verification.add(parser)
    parser.completion(NAME)
    for command in (run, board):
        command.add_argument("--config", default=_CONFIG, metavar="YAML", help="the config (default: %(default)s)")
        command.add_argument("--output", metavar="DIR", help="folder of the run (default: out/<name of the config>)")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Parses the command line and runs the command; returns the exit status."""
    return _parser().run(arguments)


def _init(options: argparse.Namespace) -> str:
    from pipeline import terminal
    from pipeline.drafting import draft, report

    with terminal.progress_line():
        drafted = draft.draft(options.table, options.label, options.name)
    return report.report(*drafted)


def _run(options: argparse.Namespace) -> int:
    from pipeline import config

    settings = config.load(options.config, options.set)
    from pipeline.running import local  # only now: a wrong config is answered at once

    output = options.output or os.path.join("out", settings.name)
    return local.run(settings, output, bootstrap.run_command(options.config, output, options.set))


def _board(options: argparse.Namespace) -> None:
    from pipeline import config
    from pipeline.commands import tensorboard

    name = config.load(options.config).name
    tensorboard.show(options.output or os.path.join("out", name), name, options.port)


def _predict(options: argparse.Namespace) -> None:
    from pipeline.commands import prediction

    prediction.predict(options.model, options.input, options.output, options.keep_formulas, not options.no_verify)


if __name__ == "__main__":
    bootstrap.start(main)
