"""The command `verify`: whether a pushed folder is what was pushed. TensorFlow is not imported."""

import argparse
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.arguments import Runner

_REFUSED = 3


def add(parser: "Runner") -> None:
    """Adds the command to a runner."""
    says, asked = "check that a pushed folder is what was pushed", "verify out/census_income/pushed"
    verify = parser.command("verify", _verify, says, asked)
    verify.add_argument(
        "folder", metavar="DIR", help="a pushed version, or the folder of all, of which the latest counts"
    )


def _verify(options: argparse.Namespace) -> int:
    from pipeline import terminal

    status, said = verdict(options.folder)
    (terminal.complain if status else terminal.say)(said)
    return status


def verdict(given: str) -> tuple[int, str]:
    """Verifies a pushed version.

    Args:
        given: The version's folder, or the folder of all versions, of which the latest is taken.

    Returns:
        The exit status, and what is to be said.

    Raises:
        UserError: If it is no folder.
    """
    from modules.base.errors import UserError
    from modules.tflite import opening, verifying

    if not os.path.isdir(given):
        raise UserError(given, "is not a folder", opening.WHICH_FOLDER)
    folder = opening.version_in(given)
    problem = verifying.problem_of(folder)
    if problem:
        return _REFUSED, f"{folder}: {problem}."
    return 0, f"{folder}: every file is the one that was pushed, and the model answers as it did."
