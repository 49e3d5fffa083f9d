"""What differs between the engines that run the pipeline: everything else is one definition."""

import dataclasses
from collections.abc import Callable
from typing import Literal

from modules.base.settings import Data
from pipeline.wiring import staging

Backend = Literal["vertex", "kfp"]
# What a model is compared with: the model blessed before, by a strategy of our own, which LocalDagRunner runs; the
# model blessed last, by the one that Vertex AI knows; or the version pushed last, as open-source Kubeflow resolves
# nothing.
Baseline = Literal["blessed_before", "blessed_last", "pushed_last"]


@dataclasses.dataclass(frozen=True)
class Engine:
    """What the wiring has to know of an engine.

    Attributes:
        beam_args: Options of Beam.
        baseline: What a new model is compared with.
        place: Turns the section `data`, with paths of this machine, into one with paths that the steps can open; its
            second argument is the folder of the artifacts.
        shares_root: Whether every attempt at a step reads and writes the folder of the artifacts itself, whatever the
            engine calls the folders of a step.
    """

    beam_args: list[str]
    baseline: Baseline
    place: Callable[[Data, str], Data]
    shares_root: bool = False


def local_beam_args() -> list[str]:
    """Returns the options for running Beam in this process.

    The runner is named because a recent DirectRunner first tries to download another one; several processes were slower
    than one at 15,000 and at a million rows. No image is ever started: but where none is named, TFX packs its own
    source code for remote workers, anew in each step that uses Beam.
    """
    return [
        "--runner=apache_beam.runners.portability.fn_api_runner.FnApiRunner",
        "--direct_running_mode=in_memory",
        "--sdk_container_image=none",
    ]


def local() -> Engine:
    """Returns LocalDagRunner, in this process."""
    return Engine(local_beam_args(), "blessed_before", staging.staged)


def kubeflow(target: Backend, project_folder: str) -> Engine:
    """Returns Kubeflow, one container per step; Beam runs inside the step's container.

    Args:
        target: Vertex AI, or open-source Kubeflow Pipelines.
        project_folder: Where the image holds the project.
    """
    baseline: Baseline = "blessed_last" if target == "vertex" else "pushed_last"
    in_image = lambda data, root: staging.in_image(data, project_folder)  # noqa: E731
    return Engine(local_beam_args(), baseline, in_image, shares_root=target == "vertex")
