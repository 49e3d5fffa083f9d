"""A run is followed by what the runner does, with TFX's own launcher and a store of ML Metadata."""

import datetime
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tfx.dsl.components.base import base_component, base_executor, executor_spec
from tfx.dsl.components.common.resolver import Resolver
from tfx.dsl.input_resolution.strategies.latest_artifact_strategy import LatestArtifactStrategy
from tfx.orchestration import metadata
from tfx.orchestration.pipeline import Pipeline
from tfx.orchestration.portable import inputs_utils
from tfx.orchestration.portable.input_resolution import exceptions
from tfx.orchestration.portable.launcher import Launcher
from tfx.types import standard_artifacts
from tfx.types.channel import Channel
from tfx.types.component_spec import ChannelParameter, ComponentSpec, ExecutionParameter

from pipeline.lineage import Lineage
from pipeline.moving import EARLIER
from pipeline.running.following import FollowedRunner, StepFailure

pytestmark = pytest.mark.unit


class Work(base_executor.BaseExecutor):
    """Writes one file, or fails."""

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        if exec_properties["fails"]:
            raise ValueError("as it was told to")
        Path(output_dict["schema"][0].uri, "file").write_text("done")


class WorkSpec(ComponentSpec):
    PARAMETERS = {"fails": ExecutionParameter(type=int)}
    INPUTS = {"earlier": ChannelParameter(type=standard_artifacts.Schema, optional=True)}
    OUTPUTS = {"schema": ChannelParameter(type=standard_artifacts.Schema)}


class Worker(base_component.BaseComponent):
    SPEC_CLASS = WorkSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(Work)

    def __init__(self, fails: bool = False, earlier: Any = None) -> None:
        made = Channel(type=standard_artifacts.Schema)
        super().__init__(WorkSpec(fails=int(fails), earlier=earlier, schema=made))


class Followed:
    """A run of three steps: something is made, looked up, and used.

    Attributes:
        told: What the runner told, in order.
        during: The step that was known to be running whenever a step began.
    """

    def __init__(self, folder: Path, fails: bool = False):
        self.store = str(folder / "metadata.sqlite")
        first = Worker().with_id("First")
        found = Resolver(strategy_class=LatestArtifactStrategy, schema=Channel(type=standard_artifacts.Schema))
        found = found.with_id("Found")
        found.add_upstream_node(first)
        last = Worker(fails, first.outputs["schema"]).with_id("Last")
        last.add_upstream_node(found)
        self._pipeline = Pipeline(
            pipeline_name="three",
            pipeline_root=str(folder),
            metadata_connection_config=metadata.sqlite_metadata_connection_config(self.store),
            components=[first, found, last],
            enable_cache=True,
        )
        self.told: list[tuple] = []
        self.during: list[str | None] = []
        self.runner = FollowedRunner(self._start, lambda name, _, cached: self.told.append((name, "ended", cached)))

    def _start(self, name: str) -> None:
        self.told.append((name, "began"))
        self.during.append(self.runner.current)

    def run(self) -> "Followed":
        self.runner.run(self._pipeline)
        return self


@pytest.fixture
def follow(tmp_path: Path) -> Callable[..., Followed]:
    return lambda **options: Followed(tmp_path, **options)


def test_each_step_is_told_of_when_it_begins_and_when_it_has_ended(follow: Any) -> None:
    followed = follow().run()
    assert followed.told == [
        ("First", "began"),
        ("First", "ended", False),
        ("Found", "began"),
        ("Found", "ended", True),  # a look-up computes nothing
        ("Last", "began"),
        ("Last", "ended", False),
    ]
    assert followed.during == ["First", "Found", "Last"]
    assert followed.runner.current is None
    assert [(step["name"], step["cached"]) for step in followed.runner.steps] == [
        ("First", False),
        ("Found", True),
        ("Last", False),
    ]
    assert all(step["seconds"] >= 0 for step in followed.runner.steps)


def test_a_step_begins_with_empty_folders_though_its_number_was_given_before(tmp_path: Path) -> None:
    first = Lineage(Followed(tmp_path).run().store, "three").latest("First")
    assert first is not None
    made = Path(first.outputs["schema"].uri)
    (made / "another").write_text("of an earlier store")
    scratch = tmp_path / "First" / ".system" / "executor_execution" / made.name
    scratch.mkdir(parents=True, exist_ok=True)
    (scratch / "state").touch()
    os.remove(Followed(tmp_path).store)
    Followed(tmp_path).run()
    assert [path.name for path in made.iterdir()] == ["file"]
    assert not (scratch / "state").exists()
    (aside,) = made.parent.glob(f"{made.name}{EARLIER}*")
    assert sorted(path.name for path in aside.iterdir()) == ["another", "file"]


