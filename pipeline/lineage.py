"""Reading ML Metadata: what a step did when it ran last."""

import dataclasses
import json
import os
from collections.abc import Sequence
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
        self._folder = os.path.dirname(os.path.abspath(path))

    def latest(self, step: str) -> StepRun | None:
        """Returns the latest complete or cached execution of a step, or None if there is none."""
        latest = self._execution(step)
        if latest is None:
            return None
        kinds = (self._events.OUTPUT, self._events.INTERNAL_OUTPUT)  # a resolver's outputs are internal ones
        events = [e for e in self._store.get_events_by_execution_ids([latest.id]) if e.type in kinds]
        artifacts = {a.id: a for a in self._store.get_artifacts_by_id([event.artifact_id for event in events])}
        outputs = {}
        for event in events:
            artifact = artifacts[event.artifact_id]
            outputs[event.path.steps[0].key] = Record(artifact.id, artifact.uri, _properties(artifact))
        return StepRun(latest.id, latest.last_known_state == self._states.CACHED, outputs)

    def graph(self, steps: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
        """Returns which step of a run made what from what.

        Args:
            steps: Names of the run's steps, in the order in which they ran.

        Returns:
            `nodes`: `step`, `execution` and `cached`, and where they are known the `code`'s digest and the data's
            `fingerprint`. `edges`: `from`, `to`, the type of the `artifact`, its `id`, and its `uri`, relative to the
            folder of the store if it lies there. What a resolver found in an earlier run comes from the resolver.
        """
        found = {step: self._execution(step) for step in steps}
        executions = {step: execution for step, execution in found.items() if execution is not None}
        if not executions:
            return {"nodes": [], "edges": []}
        events = self._store.get_events_by_execution_ids([execution.id for execution in executions.values()])
        artifacts = {a.id: a for a in self._store.get_artifacts_by_id({event.artifact_id for event in events})}
        by_id = {execution.id: step for step, execution in executions.items()}
        makers = {e.artifact_id: by_id[e.execution_id] for e in events if e.type == self._events.INTERNAL_OUTPUT}
        makers |= {e.artifact_id: by_id[e.execution_id] for e in events if e.type == self._events.OUTPUT}
        order = {step: number for number, step in enumerate(steps)}
        edges = {}
        for event in events:
            maker, user = makers.get(event.artifact_id), by_id[event.execution_id]
            # A resolver's events are all outputs, those of what it was given too. Time flows forwards: whatever a
            # resolver dug out, the graph has no cycle.
            if maker is not None and event.type != self._events.OUTPUT and order[maker] < order[user]:
                edges[maker, user, event.artifact_id] = self._edge(maker, user, artifacts[event.artifact_id])
        return {
            "nodes": [self._node(step, execution) for step, execution in executions.items()],
            "edges": [edges[key] for key in sorted(edges, key=lambda key: (order[key[0]], order[key[1]], key[2]))],
        }

    def _edge(self, maker: str, user: str, artifact: Any) -> dict[str, Any]:
        inside = artifact.uri.startswith(self._folder + os.sep)
        uri = os.path.relpath(artifact.uri, self._folder) if inside else artifact.uri
        return {"from": maker, "to": user, "artifact": artifact.type, "id": artifact.id, "uri": uri}

    def _node(self, step: str, execution: Any) -> dict[str, Any]:
        cached = execution.last_known_state == self._states.CACHED
        node = {"step": step, "execution": execution.id, "cached": cached}
        parameters = _properties(execution)
        for name in ("custom_config", "config"):  # where a step has one digest among its sections of the config
            parameters |= {"code": json.loads(parameters[name]).get("code")} if name in parameters else {}
        return node | {name: parameters[name] for name in ("code", "fingerprint") if parameters.get(name)}

    def _execution(self, step: str) -> Any:
        """Returns the latest complete or cached execution of a step, or None."""
        context = self._store.get_context_by_type_and_name("node", f"{self._pipeline}.{step}")
        executions = self._store.get_executions_by_context(context.id) if context is not None else []
        good = (self._states.COMPLETE, self._states.CACHED)
        return max((e for e in executions if e.last_known_state in good), key=lambda e: e.id, default=None)

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
