import os
from pathlib import Path
from typing import Any

import ml_metadata
import pytest
from ml_metadata.proto import metadata_store_pb2
from tfx.components.evaluator import constants
from tfx.types.standard_artifacts import ExampleStatistics, Model, ModelBlessing

from pipeline import intact
from pipeline.wiring.baseline import LatestOtherBlessedModelStrategy, LatestOtherBlessedStatisticsStrategy

pytestmark = pytest.mark.unit


THERE = os.path.dirname(__file__)  # a folder with something in it


def model(number: int, uri: str = THERE) -> Model:
    made = Model()
    made.id, made.uri = number, uri
    return made


def blessing(number: int, of: int, blessed: bool = True) -> ModelBlessing:
    made = ModelBlessing()
    made.id = number
    made.set_int_custom_property(constants.ARTIFACT_PROPERTY_CURRENT_MODEL_ID_KEY, of)
    made.set_int_custom_property(constants.ARTIFACT_PROPERTY_BLESSED_KEY, int(blessed))
    return made


Judgement = tuple[int, int, bool]  # the number of a model, that of its blessing, and whether it was blessed


def resolve(candidate: int, models: list[int], *runs: Judgement, **uris: str) -> tuple[list[int], list[int]]:
    """Returns the model and the blessing that a candidate is compared with, after runs that judged models in order.

    Where a model lies is said by its number: `m7="/folder"`.
    """
    store = Store()
    numbers: dict[int, int] = {}
    for _, number, blessed in runs:
        if number not in numbers:
            numbers[number] = store.judge(blessed)
        store.run(store.count(), numbers[number])
    inputs: dict[str, Any] = {
        "candidate": [model(candidate)],
        "model": [model(number, uris.get(f"m{number}", THERE)) for number in models],
        "model_blessing": [blessing(numbers[number], of, good) for of, number, good in dict.fromkeys(runs)],
    }
    found = LatestOtherBlessedModelStrategy().resolve_artifacts(store.store, inputs)
    assert found is not None
    assert [artifact.id for artifact in found["candidate"]] == [candidate]
    given = {number: name for name, number in numbers.items()}
    return [m.id for m in found["model"]], [given[b.id] for b in found["model_blessing"]]


def test_the_first_model_has_no_baseline() -> None:
    assert resolve(5, [5]) == ([], [])


def test_a_candidate_is_not_compared_with_itself() -> None:
    assert resolve(5, [5], (5, 6, True)) == ([], [])


def test_the_baseline_is_the_model_blessed_last() -> None:
    assert resolve(9, [1, 5, 7, 9], (1, 2, True), (5, 6, True), (7, 8, True)) == ([7], [8])


def test_a_model_that_was_not_blessed_is_no_baseline() -> None:
    assert resolve(9, [5, 7, 9], (5, 6, True), (7, 8, False)) == ([5], [6])


def test_the_candidates_own_blessing_hides_no_earlier_one() -> None:
    assert resolve(7, [5, 7], (5, 6, True), (7, 8, True)) == ([5], [6])


def test_a_blessing_of_a_model_that_is_gone_is_passed_over() -> None:
    assert resolve(9, [5, 9], (5, 6, True), (7, 8, True)) == ([5], [6])


def test_a_model_whose_files_were_deleted_is_passed_over(tmp_path: Path) -> None:
    judged = ((5, 6, True), (7, 8, True))
    assert resolve(9, [5, 7, 9], *judged, m7=str(tmp_path / "gone")) == ([5], [6])
    assert resolve(9, [5, 7, 9], *judged, m7=str(tmp_path)) == ([5], [6])  # its folder was emptied
    assert resolve(9, [5, 7, 9], *judged, m5="/gone", m7="/gone") == ([], [])


def test_a_model_whose_files_were_damaged_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intact, "damage", lambda _, of: "model.json was changed" if of == [(7, THERE)] else None)
    assert resolve(9, [5, 7, 9], (5, 6, True), (7, 8, True)) == ([5], [6])


def test_a_model_that_was_blessed_again_is_the_latest() -> None:
    assert resolve(9, [5, 7, 9], (5, 6, True), (7, 8, True), (5, 10, True)) == ([5], [10])


def test_a_model_that_was_blessed_again_from_the_cache_is_the_latest() -> None:
    assert resolve(9, [5, 7, 9], (5, 6, True), (7, 8, True), (5, 6, True)) == ([5], [6])


def test_a_run_that_is_repeated_unchanged_keeps_its_baseline() -> None:
    runs: list[Judgement] = [(5, 6, True), (7, 8, True)]
    for _ in range(3):
        assert resolve(7, [5, 7], *runs) == ([5], [6])
        runs.append((7, 8, True))


