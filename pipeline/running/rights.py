"""Whether a run may write to every part of its output folder: told before it starts, and not after an hour."""

import glob
import os

from modules.base.errors import UserError
from pipeline.lineage import METADATA_FILE
from pipeline.moving import ARTIFACTS, PUSHED

# The folders and files of an output folder that a run writes to, as far as they are there.
_FOLDERS = ("", "logs", ARTIFACTS, f"{ARTIFACTS}/*", f"{ARTIFACTS}/*/*", PUSHED, "reports", "reports/*", "report")
_FILES = (METADATA_FILE, ".running")


def check_rights(output: str) -> None:
    """Checks that the parts of an output folder can be written to.

    Args:
        output: The folder; it need not be there.

    Raises:
        UserError: One of them cannot, or is a file where a folder is needed; it is named.
    """
    fix = "Change its permissions, or give another --output"
    for pattern in _FOLDERS:
        for path in sorted(glob.glob(os.path.join(glob.escape(output), pattern))):
            if not os.path.isdir(path) and not pattern.endswith("*"):
                raise UserError(path, "is a file, and a run needs a folder there", "Move it, or give another --output")
            if os.path.isdir(path) and not os.access(path, os.R_OK | os.W_OK | os.X_OK):
                raise UserError(path, "cannot be written to, and a run needs to (Permission denied)", fix)
    for path in (os.path.join(output, name) for name in _FILES):
        if os.path.exists(path) and not os.access(path, os.R_OK | os.W_OK):
            raise UserError(path, "cannot be written to, and a run needs to (Permission denied)", fix)
