"""A runner's command line in a process of its own: what it says, how it ends, and what it imports on the way."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
HEAVY = (
    "tensorflow",
    "tfx",
    "apache_beam",
    "tf_keras",
    "keras",
    "absl",
    "pandas",
    "sklearn",
    "kfp",
    "google.cloud.aiplatform",
)

# Runs the command line, and when it ends writes to a file what has been imported.
_WATCHED = """
import atexit, importlib, sys
from pipeline.stopping import leave
runner, path = sys.argv[1:3]
atexit.register(lambda: open(path, "w").write(" ".join(sys.modules)))
leave(importlib.import_module(runner).main(sys.argv[3:]))
"""


class Done:
    """A command line that has ended.

    Args:
        runner: `local_runner` or `kubeflow_runner`.
        folder: For notes.
        arguments: The command line.
        cwd: Where it runs.
    """

    def __init__(self, runner: str, folder: Path, *arguments: str, cwd: Path = ROOT) -> None:
        modules = folder / "modules.txt"
        process = subprocess.run(
            [sys.executable, "-c", _WATCHED, runner, str(modules), *arguments],
            cwd=cwd,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        self.status, self.out, self.err = process.returncode, process.stdout, process.stderr
        assert "Traceback" not in self.err
        self.imported = set(modules.read_text().split())

    def heavy(self) -> list[str]:
        """Returns what has been imported that takes long."""
        return [name for name in HEAVY if name in self.imported]
