"""Reading ML Metadata: what a step did when it ran last."""

import dataclasses
from typing import Any

from modules.records import Record


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
            artifact = artifacts[event.artifact_id]
            outputs[event.path.steps[0].key] = Record(artifact.id, artifact.uri, _properties(artifact))
        return StepRun(latest.id, latest.last_known_state == self._states.CACHED, outputs)

    def seconds(self, step: str) -> float | None:
        """Returns how long a step took when it last did its work, and was not taken from the cache; None if never."""
        context = self._store.get_context_by_type_and_name("node", f"{self._pipeline}.{step}")
        executions = self._store.get_executions_by_context(context.id) if context is not None else []
        complete = [e for e in executions if e.last_known_state == self._states.COMPLETE]
        if not complete:
            return None
        latest = max(complete, key=lambda execution: execution.id)
        return (latest.last_update_time_since_epoch - latest.create_time_since_epoch) / 1e3


def _properties(artifact: Any) -> dict[str, Any]:
    merged = [*artifact.properties.items(), *artifact.custom_properties.items()]
    return {name: getattr(value, value.WhichOneof("value")) for name, value in merged}
