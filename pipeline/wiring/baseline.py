"""What a run is compared with: the model that was blessed last, and the statistics of its data."""

from collections.abc import Iterable
from typing import Any

from absl import logging
from ml_metadata.proto import metadata_store_pb2
from tfx.components.evaluator import constants
from tfx.dsl.compiler.constants import PIPELINE_RUN_CONTEXT_TYPE_NAME
from tfx.dsl.components.base.base_node import BaseNode
from tfx.dsl.components.common.resolver import Resolver, ResolverStrategy
from tfx.dsl.input_resolution.strategies.latest_blessed_model_strategy import LatestBlessedModelStrategy
from tfx.dsl.io import fileio
from tfx.types import Channel
from tfx.types.channel import BaseChannel
from tfx.types.standard_artifacts import ExampleStatistics, Model, ModelBlessing

from components.pushed_baseline.component import PushedBaseline
from pipeline import intact
from pipeline.wiring.context import Context
from pipeline.wiring.engines import Baseline


def model_baseline(context: Context, candidate: BaseChannel) -> BaseNode:
    """Returns the node `Baseline`, whose output `model` is what a new model is compared with.

    Args:
        context: What the stages have in common; its engine says what can be looked up.
        candidate: The new model.
    """
    kind = context.engine.baseline
    if kind == "pushed_last":
        step = PushedBaseline(destination=context.destination, **context.parameters(PushedBaseline))
        return step.with_id("Baseline")
    wanted = {"model": Channel(type=Model), "model_blessing": Channel(type=ModelBlessing)}
    if kind == "blessed_last":
        return Resolver(strategy_class=LatestBlessedModelStrategy, **wanted).with_id("Baseline")
    return Resolver(strategy_class=LatestOtherBlessedModelStrategy, candidate=candidate, **wanted).with_id("Baseline")


def data_baseline(kind: Baseline, candidate: BaseChannel) -> BaseNode | None:
    """Returns the node `DataBaseline`, whose output `statistics` is what the training rows are compared with.

    Args:
        kind: What the engine can look up; only strategies of our own find the statistics of a run.
        candidate: The statistics of the run itself.
    """
    if kind != "blessed_before":
        return None
    return Resolver(
        strategy_class=LatestOtherBlessedStatisticsStrategy,
        candidate=candidate,
        statistics=Channel(type=ExampleStatistics),
        model_blessing=Channel(type=ModelBlessing),
    ).with_id("DataBaseline")


class LatestOtherBlessedModelStrategy(ResolverStrategy):
    """Resolves the model that was blessed last, the candidate itself set aside.

    Last is what the latest run blessed, from the cache too: a blessing taken from there keeps its number.
    TFX's LatestBlessedModelStrategy resolves, when a run is repeated unchanged, the very model that the run is about:
    it would be compared with itself, and the Evaluator's result could never come from the cache.
    """

    def resolve_artifacts(self, store: Any, input_dict: dict[str, list[Any]]) -> dict[str, list[Any]] | None:
        """Picks from the key `model`, by the key `model_blessing`, other than the `candidate`."""
        candidates = {artifact.id for artifact in input_dict["candidate"]}
        models = {model.id: model for model in input_dict["model"] if model.id not in candidates}
        blessings = {blessing.id: blessing for blessing in input_dict["model_blessing"] if _is_blessed(blessing)}
        blessed = _by_run(store, blessings)
        for run in sorted(blessed, reverse=True):
            blessing = blessings[blessed[run]]
            of = blessing.get_int_custom_property(constants.ARTIFACT_PROPERTY_CURRENT_MODEL_ID_KEY)
            if of in models and _is_whole(store, models[of]):
                return {
                    "candidate": input_dict["candidate"],
                    "model": [models[of]],
                    "model_blessing": [blessing],
                }
        return {"candidate": input_dict["candidate"], "model": [], "model_blessing": []}


class LatestOtherBlessedStatisticsStrategy(ResolverStrategy):
    """Resolves the statistics of the run whose model was blessed last, today's own statistics set aside.

    A run and its artifacts are tied by its executions, those taken from the cache included: the blessing's runs are
    those with an execution that put it out, and so are the statistics'. The contexts of the artifacts would not do: a
    run's context also holds what its resolvers looked up.
    When a run is repeated unchanged, its statistics are those of the run before, and what was compared with what stays
    the same: the gate comes from the cache.
    """

    def resolve_artifacts(self, store: Any, input_dict: dict[str, list[Any]]) -> dict[str, list[Any]]:
        """Picks from the key `statistics`, by the key `model_blessing`, other than the `candidate`."""
        candidates = {artifact.id for artifact in input_dict["candidate"]}
        statistics = {artifact.id: artifact for artifact in input_dict["statistics"]}
        blessings = {blessing.id: blessing for blessing in input_dict["model_blessing"] if _is_blessed(blessing)}
        blessed, counted = _by_run(store, blessings), _by_run(store, statistics)
        for run in sorted(blessed, reverse=True):
            of = counted.get(run, -1)
            if of not in {-1, *candidates} and _is_whole(store, statistics[of]):
                return input_dict | {
                    "statistics": [statistics[of]],
                    "model_blessing": [blessings[blessed[run]]],
                }
        return input_dict | {"statistics": [], "model_blessing": []}


def _is_whole(store: Any, artifact: Any) -> bool:
    """Tells whether an artifact has the files that its step made; where it has not, the one before it will do."""
    if not fileio.exists(artifact.uri) or not fileio.listdir(artifact.uri):
        why: str | None = f"its files are gone from {artifact.uri}"
    else:
        why = intact.damage(store, [(artifact.id, artifact.uri)])
    if why is not None:
        logging.warning("%s %d is passed over: %s", artifact.type_name, artifact.id, why)
    return why is None


def _is_blessed(blessing: Any) -> bool:
    return blessing.get_int_custom_property(constants.ARTIFACT_PROPERTY_BLESSED_KEY) == constants.BLESSED_VALUE


def _by_run(store: Any, artifacts: Iterable[int]) -> dict[int, int]:
    """Returns, by the id of a run's context, which of the artifacts the run put out."""
    events = [e for e in store.get_events_by_artifact_ids(list(artifacts)) if e.type == metadata_store_pb2.Event.OUTPUT]
    return {
        context.id: event.artifact_id
        for event in events
        for context in store.get_contexts_by_execution(event.execution_id)
        if context.type == PIPELINE_RUN_CONTEXT_TYPE_NAME
    }
