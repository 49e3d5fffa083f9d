"""LocalDagRunner, which tells when each step begins and when it has ended."""

import datetime
import time
from collections.abc import Callable
from typing import Any

from ml_metadata.proto import metadata_store_pb2
from tfx.dsl.compiler import constants
from tfx.orchestration import metadata
from tfx.orchestration.local import runner_utils
from tfx.orchestration.local.local_dag_runner import LocalDagRunner
from tfx.orchestration.portable import launcher, runtime_parameter_utils

from modules.base.compat import list_executions_by_number
from pipeline import intact
from pipeline.running import fresh

_GOOD = (metadata_store_pb2.Execution.COMPLETE, metadata_store_pb2.Execution.CACHED)


class StepFailure(Exception):
    """A step did not run, and TFX raised nothing."""


def _free_name(store: Any) -> str:
    """Returns a name for a run that starts now: the time, or the next one that no run has, should the clock go back."""
    began = datetime.datetime.now()
    while store.get_context_by_type_and_name(constants.PIPELINE_RUN_CONTEXT_TYPE_NAME, began.isoformat()):
        began += datetime.timedelta(microseconds=1)
    return began.isoformat()


class FollowedRunner(LocalDagRunner):
    """Runs the steps of a pipeline one after the other, as LocalDagRunner does, and tells of each.

    Args:
        start: Called with the name of a step that begins.
        finish: Called with the name of a step that has ended, its seconds, and whether it computed nothing.
        repeat: Called with the name of a step that runs again although TFX would take its result from the cache, and
            with what is wrong with that.

    Attributes:
        run_name: Name of the run in ML Metadata: the time at which it began. None before.
        current: The step that is running; None before the first and after the last.
        steps: Name, seconds and cached of every step that has ended, in this order.
    """

    def __init__(
        self,
        start: Callable[[str], None],
        finish: Callable[[str, float, bool], None],
        repeat: Callable[[str, str], None] = lambda name, why: None,
    ) -> None:
        super().__init__()
        self._start, self._finish, self._repeat = start, finish, repeat
        self.run_name: str | None = None
        self.current: str | None = None
        self.steps: list[dict[str, Any]] = []

    def run_with_ir(self, pipeline: Any, run_options: Any = None) -> None:
        """Runs a compiled pipeline, the whole of it.

        Args:
            pipeline: A `pipeline_pb2.Pipeline`, whose nodes are in an order in which they can run.
            run_options: Of TFX, for a part of a pipeline; nobody here gives any.

        Raises:
            StepFailure: If a step could not be run.
            Exception: Whatever a step raises.
        """
        list_executions_by_number()
        deployment = runner_utils.extract_local_deployment_config(pipeline)
        store = deployment.metadata_connection_config
        connection = metadata.Metadata(getattr(store, store.WhichOneof("connection_config")))
        with connection as handle:
            self.run_name = _free_name(handle.store)
        runtime_parameter_utils.substitute_runtime_parameter(
            pipeline, {constants.PIPELINE_RUN_ID_PARAMETER_NAME: self.run_name}
        )
        for node in pipeline.nodes:
            self._follow(node.pipeline_node, pipeline, deployment, connection)

    def _follow(self, node: Any, pipeline: Any, deployment: Any, connection: metadata.Metadata) -> None:
        """Runs a step."""
        name = node.node_info.id
        executor = runner_utils.extract_executor_spec(deployment, name)
        self.current, started = name, time.monotonic()
        self._start(name)
        with intact.checked_cache(lambda why: self._repeat(name, why)), fresh.fresh_folders():
            execution = launcher.Launcher(
                pipeline_node=node,
                mlmd_connection=connection,
                pipeline_info=pipeline.pipeline_info,
                pipeline_runtime_spec=pipeline.runtime_spec,
                executor_spec=executor,
                custom_driver_spec=runner_utils.extract_custom_driver_spec(deployment, name),
            ).launch()
        # A step without an executor looks something up in the lineage store, and computes nothing.
        state = self._state(name, execution, connection)
        cached = state == metadata_store_pb2.Execution.CACHED or executor is None
        if not cached:
            with connection as handle:
                intact.record(handle.store, execution.execution_id)
        seconds = round(time.monotonic() - started, 2)
        self.steps.append({"name": name, "seconds": seconds, "cached": cached})
        self.current = None
        self._finish(name, seconds, cached)

    def _state(self, step: str, execution: Any, connection: metadata.Metadata) -> int:
        """Returns how the execution of a step ended, as ML Metadata has it among those of this run.

        Raises:
            StepFailure: Not well, or the step was skipped: where its inputs cannot be found, TFX's launcher only logs
                it.
        """
        with connection as handle:
            run = handle.store.get_context_by_type_and_name(constants.PIPELINE_RUN_CONTEXT_TYPE_NAME, self.run_name)
            executions = handle.store.get_executions_by_context(run.id) if run else []
        states = {known.id: known.last_known_state for known in executions}
        state = states.get(execution.execution_id) if execution else None
        if state not in _GOOD:
            raise StepFailure(f"{step} was not run: its inputs were not found in the lineage store")
        return state
