"""What `clean` removes and what it keeps, in a store of ML Metadata as TFX fills it."""

import os
from pathlib import Path
from typing import Any

import ml_metadata
import pytest
from ml_metadata.proto import metadata_store_pb2 as pb

from modules.base.errors import UserError
from pipeline.commands import cleaning
from pipeline.lineage import METADATA_FILE, Lineage
from pipeline.moving import EARLIER
from pipeline.running import occupancy

pytestmark = pytest.mark.unit

INPUT, OUTPUT, FOUND = pb.Event.INPUT, pb.Event.OUTPUT, pb.Event.INTERNAL_OUTPUT


class Output:
    """An output folder: each run trains a model, has it judged, and may look up the one before, and push."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        config = pb.ConnectionConfig()
        config.sqlite.filename_uri = str(folder / METADATA_FILE)
        config.sqlite.connection_mode = pb.SqliteMetadataSourceConfig.READWRITE_OPENCREATE
        self._store = ml_metadata.MetadataStore(config)
        self._step = self._store.put_execution_type(pb.ExecutionType(name="step"))
        self._run = self._store.put_context_type(pb.ContextType(name="pipeline_run"))
        self._made = 0
        self._runs = 0

    def make(self, kind: str, properties: dict[str, Any] | None = None) -> pb.Artifact:
        """Returns a new artifact with a file of 1,000 bytes."""
        self._made += 1
        uri = self.folder / "artifacts" / f"{kind}Maker" / "output" / str(self._made)
        uri.mkdir(parents=True)
        (uri / "file").write_bytes(bytes(1000))
        type_id = self._store.put_artifact_type(pb.ArtifactType(name=kind))
        artifact = pb.Artifact(type_id=type_id, uri=str(uri), state=pb.Artifact.LIVE)
        for name, value in (properties or {}).items():
            field = "int_value" if isinstance(value, int) else "string_value"
            setattr(artifact.custom_properties[name], field, value)
        (artifact.id,) = self._store.put_artifacts([artifact])
        return artifact

    def run(self, *events: tuple[pb.Artifact, Any]) -> None:
        """Records a run of one step that read, made or looked up artifacts."""
        self._runs += 1
        context = pb.Context(type_id=self._run, name=f"2026-11-25T10:0{self._runs}:00")
        execution = pb.Execution(type_id=self._step, last_known_state=pb.Execution.COMPLETE)
        pairs = [(artifact, pb.Event(artifact_id=artifact.id, type=kind)) for artifact, kind in events]
        self._store.put_execution(execution, pairs, [context])

    def train(self, blessed: bool, *others: tuple[pb.Artifact, Any]) -> pb.Artifact:
        """Records a run that trains and judges a model; returns the model."""
        model, blessing = self.make("Model"), self.make("ModelBlessing", {"blessed": int(blessed)})
        self.run((model, OUTPUT), (blessing, OUTPUT), *others)
        return model

    def left(self) -> list[int]:
        """Returns the numbers of the artifacts whose folders are there."""
        return sorted(int(path.name) for path in self.folder.glob("artifacts/*/output/*"))

    def clean(self, keep: int = 1, dry_run: bool = False) -> str:
        return cleaning.clean(str(self.folder), keep, dry_run)


@pytest.fixture
def output(tmp_path: Path) -> Output:
    return Output(tmp_path / "shop")


def test_what_was_in_the_way_of_a_step_goes(tmp_path: Path) -> None:
    output = Output(tmp_path / "out")
    output.train(True)
    aside = tmp_path / "out" / "artifacts" / "ModelMaker" / "output" / f"7{EARLIER}1a2b"
    aside.mkdir()
    (aside / "file").write_text("x")
    cleaning.clean(str(output.folder), 5, False)
    assert not aside.exists()


def test_the_latest_runs_the_blessed_one_and_all_that_was_pushed_are_kept(output: Output) -> None:
    output.train(True, (output.make("PushedModel", {"pushed": 1}), OUTPUT))  # 1: pushed; 2, 3
    output.train(True)  # 4, 5: blessed last
    output.train(False)  # 6, 7
    output.train(False)  # 8, 9
    said = output.clean()
    assert output.left() == [1, 4, 5, 8, 9]
    assert "shop: shop/2, shop/4 and all that was pushed are kept" in said
    assert "artifacts of earlier runs        4   4.0 kB" in said
    assert said.endswith("4.0 kB removed.")


def test_what_a_kept_run_read_or_took_from_the_cache_is_kept(output: Output) -> None:
    first = output.train(False)
    second = output.train(False)
    output.run((first, OUTPUT), (second, FOUND))
    output.clean()
    assert output.left() == [first.id, second.id]


def test_a_blessing_that_was_only_looked_up_blesses_nobody(output: Output) -> None:
    model, blessing = output.make("Model"), output.make("ModelBlessing", {"blessed": 1})
    output.run((model, OUTPUT), (blessing, OUTPUT))
    output.train(False, (blessing, FOUND))
    output.train(False)
    output.clean()
    assert {model.id, blessing.id} <= set(output.left())


def test_the_cache_and_look_ups_know_nothing_of_what_was_removed(output: Output) -> None:
    output.train(False)
    output.train(False)
    output.clean()
    lineage = Lineage(str(output.folder / METADATA_FILE), "")
    assert sorted(artifact.record.id for artifact in lineage.artifacts()) == output.left() == [3, 4]
    assert output.clean().endswith("0 bytes removed.")


def test_a_dry_run_removes_nothing_and_says_what_would_be(output: Output) -> None:
    output.train(False)
    output.train(False)
    said = output.clean(dry_run=True)
    assert said.endswith("2.0 kB would be removed; nothing was (--dry-run).")
    assert output.left() == [1, 2, 3, 4]
    assert len(Lineage(str(output.folder / METADATA_FILE), "").artifacts()) == 4


def test_what_killed_steps_and_pushes_left_is_removed_and_nothing_else(output: Output, tmp_path: Path) -> None:
    output.train(True, (output.make("PushedModel", {"pushed_destination": str(tmp_path / "live" / "7")}), OUTPUT))
    orphan = output.folder / "artifacts" / "ModelMaker" / "output" / "99"
    scratch = output.folder / "artifacts" / "ModelMaker" / ".system" / "executor_execution" / "5"
    journal = output.folder / "artifacts" / "ModelMaker" / ".system" / "search" / "0123abcd"
    staged = [output.folder / "pushed" / f".8-{'0' * 32}", tmp_path / "live" / f".9-{'0' * 32}"]
    kept = [
        tmp_path / "live" / "7",
        output.folder / "pushed" / "7",
        output.folder / "reports" / "1",
        output.folder / "artifacts" / "staged" / "0123",
        output.folder / "artifacts" / "ModelMaker" / "output" / "mine",
    ]
    for folder in (orphan, scratch, journal, *staged, *kept):
        folder.mkdir(parents=True)
        (folder / "file").write_bytes(bytes(10))
    os.symlink(tmp_path / "live", output.folder / "artifacts" / "ModelMaker" / "output" / "98")
    said = output.clean()
    assert [folder for folder in (orphan, scratch, journal, *staged) if folder.exists()] == []
    assert all(folder.exists() for folder in kept)
    assert "left by stopped runs             3  30 bytes" in said
    assert "left by killed pushes            2  20 bytes" in said


def test_what_a_store_says_of_other_places_is_never_removed(output: Output, tmp_path: Path) -> None:
    victim = tmp_path / "victim" / "1"
    victim.mkdir(parents=True)
    artifact = output.make("Model")
    artifact.uri = str(victim)
    output._store.put_artifacts([artifact])
    output.run((artifact, OUTPUT))
    output.train(False)
    output.clean()
    assert victim.exists()


def test_a_moved_folder_is_cleaned_where_it_is(output: Output, tmp_path: Path) -> None:
    output.train(False)
    output.train(False)
    output.folder = output.folder.rename(tmp_path / "moved")
    output.clean()
    assert output.left() == [3, 4]


def test_a_folder_in_which_a_run_is_going_on_is_refused(output: Output) -> None:
    output.train(False)
    with occupancy.occupy(str(output.folder)), pytest.raises(UserError, match="another run is going on"):
        output.clean(keep=0)
    assert output.left() == [1, 2]


def test_a_limit_below_zero_is_refused(output: Output) -> None:
    with pytest.raises(UserError, match="--keep -1: is less than no run"):
        output.clean(keep=-1)


@pytest.mark.parametrize(
    ("size", "said"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (2_340_000, "2.3 MB"), (5e15, "5,000.0 TB")],
)
def test_a_size_is_said_in_the_unit_that_fits(size: float, said: str) -> None:
    assert cleaning._bytes(size) == said
