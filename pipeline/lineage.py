"""Reading ML Metadata: what a step did when it ran last."""

import dataclasses
from typing import Any

from modules.records import Record, record_of


@dataclasses.dataclass(frozen=True)
class StepRun:
    """The latest execution of a step."""

    execution: int
    cached: bool
    outputs: dict[str, Record]


class Lineage:
    """The lineage store of one pipeline.

    Args:
        path: File of the SQLite store.
        pipeline: Name of the pipeline.
    """

    def __init__(self, path: str, pipeline: str) -> None:
        import ml_metadata
        from ml_metadata.proto import metadata_store_pb2

        config = metadata_store_pb2.ConnectionConfig()
        config.sqlite.filename_uri = path
        config.sqlite.connection_mode = metadata_store_pb2.SqliteMetadataSourceConfig.READWRITE
        self._states = metadata_store_pb2.Execution
        self._events = metadata_store_pb2.Event
        self._store = ml_metadata.MetadataStore(config)
        self._pipeline = pipeline

    def latest(self, step: str) -> StepRun | None:
        """Returns the latest complete or cached execution of a step, or None if there is none."""
        executions = self._executions(step)
        return self._step_run(executions[-1]) if executions else None

    def history(self, step: str) -> list[tuple[str, StepRun]]:
        """Returns the complete or cached executions of a step, oldest first, each with the name of its run."""
        runs = {context.id: context.name for context in self._store.get_contexts_by_type("pipeline_run")}
        return [
            (runs[context.id], self._step_run(execution))
            for execution in self._executions(step)
            for context in self._store.get_contexts_by_execution(execution.id)
            if context.id in runs
        ]

    def _executions(self, step: str) -> list[Any]:
        context = self._store.get_context_by_type_and_name("node", f"{self._pipeline}.{step}")
        if context is None:
            return []
        good = (self._states.COMPLETE, self._states.CACHED)
        executions = self._store.get_executions_by_context(context.id)
        return sorted((e for e in executions if e.last_known_state in good), key=lambda execution: execution.id)

    def _step_run(self, execution: Any) -> StepRun:
        kinds = (self._events.OUTPUT, self._events.INTERNAL_OUTPUT)  # a resolver's outputs are internal ones
        events = [e for e in self._store.get_events_by_execution_ids([execution.id]) if e.type in kinds]
        artifacts = {a.id: a for a in self._store.get_artifacts_by_id([event.artifact_id for event in events])}
        outputs = {}
        for event in events:
            outputs[event.path.steps[0].key] = record_of(artifacts[event.artifact_id])
        return StepRun(execution.id, execution.last_known_state == self._states.CACHED, outputs)

    def run_names(self) -> list[str]:
        """Returns the names of all runs of the pipeline, oldest first: the times at which they began."""
        pipeline = self._store.get_context_by_type_and_name("pipeline", self._pipeline)
        children = self._store.get_children_contexts_by_context(pipeline.id) if pipeline else []
        return sorted(context.name for context in children)

    def pipelines(self) -> list[str]:
        """Returns the names of all pipelines that the store knows, whichever it was opened for."""
        return [context.name for context in self._store.get_contexts_by_type("pipeline")]
