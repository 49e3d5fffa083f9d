"""The sanity check of gradients, on a network that was trained on real artifacts."""

import json
from typing import Any

import numpy as np
import pytest

from components.explainer.methods import saliency_check
from modules.base import questions

pytestmark = pytest.mark.integration


def test_gradients_of_a_trained_network_are_held_against_random_ones_and_its_weights_stay(asked: Any) -> None:
    before = asked.network.network.get_weights()
    found, note = saliency_check.find(asked, questions.Explainer())
    assert found is not None
    assert note == ""
    assert json.loads(json.dumps(found)) == found
    assert [its["layers"] for its in found["stages"]] == [1, 2, 3]
    correlations = [its["correlation"] for its in found["stages"]]
    assert correlations[0] > correlations[-1]
    assert found["passes"] == (correlations[-1] <= 0.5)
    for one, other in zip(before, asked.network.network.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
