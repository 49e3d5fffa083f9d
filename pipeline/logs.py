"""Where the logs of runs lie in an output folder; the name of each is the time at which its run began."""

import datetime
import os

_FOLDER, _STAMP = "logs", "%Y%m%d-%H%M%S"


def path(output: str, started: datetime.datetime) -> str:
    """Returns where the log of a run lies.

    Args:
        output: The output folder.
        started: When the run began, in local time.
    """
    return os.path.join(output, _FOLDER, f"{started:{_STAMP}}.log")


def of_run(output: str, finished: datetime.datetime) -> str | None:
    """Returns the log of the run that ended at a time, as one run at a time writes to a folder; None if it is gone."""
    last = os.path.basename(path(output, finished))
    folder = os.path.join(output, _FOLDER)
    begun = [name for name in os.listdir(folder) if name <= last] if os.path.isdir(folder) else []
    return os.path.join(folder, max(begun)) if begun else None
