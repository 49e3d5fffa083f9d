"""Steps that begin with empty folders.

ML Metadata numbers executions, and TFX calls the folders of a step's results by that number. Where the store was moved
away, lost, or brought back from a copy, numbers are given a second time: the folders of the first time are there, and
what they hold would become a part of the new results.
"""

import contextlib
import os
import uuid
from collections.abc import Iterator
from typing import Any

from tfx.orchestration.portable import outputs_utils

from pipeline.moving import EARLIER

_SCRATCH = os.path.join(".system", "executor_execution")


@contextlib.contextmanager
def fresh_folders() -> Iterator[None]:
    """Renames what lies where a step is going to write, on this machine. TFX itself has no place for that."""
    stock = outputs_utils.OutputsResolver.generate_output_artifacts

    def fresh(self: Any, execution_id: int) -> Any:
        made = stock(self, execution_id)
        for artifacts in made.values():
            for artifact in artifacts:
                step = os.path.dirname(os.path.dirname(artifact.uri))
                _set_aside(artifact.uri)
                _set_aside(os.path.join(step, _SCRATCH, str(execution_id)))
        return made

    outputs_utils.OutputsResolver.generate_output_artifacts = fresh
    try:
        yield
    finally:
        outputs_utils.OutputsResolver.generate_output_artifacts = stock


def _set_aside(folder: str) -> None:
    if "://" not in folder and os.path.isdir(folder):
        os.rename(folder, f"{folder}{EARLIER}{uuid.uuid4().hex[:8]}")
