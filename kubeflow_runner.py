"""Compile the pipeline for Vertex AI or open-source Kubeflow, check the compiled file, and submit it."""

from __future__ import annotations

import argparse

from modules.base.version import NAME, VERSION
from pipeline import bootstrap

_CONFIG = "data/census_income/pipeline.yaml"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kubeflow_runner.py",
        description=__doc__,
        epilog="exit status: 0 done; 2 bad config, bad file or refused; docs/kubeflow.md leads from a table to a run",
    )
    parser.add_argument("--version", action="version", version=f"{NAME} {VERSION}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    compiled = commands.add_parser("compile", help="write the pipeline as Kubeflow reads it")
    compiled.add_argument(
        "--image", required=True, metavar="IMAGE", help="the project's image, as in registry/name:tag"
    )
    compiled.add_argument(
        "--pipeline-root", required=True, metavar="URI", help="folder of the artifacts: gs://bucket/…"
    )
    compiled.add_argument(
        "--target", required=True, choices=["vertex", "kfp"], help="Vertex AI, or open-source Kubeflow"
    )
    compiled.add_argument("--output", required=True, metavar="FILE", help=".json for vertex, .yaml for kfp")
    submit = commands.add_parser("submit", help="send a compiled file to the service that kubeflow: names")
    submit.add_argument("file", metavar="FILE", help="what compile wrote")
    submit.add_argument("--parameter", action="append", default=[], metavar="NAME=VALUE", help="a runtime parameter")
    submit.add_argument("--dry-run", action="store_true", help="say what would be sent, and send nothing")
    for command in (compiled, submit):
        command.add_argument("--config", default=_CONFIG, metavar="YAML", help="the config (default: %(default)s)")
        command.add_argument(
            "--set", action="append", default=[], metavar="KEY=VALUE", help="override a setting, as in kubeflow.cpu=4"
        )
    lint = commands.add_parser("lint", help="check what compiling does not: that the file can run")
    lint.add_argument("file", metavar="FILE", help="what compile wrote")
    for command, call in {compiled: _compile, submit: _submit, lint: _lint}.items():
        command.set_defaults(call=call)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Parses the command line and runs the command; returns the exit status."""
    options = _parser().parse_args(arguments)
    from pipeline import terminal

    return terminal.status(lambda: options.call(options))


def _compile(options: argparse.Namespace) -> int:
    from pipeline.kubeflow import run

    return run.compile_file(
        options.config, options.set, options.image, options.pipeline_root, options.target, options.output
    )


def _submit(options: argparse.Namespace) -> int:
    from pipeline.kubeflow import run

    return run.submit_file(options.file, options.config, options.set, options.parameter, options.dry_run)


def _lint(options: argparse.Namespace) -> int:
    from pipeline.kubeflow import run

    return run.lint_file(options.file)


if __name__ == "__main__":
    bootstrap.start(main)