def test_a_step_from_the_cache_is_known_by_its_execution(follow: Any) -> None:
    follow().run()
    repeated = follow().run()
    assert [step["cached"] for step in repeated.runner.steps] == [True, True, True]


def test_the_run_has_the_name_that_the_lineage_store_knows(follow: Any) -> None:
    names = [follow().run().runner.run_name, follow().run().runner.run_name]
    assert Lineage(follow().store, "three").run_names() == names


def test_a_step_that_fails_raises_its_error_and_is_the_one_that_is_running(follow: Any) -> None:
    followed = follow(fails=True)
    with pytest.raises(Exception, match="as it was told to"):
        followed.run()
    assert followed.runner.current == "Last"
    assert [step["name"] for step in followed.runner.steps] == ["First", "Found"]


def test_a_step_whose_inputs_are_not_found_fails_though_tfx_raises_nothing(
    follow: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> None:
        raise exceptions.FailedPreconditionError("no input")

    monkeypatch.setattr(inputs_utils, "resolve_input_artifacts", fail)
    with pytest.raises(StepFailure, match="First was not run: its inputs were not found"):
        follow().run()


def busy_store_from_tomorrow(path: str, executions: int = 120) -> None:
    """Fills a store with so many more executions of its steps, and makes all that it holds a day newer."""
    with sqlite3.connect(path) as store:
        store.execute("UPDATE Execution SET create_time_since_epoch = create_time_since_epoch + 86400000")
        for step in ("First", "Last"):
            names = ("three", f"three.{step}")
            for _ in range(executions):
                made = store.execute(
                    "INSERT INTO Execution (type_id, last_known_state, create_time_since_epoch,"
                    " last_update_time_since_epoch) SELECT type_id, 4, create_time_since_epoch, 0 FROM Execution"
                    " WHERE id = 1"
                ).lastrowid
                store.execute(
                    "INSERT INTO Association (context_id, execution_id) SELECT id, ? FROM Context WHERE name IN (?, ?)",
                    (made, *names),
                )


def inputs_of_last(store: str) -> int:
    with sqlite3.connect(store) as open_store:
        (found,) = open_store.execute(
            "SELECT count(*) FROM Event WHERE type = 3 AND execution_id = (SELECT max(id) FROM Execution)"
        ).fetchone()
    return int(found)


def test_in_a_large_store_steps_find_their_inputs_after_the_clock_was_set_back(follow: Any) -> None:
    store = follow().run().store
    busy_store_from_tomorrow(store)
    repeated = follow().run()
    assert [step["cached"] for step in repeated.runner.steps] == [True, True, True]
    assert inputs_of_last(store) == 1  # its input is optional: it was left out without a word
    assert repeated.runner.run_name == Lineage(store, "three").run_names()[-1]


def test_a_step_that_is_well_in_another_run_alone_fails(follow: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    follow().run()
    run = Launcher.launch

    def stale(launcher: Any) -> Any:
        execution = run(launcher)
        execution.execution_id = 1  # of the first run
        return execution

    monkeypatch.setattr(Launcher, "launch", stale)
    followed = follow()
    with pytest.raises(StepFailure, match="First was not run"):
        followed.run()
    assert followed.runner.current == "First"


def test_two_runs_that_begin_at_one_time_are_two_runs(follow: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stopped(datetime.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return cls(2026, 11, 25, 10, 1, 0, 999_999)

    monkeypatch.setattr(datetime, "datetime", Stopped)
    names = [follow().run().runner.run_name, follow().run().runner.run_name]
    assert names == ["2026-11-25T10:01:00.999999", "2026-11-25T10:01:01"]


def test_an_output_folder_can_be_moved_and_the_next_run_finds_what_lies_in_it(tmp_path: Path) -> None:
    Followed(tmp_path / "before" / "artifacts").run()
    (tmp_path / "before").rename(tmp_path / "after")
    after = str(tmp_path / "after")
    os.rename(f"{after}/artifacts/metadata.sqlite", f"{after}/metadata.sqlite")
    lineage = Lineage(f"{after}/metadata.sqlite", "three")
    made = lineage.latest("First")
    assert made is not None
    assert made.outputs["schema"].uri == f"{after}/artifacts/First/schema/1"
    assert [lineage.follow_move(), lineage.follow_move()] == [2, 0]
