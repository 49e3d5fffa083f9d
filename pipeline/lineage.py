"""Reading ML Metadata: what a step did when it ran last."""

import dataclasses
import json
import os
from collections.abc import Iterable, Sequence
from typing import Any

from modules.base.errors import UserError
from modules.base.records import ArtifactRecord, properties_of, record_of
from pipeline import moving

METADATA_FILE = "metadata.sqlite"  # in a run's output folder
REPORTER = "Reporter"  # the step that ends a run


@dataclasses.dataclass(frozen=True)
class StepRun:
    """The latest execution of a step."""

    execution: int
    cached: bool
    outputs: dict[str, ArtifactRecord]


@dataclasses.dataclass(frozen=True)
class KnownArtifact:
    """An artifact, and the name of its type."""

    type: str
    record: ArtifactRecord


class Lineage:
    """The lineage store of one pipeline.

    Args:
        path: File of the SQLite store.
        pipeline: Name of the pipeline.

    Raises:
        UserError: ML Metadata cannot open it.
    """

    def __init__(self, path: str, pipeline: str) -> None:
        import ml_metadata
        from ml_metadata.proto import metadata_store_pb2

        config = metadata_store_pb2.ConnectionConfig()
        config.sqlite.filename_uri = path
        config.sqlite.connection_mode = metadata_store_pb2.SqliteMetadataSourceConfig.READWRITE
        # Listed by time, executions from after a clock was set back are lost (`list_executions_by_number`).
        self._by_number = ml_metadata.ListOptions(order_by=ml_metadata.OrderByField.ID)
        self._states = metadata_store_pb2.Execution
        self._events = metadata_store_pb2.Event
        self._artifact = metadata_store_pb2.Artifact
        try:
            self._store = ml_metadata.MetadataStore(config)
        except (RuntimeError, ml_metadata.errors.StatusError) as error:  # another version's, or a full disk
            reason = (str(error).strip().splitlines() or ["?"])[0][:200]
            fix = "Move it away, or give another --output"
            raise UserError(path, f"cannot be opened by ML Metadata ({reason})", fix) from error
        self._pipeline = pipeline
        self._folder = os.path.dirname(os.path.abspath(path))

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
        return self._good(self._store.get_executions_by_context(context.id, self._by_number))

    def _good(self, executions: Iterable[Any]) -> list[Any]:
        """Returns the executions that ended well, oldest first."""
        good = (self._states.COMPLETE, self._states.CACHED)
        return sorted((e for e in executions if e.last_known_state in good), key=lambda execution: execution.id)

    def _step_run(self, execution: Any) -> StepRun:
        kinds = (self._events.OUTPUT, self._events.INTERNAL_OUTPUT)  # a resolver's outputs are internal ones
        events = [e for e in self._store.get_events_by_execution_ids([execution.id]) if e.type in kinds]
        artifacts = {a.id: a for a in self._store.get_artifacts_by_id([event.artifact_id for event in events])}
        outputs = {}
        for event in events:
            outputs[event.path.steps[0].key] = self._record(artifacts[event.artifact_id])
        return StepRun(execution.id, execution.last_known_state == self._states.CACHED, outputs)

    def _record(self, artifact: Any) -> ArtifactRecord:
        record = record_of(artifact)
        properties = moving.placed_in_properties(record.properties, self._folder)
        return dataclasses.replace(record, uri=moving.placed(record.uri, self._folder), properties=properties)

    def follow_move(self) -> int:
        """Writes down where the artifacts lie now that the output folder was moved; returns how many are elsewhere."""
        return moving.write_places(self._store, self._folder)

    def run_names(self) -> list[str]:
        """Returns the names of all runs of the pipeline, oldest first: the times at which they began.

        A clock that was set back does not change their order, which is that in which the store came to know them.
        """
        pipeline = self._store.get_context_by_type_and_name("pipeline", self._pipeline)
        return _oldest_first(self._store.get_children_contexts_by_context(pipeline.id) if pipeline else [])

    def numbers(self) -> dict[str, int]:
        """Returns the number of every run in the store, whichever pipeline's, by its name: 1 is the oldest."""
        names = _oldest_first(self._store.get_contexts_by_type("pipeline_run"))
        return {name: number for number, name in enumerate(names, 1)}

    def graph(self, steps: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
        """Returns which step of a run made what from what.

        Args:
            steps: Names of the run's steps, in the order in which they ran.

        Returns:
            `nodes`: `step`, `execution` and `cached`, and where they are known the `code`'s digest and the data's
            `fingerprint`. `edges`: `from`, `to`, the type of the `artifact`, its `id`, and its `uri`, relative to the
            folder of the store if it lies there. What a resolver found in an earlier run comes from the resolver.
        """
        by_step = {step: self._executions(step) for step in steps}
        executions = {step: of_step[-1] for step, of_step in by_step.items() if of_step}
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
        uri = moving.placed(artifact.uri, self._folder)
        uri = os.path.relpath(uri, self._folder) if uri.startswith(self._folder + os.sep) else uri
        return {"from": maker, "to": user, "artifact": artifact.type.rpartition(".")[2], "id": artifact.id, "uri": uri}

    def _node(self, step: str, execution: Any) -> dict[str, Any]:
        cached = execution.last_known_state == self._states.CACHED
        node = {"step": step, "execution": execution.id, "cached": cached}
        parameters = properties_of(execution)
        if "custom_config" in parameters:  # TFX's own steps have the digest of the code among their sections
            parameters |= {"code": json.loads(parameters["custom_config"]).get("code")}
        return node | {name: parameters[name] for name in ("code", "fingerprint") if parameters.get(name)}

    def seconds(self, step: str) -> float | None:
        """Returns how long a step took when it last did its work, and was not taken from the cache; None if never."""
        complete = [e for e in self._executions(step) if e.last_known_state == self._states.COMPLETE]
        if not complete:
            return None
        return (complete[-1].last_update_time_since_epoch - complete[-1].create_time_since_epoch) / 1e3

    def artifacts(self) -> list[KnownArtifact]:
        """Returns all artifacts of the store that were not deleted by `forget`, whichever pipeline's."""
        present = [a for a in self._store.get_artifacts() if a.state != self._artifact.DELETED]
        return [KnownArtifact(artifact.type, self._record(artifact)) for artifact in present]

    def used_by_run(self, made: bool = False) -> dict[str, set[int]]:
        """Returns the numbers of the artifacts that the good steps of each run read, made or took from the cache.

        Args:
            made: Whether those that were only read, or looked up, are left out.
        """
        used = {}
        for context in self._store.get_contexts_by_type("pipeline_run"):
            executions = self._good(self._store.get_executions_by_context(context.id, self._by_number))
            events = self._store.get_events_by_execution_ids([execution.id for execution in executions])
            used[context.name] = {
                event.artifact_id for event in events if not made or event.type == self._events.OUTPUT
            }
        return used

    def forget(self, numbers: Iterable[int]) -> None:
        """Marks artifacts as deleted: neither the cache nor a look-up finds them any more."""
        artifacts = self._store.get_artifacts_by_id(list(numbers))
        for artifact in artifacts:
            artifact.state = self._artifact.DELETED
        self._store.put_artifacts(artifacts)

    def pipelines(self) -> list[str]:
        """Returns the names of all pipelines that the store knows, whichever it was opened for."""
        return [context.name for context in self._store.get_contexts_by_type("pipeline")]


def _oldest_first(contexts: Iterable[Any]) -> list[str]:
    return [context.name for context in sorted(contexts, key=lambda context: context.id)]
