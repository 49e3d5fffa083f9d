"""The package: its name, its version, and what goes into it. Remote Beam workers install it.

It names no dependencies. A worker runs in the project's image, which holds the locked ones of requirements/,
and pip could not resolve them: TFX 1.16 declares Python < 3.11, its bounds need requirements/overrides.txt.
"""

from setuptools import find_packages, setup

setup(
    name="tfx-tabular-edge",
    version="0.1.0",
    description="From a table to a small, audited, explained on-device model, with TFX.",
    license="Apache-2.0",
    python_requires=">=3.11,<3.12",
    packages=find_packages(include=["pipeline", "pipeline.*", "components", "components.*", "modules", "modules.*"]),
    # Templates and the like, in folders without code too.
    package_data={"": ["**"]},
    exclude_package_data={"": ["**/__pycache__/*", "__pycache__/*"]},
)