class Store:
    """A lineage store of runs, each of which counts data, and judges a model, looking up what others left before."""

    def __init__(self) -> None:
        config = metadata_store_pb2.ConnectionConfig()
        config.fake_database.SetInParent()
        self.store = ml_metadata.MetadataStore(config)
        self._node = self.store.put_execution_type(metadata_store_pb2.ExecutionType(name="node"))
        kinds = (metadata_store_pb2.ContextType(name=name) for name in ("pipeline_run", "node"))
        self._run, self._step = (self.store.put_context_type(kind) for kind in kinds)
        kinds = (metadata_store_pb2.ArtifactType(name=name) for name in ("ExampleStatistics", "ModelBlessing"))
        self._types = [self.store.put_artifact_type(kind) for kind in kinds]
        self._runs = 0
        self._steps: list[int] = []
        self.statistics: list[int] = []
        self.gone: list[int] = []
        self.blessings: dict[int, bool] = {}

    def count(self) -> int:
        """Returns new statistics, as of new data."""
        self.statistics += self._put(self._types[0])
        return self.statistics[-1]

    def judge(self, blessed: bool) -> int:
        """Returns a new blessing."""
        (number,) = self._put(self._types[1])
        self.blessings[number] = blessed
        return number

    def _put(self, kind: int) -> list[int]:
        return self.store.put_artifacts([metadata_store_pb2.Artifact(type_id=kind)])

    def resolve(self, candidate: int) -> int | None:
        """Returns what a run on these statistics is compared with."""

        def statistics(number: int) -> ExampleStatistics:
            made = ExampleStatistics()
            made.id, made.uri = number, "/gone" if number in self.gone else THERE
            return made

        inputs: dict[str, Any] = {
            "candidate": [statistics(candidate)],
            "statistics": [statistics(number) for number in self.statistics],
            "model_blessing": [blessing(number, 0, blessed) for number, blessed in self.blessings.items()],
        }
        found = LatestOtherBlessedStatisticsStrategy().resolve_artifacts(self.store, inputs)
        assert [artifact.id for artifact in found["candidate"]] == [candidate]
        assert len(found["statistics"]) == len(found["model_blessing"])
        return found["statistics"][0].id if found["statistics"] else None

    def run(self, statistics: int, blessing: int | None = None) -> int | None:
        """Records a run as TFX does, its cached steps included; returns what it was compared with."""
        self._runs += 1
        context = metadata_store_pb2.Context(type_id=self._run, name=f"run {self._runs}")
        (run,) = self.store.put_contexts([context])
        if not self._steps:  # a step's context is made in the first run, and holds what all runs did
            self._steps = self.store.put_contexts([metadata_store_pb2.Context(type_id=self._step, name="step")])
        self._record(run, metadata_store_pb2.Event.OUTPUT, statistics)
        baseline = self.resolve(statistics)
        looked_up = [statistics, *([baseline] if baseline else []), *[b for b, good in self.blessings.items() if good]]
        self._record(run, metadata_store_pb2.Event.INTERNAL_OUTPUT, *(a for a in looked_up if a != blessing))
        if blessing:
            self._record(run, metadata_store_pb2.Event.OUTPUT, blessing)
        return baseline

    def _record(self, run: int, kind: Any, *artifacts: int) -> None:
        (execution,) = self.store.put_executions([metadata_store_pb2.Execution(type_id=self._node)])
        events = [metadata_store_pb2.Event(execution_id=execution, artifact_id=a, type=kind) for a in artifacts]
        self.store.put_events(events)
        self.store.put_attributions_and_associations(
            [metadata_store_pb2.Attribution(artifact_id=a, context_id=run) for a in artifacts],
            [metadata_store_pb2.Association(execution_id=execution, context_id=c) for c in (run, *self._steps)],
        )


@pytest.fixture
def store() -> Store:
    return Store()


def test_the_first_run_has_no_statistics_to_compare_with(store: Store) -> None:
    assert store.run(store.count(), store.judge(True)) is None


def test_a_run_repeated_unchanged_is_compared_with_the_same_as_before(store: Store) -> None:
    first, judged = store.count(), store.judge(True)
    assert [store.run(first, judged) for _ in range(3)] == [None, None, None]
    second, judged = store.count(), store.judge(True)
    assert [store.run(second, judged) for _ in range(3)] == [first, first, first]


def test_a_run_is_compared_with_the_run_blessed_last(store: Store) -> None:
    runs = [(store.count(), store.judge(True)) for _ in range(3)]
    assert [store.run(*run) for run in runs] == [None, runs[0][0], runs[1][0]]


def test_a_run_that_was_not_blessed_or_did_not_end_is_passed_over(store: Store) -> None:
    good = store.count()
    store.run(good, store.judge(True))
    store.run(store.count(), store.judge(False))
    store.run(store.count())
    assert store.run(store.count(), store.judge(True)) == good


def test_a_run_whose_statistics_were_deleted_is_passed_over(store: Store) -> None:
    first, second = (store.count(), store.judge(True)), (store.count(), store.judge(True))
    store.run(*first)
    store.run(*second)
    store.gone = [second[0]]
    assert store.run(store.count(), store.judge(True)) == first[0]


def test_a_run_from_the_cache_is_blessed_again_and_is_then_the_latest(store: Store) -> None:
    first, second = (store.count(), store.judge(True)), (store.count(), store.judge(True))
    store.run(*first)
    store.run(*second)
    assert store.run(*first) == second[0]
    assert store.run(*first) == second[0]
    assert store.run(store.count(), store.judge(True)) == first[0]


def test_another_model_of_the_same_data_is_no_other_run(store: Store) -> None:
    same = store.count()
    store.run(same, store.judge(True))
    assert store.run(same, store.judge(True)) is None


def test_a_steps_context_which_holds_many_runs_is_no_run(store: Store) -> None:
    good = store.count()
    store.run(good, store.judge(True))
    store.run(store.count(), store.judge(False))
    assert store.resolve(store.count()) == good
