import json
from pathlib import Path
from typing import Any

import ml_metadata
import pytest
from ml_metadata.proto import metadata_store_pb2

from pipeline.lineage import Lineage

pytestmark = pytest.mark.unit

_Execution, _Event = metadata_store_pb2.Execution, metadata_store_pb2.Event


class Store:
    """ML Metadata's store, filled as TFX's launcher fills it."""

    def __init__(self, folder: Path) -> None:
        self.path = str(folder / "metadata.sqlite")
        config = metadata_store_pb2.ConnectionConfig()
        config.sqlite.filename_uri = self.path
        config.sqlite.connection_mode = metadata_store_pb2.SqliteMetadataSourceConfig.READWRITE_OPENCREATE
        self._folder, self._store = folder, ml_metadata.MetadataStore(config)

    def artifact(self, kind: str, uri: str) -> int:
        type_id = self._store.put_artifact_type(metadata_store_pb2.ArtifactType(name=kind))
        (made,) = self._store.put_artifacts([metadata_store_pb2.Artifact(type_id=type_id, uri=uri)])
        return made

    def run(self, step: str, events: dict[str, tuple[int, Any]], cached: bool = False, **properties: str) -> int:
        type_id = self._store.put_execution_type(metadata_store_pb2.ExecutionType(name=step))
        state = _Execution.CACHED if cached else _Execution.COMPLETE
        execution = _Execution(type_id=type_id, last_known_state=state)
        for name, value in properties.items():
            execution.custom_properties[name].string_value = value
        kind = self._store.put_context_type(metadata_store_pb2.ContextType(name="node"))
        context = metadata_store_pb2.Context(type_id=kind, name=f"p.{step}")
        pairs = []
        for key, (artifact, event_type) in events.items():
            event = _Event(artifact_id=artifact, type=event_type)
            event.path.steps.add().key = key
            (known,) = self._store.get_artifacts_by_id([artifact])
            pairs.append((known, event))
        made, _, _ = self._store.put_execution(execution, pairs, [context], reuse_context_if_already_exist=True)
        return made


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def test_an_edge_is_an_artifact_from_its_maker_to_each_user(store: Store, tmp_path: Path) -> None:
    rows = store.artifact("Examples", str(tmp_path / "artifacts" / "Rows" / "1"))
    model = store.artifact("Model", "gs://elsewhere/model")
    first = store.run("Rows", {"examples": (rows, _Event.OUTPUT)}, code="c0de", fingerprint="f00d")
    second = store.run(
        "Trainer",
        {"examples": (rows, _Event.INPUT), "model": (model, _Event.OUTPUT)},
        custom_config=json.dumps({"code": "abc"}),
    )
    third = store.run("Pusher", {"model": (model, _Event.INPUT)}, cached=True)
    assert Lineage(store.path, "p").graph(["Rows", "Trainer", "Pusher"]) == {
        "nodes": [
            {"step": "Rows", "execution": first, "cached": False, "code": "c0de", "fingerprint": "f00d"},
            {"step": "Trainer", "execution": second, "cached": False, "code": "abc"},
            {"step": "Pusher", "execution": third, "cached": True},
        ],
        "edges": [
            {"from": "Rows", "to": "Trainer", "artifact": "Examples", "id": rows, "uri": "artifacts/Rows/1"},
            {"from": "Trainer", "to": "Pusher", "artifact": "Model", "id": model, "uri": "gs://elsewhere/model"},
        ],
    }


def pairs(store: Store, *steps: str) -> list[tuple[str, str, int]]:
    return [(edge["from"], edge["to"], edge["id"]) for edge in Lineage(store.path, "p").graph(steps)["edges"]]


def test_only_the_latest_execution_of_a_step_counts(store: Store) -> None:
    old, new = store.artifact("Examples", "/old"), store.artifact("Examples", "/new")
    store.run("Rows", {"examples": (old, _Event.OUTPUT)})
    store.run("Rows", {"examples": (new, _Event.OUTPUT)})
    store.run("Trainer", {"examples": (new, _Event.INPUT)})
    assert pairs(store, "Rows", "Trainer") == [("Rows", "Trainer", new)]


def test_a_resolver_uses_its_candidate_and_hands_on_what_an_earlier_run_left(store: Store) -> None:
    earlier, model = store.artifact("Model", "/earlier"), store.artifact("Model", "/model")
    store.run("Trainer", {"model": (earlier, _Event.OUTPUT)})
    store.run("Trainer", {"model": (model, _Event.OUTPUT)})
    store.run("Baseline", {"candidate": (model, _Event.INTERNAL_OUTPUT), "model": (earlier, _Event.INTERNAL_OUTPUT)})
    store.run("Evaluator", {"model": (model, _Event.INPUT), "baseline": (earlier, _Event.INPUT)})
    assert pairs(store, "Trainer", "Baseline", "Evaluator") == [
        ("Trainer", "Baseline", model),
        ("Trainer", "Evaluator", model),
        ("Baseline", "Evaluator", earlier),
    ]


def test_what_a_resolver_found_of_a_later_step_makes_no_cycle(store: Store) -> None:
    blessing = store.artifact("ModelBlessing", "/blessing")
    store.run("Evaluator", {"blessing": (blessing, _Event.OUTPUT)})
    store.run("Baseline", {"model_blessing": (blessing, _Event.INTERNAL_OUTPUT)})
    assert pairs(store, "Baseline", "Evaluator") == []


def test_steps_that_never_ran_are_no_part_of_it(store: Store) -> None:
    assert Lineage(store.path, "p").graph(["Rows"]) == {"nodes": [], "edges": []}
