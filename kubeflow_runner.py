"""Compile the pipeline for Vertex AI or open-source Kubeflow, check the compiled file, and submit it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from pipeline import bootstrap

if TYPE_CHECKING:
    from pipeline.arguments import Runner

_CONFIG = "data/census_income/pipeline.yaml"
_STATUS = "exit status: 0 done; 2 bad config, bad file or refused; docs/kubeflow.md leads from a table to a run"


def _parser() -> Runner:
    from pipeline.arguments import Runner  # only now: bootstrap has found a Python that can read it

    parser = Runner("kubeflow_runner.py", __doc__, _STATUS)
    example = "--image registry/edge:1 --target vertex --pipeline-root gs://bucket/churn --output churn.json"
    compiled = parser.command("compile", _compile, "write the pipeline as Kubeflow reads it", f"compile {example}")
    compiled.add_argument("--image", required=True, metavar="IMAGE", help="the project's image: registry/name:tag")
    root = "folder of the artifacts: gs://bucket/…"
    compiled.add_argument("--pipeline-root", required=True, metavar="URI", help=root)
    targets = "Vertex AI, or open-source Kubeflow"
    compiled.add_argument("--target", required=True, choices=["vertex", "kfp"], help=targets)
    compiled.add_argument("--output", required=True, metavar="FILE", help=".json for vertex, .yaml for kfp")
    sends = "send a compiled file to the service that kubeflow: names"
    submit = parser.command("submit", _submit, sends, "submit churn.json --dry-run")
    submit.add_argument("file", metavar="FILE", help="what compile wrote")
    submit.add_argument("--parameter", action="append", default=[], metavar="NAME=VALUE", help="a runtime parameter")
    submit.add_argument("--dry-run", action="store_true", help="say what would be sent, and send nothing")
    for command in (compiled, submit):
        command.add_argument("--config", default=_CONFIG, metavar="YAML", help="the config (default: %(default)s)")
        setting = "a setting, as kubeflow.cpu=4"
        command.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help=setting)
    lint = parser.command("lint", _lint, "check what compiling does not: that the file can run", "lint churn.json")
    lint.add_argument("file", metavar="FILE", help="what compile wrote")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Parses the command line and runs the command; returns the exit status."""
    return _parser().run(arguments)


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
