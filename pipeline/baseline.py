"""Which model a candidate is compared with."""

from typing import Any

from tfx.components.evaluator import constants
from tfx.dsl.components.common.resolver import ResolverStrategy


class LatestOtherBlessedModelStrategy(ResolverStrategy):
    """Resolves the model that was blessed last, the candidate itself set aside.

    TFX's LatestBlessedModelStrategy resolves, when a run is repeated unchanged, the very model that the run is about:
    it would be compared with itself, and the Evaluator's result could never come from the cache.
    """

    def resolve_artifacts(self, store: Any, input_dict: dict[str, list[Any]]) -> dict[str, list[Any]] | None:
        """Picks the latest blessed model from the keys `model` and `model_blessing`, other than the `candidate`."""
        candidates = {artifact.id for artifact in input_dict["candidate"]}
        blessings = {
            blessing.get_int_custom_property(constants.ARTIFACT_PROPERTY_CURRENT_MODEL_ID_KEY): blessing
            for blessing in sorted(input_dict["model_blessing"], key=lambda artifact: artifact.id)
            if blessing.get_int_custom_property(constants.ARTIFACT_PROPERTY_BLESSED_KEY) == constants.BLESSED_VALUE
        }
        models = {model.id: model for model in input_dict["model"] if model.id not in candidates}
        blessed = [model for model in blessings if model in models]
        if not blessed:
            return {"candidate": input_dict["candidate"], "model": [], "model_blessing": []}
        latest = max(blessed, key=lambda model: blessings[model].id)
        return {
            "candidate": input_dict["candidate"],
            "model": [models[latest]],
            "model_blessing": [blessings[latest]],
        }
