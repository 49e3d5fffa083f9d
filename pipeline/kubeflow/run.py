"""The commands of kubeflow_runner.py: what they read, write and say."""

import os
import tempfile
from collections.abc import Sequence

from modules.base.compat import prepare_environment
from modules.base.errors import UserError
from pipeline import config, terminal
from pipeline.kubeflow import document, lint, submit
from pipeline.wiring import engines

DONE, REFUSED = 0, 2


def compile_file(
    config_path: str, overrides: Sequence[str], image: str, root: str, target: engines.Backend, output: str
) -> int:
    """Compiles a config into a file, and checks the file."""
    settings = config.load(config_path, overrides)
    document.check_ending(target, output)
    if not lint.IMAGE.match(image):
        raise UserError(f"--image {image}", "is no name that an image is pulled by", "Give REGISTRY/NAME:TAG")
    prepare_environment()
    from pipeline.kubeflow import compile as compiler

    with tempfile.TemporaryDirectory() as folder, terminal.quiet(os.path.join(folder, "log")):
        compiled = compiler.compile_pipeline(settings, image, root, target)
    document.write(compiled, output)
    return lint_file(output)


def lint_file(path: str) -> int:
    """Checks a compiled file, and says what it found."""
    compiled = document.read(path)
    document.check_ending(compiled.target, path, "")
    findings = lint.lint(compiled)
    for finding in lint.merged(findings):
        terminal.complain(f"{path}: {finding}")
    if not findings:
        terminal.say(f"{path}: {len(compiled.tasks)} tasks for {compiled.target}, nothing stands in the way of a run")
    return REFUSED if findings else DONE


def submit_file(path: str, config_path: str, overrides: Sequence[str], parameters: Sequence[str], dry_run: bool) -> int:
    """Checks a compiled file and sends it, or says what it would send."""
    settings = config.load(config_path, overrides).kubeflow
    compiled = document.read(path)
    document.check_ending(compiled.target, path, "")
    findings = lint.lint(compiled)
    if findings:
        return lint_file(path)
    submission = submit.plan(compiled, settings, submit.parameters(compiled, parameters))
    if dry_run:
        terminal.say(submit.describe(compiled, settings, submission) + "\nNothing was sent.")
        return DONE
    with tempfile.TemporaryDirectory() as folder, terminal.quiet(os.path.join(folder, "log")):
        said = submit.send(compiled, path, settings, submission)
    terminal.say(said)
    return DONE
