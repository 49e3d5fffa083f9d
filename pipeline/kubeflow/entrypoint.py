"""The command of every step's container: repairs what the backend sends, and calls TFX's own entry point.

    python -m pipeline.kubeflow.entrypoint --executor_class_path … --json_serialized_invocation_args … [Beam's options]

What is beyond TFX's own arguments is added by `compile.py`: `--launcher_root`, on open-source Kubeflow the folder that
the launcher's copies are in, and `--embedded`, a file that came along, by its name and its content.
"""

import argparse
import json
import os
import sys
import tempfile
from typing import Any

from modules.base import writing
from modules.base.compat import fix_batch_sizes, prepare_environment, set_dill_log_level_once
from modules.base.errors import UserError
from pipeline.kubeflow import repair
from pipeline.stopping import leave
from pipeline.wiring import embedded


def main(arguments: list[str]) -> int:
    """Runs one step; returns the exit status: 0, or 1 where the step refused its input and said why."""
    prepare_environment()
    parser = argparse.ArgumentParser(prog="pipeline.kubeflow.entrypoint", description=__doc__)
    parser.add_argument("--executor_class_path", required=True)
    parser.add_argument("--json_serialized_invocation_args", required=True)
    parser.add_argument("--json_serialized_inputs_spec_args", default="{}")
    parser.add_argument("--launcher_root")
    parser.add_argument("--embedded", nargs=2, action="append", default=[])
    options, beam_args = parser.parse_known_args(arguments)

    from components import artifacts
    from components.pushed_baseline.executor import ABSENT

    sent = options.json_serialized_invocation_args
    for name, packed in options.embedded:
        sent = sent.replace(name, embedded.unpack(name, packed, tempfile.mkdtemp()))
    executor_input = json.loads(sent)
    executor_input = repair.typed(executor_input, json.loads(options.json_serialized_inputs_spec_args))
    executor_input = repair.without(executor_input, ABSENT)
    origin: dict[str, str] = {}
    if options.launcher_root:
        executor_input, origin = repair.copies(executor_input, options.launcher_root, artifacts.ORIGIN)
        for path in repair.output_uris(executor_input):
            os.makedirs(path, exist_ok=True)
    options.json_serialized_invocation_args = json.dumps(executor_input)
    try:
        _run(options, beam_args)
    except UserError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the log of the step's container
        return 1
    if origin:
        _publish(executor_input["outputs"]["outputFile"], origin)
    return 0


def own_types() -> dict[str, str]:
    """Returns the classes of this project's artifact types, as dotted names, by the titles that Kubeflow knows."""
    from tfx.types.artifact import Artifact

    from components import artifacts

    def is_ours(kind: Any) -> bool:
        return isinstance(kind, type) and issubclass(kind, Artifact) and kind is not Artifact

    kinds: dict[str, Any] = {name: kind for name, kind in vars(artifacts).items() if is_ours(kind)}
    return {kind.TYPE_NAME: f"{artifacts.__name__}.{name}" for name, kind in kinds.items()}


def _run(options: argparse.Namespace, beam_args: list[str]) -> None:
    from absl import logging
    from tfx.orchestration.kubeflow.v2 import compiler_utils
    from tfx.orchestration.kubeflow.v2.container import kubeflow_v2_run_executor

    # A title that TFX does not know it takes for a class's dotted name, and Kubeflow's titles have two parts only.
    compiler_utils.TITLE_TO_CLASS_PATH.update(own_types())
    fix_batch_sizes()
    set_dill_log_level_once()
    logging.use_absl_handler()
    kubeflow_v2_run_executor.main((options, beam_args))


def _publish(path: str, origin: dict[str, str]) -> None:
    """Rewrites what the step says of its outputs, for the launcher to read."""
    with open(path, encoding="utf-8") as file:
        executor_output = json.load(file)
    with writing.whole(path) as file:
        json.dump(repair.published(executor_output, origin), file)


if __name__ == "__main__":
    leave(main(sys.argv[1:]))
