"""Readable models on real artifacts, against the file that would ship."""

import dataclasses
import json
from typing import Any

import numpy as np
import pytest

from components.explainer.methods import interpretable_models
from modules.base import questions

pytestmark = pytest.mark.integration


def test_readable_models_are_held_against_the_file_that_ships(asked: Any) -> None:
    config = {**asked.run.config, "debugger": {"monotone": {"education_num": "rises"}}}
    asked = dataclasses.replace(asked, run=dataclasses.replace(asked.run, config=config))
    found, note = interpretable_models.find(asked, questions.Explainer())
    assert found is not None
    assert note == ""
    assert found["shipped"]["bytes"] == len(asked.model.content)
    assert found["rows"] == {"test": 1_000, "training": len(asked.training), "of_training": len(asked.training)}
    by_name = {its["model"]: its for its in found["models"]}
    assert len(by_name) == 7
    assert by_name["explainable_boosting"]["value"] > 0.85
    for its in by_name.values():
        assert its["difference"] == pytest.approx(its["value"] - found["shipped"]["value"])
        assert its["low"] < its["difference"] < its["high"]
        assert np.isfinite(its["value"])
    assert json.loads(json.dumps(found)) == found
