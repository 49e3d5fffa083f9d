"""Jupyter as a user has it who never started it before: its command line and its server."""

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.e2e.runs import ROOT


def fresh_home(folder: Path) -> dict[str, str]:
    """Returns the environment of a user who never started Jupyter before."""
    places = {name: str(folder / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")}
    # Jupyter looks for its commands on the PATH, where another Python's may come first.
    path = f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, **places, "HOME": str(folder), "IPYTHONDIR": str(folder / "ipython"), "PATH": path}


def jupyter(home: dict[str, str], *command: str, cwd: Path = ROOT, **environment: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "jupyter", *command],
        cwd=cwd,
        env=home | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr


class Server:
    """A Jupyter server on this machine."""

    def __init__(self, home: dict[str, str], folder: Path):
        self._token = secrets.token_hex(16)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._root = f"http://127.0.0.1:{free.getsockname()[1]}"
        options = [f"--port={self._root.rpartition(':')[2]}", "--ip=127.0.0.1", "--no-browser", "--allow-root"]
        settings = [f"--IdentityProvider.token={self._token}", f"--ServerApp.root_dir={folder}"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jupyter", "lab", *options, *settings],
            env=home,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(300):
            try:
                urllib.request.urlopen(self.address("api"), timeout=5).close()
                return
            except urllib.error.URLError:
                assert self.process.poll() is None, "Jupyter ended"
                time.sleep(0.2)
        self.process.kill()
        raise AssertionError("Jupyter does not answer")

    def address(self, path: str) -> str:
        return f"{self._root}/{path}?token={self._token}"
