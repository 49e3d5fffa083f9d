"""Reading ML Metadata: what a step did when it ran last."""

import dataclasses

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
        context = self._store.get_context_by_type_and_name("node", f"{self._pipeline}.{step}")
        if context is None:
            return None
        good = (self._states.COMPLETE, self._states.CACHED)
        executions = [e for e in self._store.get_executions_by_context(context.id) if e.last_known_state in good]
        if not executions:
            return None
        latest = max(executions, key=lambda execution: execution.id)
        kinds = (self._events.OUTPUT, self._events.INTERNAL_OUTPUT)  # a resolver's outputs are internal ones
        events = [e for e in self._store.get_events_by_execution_ids([latest.id]) if e.type in kinds]
        artifacts = {a.id: a for a in self._store.get_artifacts_by_id([event.artifact_id for event in events])}
        outputs = {}
        for event in events:
            outputs[event.path.steps[0].key] = record_of(artifacts[event.artifact_id])
        return StepRun(latest.id, latest.last_known_state == self._states.CACHED, outputs)
