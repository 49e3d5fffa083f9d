"""The package: its name, its version, and what goes into it. Remote Beam workers install it.

It names no dependencies. A worker runs in the project's image, which holds the locked ones of requirements/,
and pip could not resolve them: TFX 1.16 declares Python < 3.11, its bounds need requirements/overrides.txt.
"""

import pathlib
import re

from setuptools import find_packages, setup

# Read, and not imported: pip builds the package in an environment that has nothing but setuptools.
_VERSION = (pathlib.Path(__file__).parent / "modules" / "base" / "version.py").read_text(encoding="utf-8")
_SAID = dict(re.findall(r'^([A-Z]+) = "(.+)"$', _VERSION, re.MULTILINE))

setup(
    name=_SAID["NAME"],
    version=_SAID["VERSION"],
    description="From a table to a small, audited, explained on-device model, with TFX.",
    license="Apache-2.0",
    python_requires=">=3.11,<3.12",
    # What local_runner.py does, under the name of the package: in the environment of `make setup`, from any folder.
    entry_points={"console_scripts": [f"{_SAID['NAME']} = pipeline.bootstrap:console"]},
    packages=find_packages(include=["pipeline", "pipeline.*", "components", "components.*", "modules", "modules.*"]),
    # Templates and the like, in folders without code too.
    package_data={"": ["**"]},
    exclude_package_data={"": ["**/__pycache__/*", "__pycache__/*"]},
)
