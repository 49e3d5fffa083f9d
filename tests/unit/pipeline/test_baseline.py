from typing import Any

import pytest
from tfx.components.evaluator import constants
from tfx.types.standard_artifacts import Model, ModelBlessing

from pipeline.baseline import LatestOtherBlessedModelStrategy

pytestmark = pytest.mark.unit


def model(number: int) -> Model:
    made = Model()
    made.id = number
    return made


def blessing(number: int, of: int, blessed: bool = True) -> ModelBlessing:
    made = ModelBlessing()
    made.id = number
    made.set_int_custom_property(constants.ARTIFACT_PROPERTY_CURRENT_MODEL_ID_KEY, of)
    made.set_int_custom_property(constants.ARTIFACT_PROPERTY_BLESSED_KEY, int(blessed))
    return made


def resolve(candidate: int, models: list[int], blessings: list[ModelBlessing]) -> tuple[list[int], list[int]]:
    inputs: dict[str, Any] = {
        "candidate": [model(candidate)],
        "model": [model(number) for number in models],
        "model_blessing": blessings,
    }
    found = LatestOtherBlessedModelStrategy().resolve_artifacts(None, inputs)
    assert found is not None
    assert [artifact.id for artifact in found["candidate"]] == [candidate]
    return [m.id for m in found["model"]], [b.id for b in found["model_blessing"]]


def test_the_first_model_has_no_baseline() -> None:
    assert resolve(5, [5], []) == ([], [])


def test_a_candidate_is_not_compared_with_itself() -> None:
    assert resolve(5, [5], [blessing(6, of=5)]) == ([], [])


def test_the_baseline_is_the_model_blessed_last() -> None:
    blessings = [blessing(6, of=5), blessing(8, of=7), blessing(2, of=1)]
    assert resolve(9, [1, 5, 7, 9], blessings) == ([7], [8])


def test_a_model_that_was_not_blessed_is_no_baseline() -> None:
    assert resolve(9, [5, 7, 9], [blessing(6, of=5), blessing(8, of=7, blessed=False)]) == ([5], [6])


def test_the_candidates_own_blessing_hides_no_earlier_one() -> None:
    assert resolve(7, [5, 7], [blessing(6, of=5), blessing(8, of=7)]) == ([5], [6])


def test_a_blessing_of_a_model_that_is_gone_is_passed_over() -> None:
    assert resolve(9, [5, 9], [blessing(6, of=5), blessing(8, of=7)]) == ([5], [6])


def test_a_model_that_was_blessed_again_is_the_latest() -> None:
    assert resolve(9, [5, 7, 9], [blessing(6, of=5), blessing(8, of=7), blessing(10, of=5)]) == ([5], [10])
