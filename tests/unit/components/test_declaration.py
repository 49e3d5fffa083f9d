"""A component declares each channel once; what TFX and a reader need is made from that."""

import json
from typing import Any

import pytest
from tfx.dsl.components.base.base_executor import BaseExecutor
from tfx.types import standard_artifacts
from tfx.types.channel import Channel

from components.declaration import LABEL_ITSELF, DeclaredComponent, Input, Output, Parameter, sections_of
from modules.base.settings import PipelineSettings

pytestmark = [pytest.mark.unit, pytest.mark.kubeflow]

SETTINGS = PipelineSettings.model_validate(
    {
        "name": "houses",
        "data": {"train": "a.csv", "delimiter": ";"},
        "label": {"column": "sold", "positive_class": "yes", "objective": "log_loss"},
        "evaluation": {"gates": {"auc": {"minimum": 0.5}}},
        "seed": 7,
    }
)


class Executor(BaseExecutor):
    def Do(self, input_dict: Any, output_dict: Any, exec_properties: Any) -> None: ...


class Mixer(DeclaredComponent, executor=Executor):
    """Mixes."""

    READS = {"data": {"delimiter"}, "label": LABEL_ITSELF, "seed": None}

    model = Input(standard_artifacts.Model, "What is mixed.")
    schema = Input(standard_artifacts.Schema, "What it is mixed by, if by anything.", optional=True)
    further = Input(standard_artifacts.Model, "What is mixed in.", several=True)
    speed = Parameter("Turns per second.", int)
    mixture = Output(standard_artifacts.Model, "The mixture.")


def model() -> Channel:
    return Channel(type=standard_artifacts.Model)


def test_spec_and_outputs_follow_from_the_declaration() -> None:
    made = Mixer(model=model(), speed=3, config="{}", code="c")
    assert set(made.inputs) == {"model"}
    assert made.outputs["mixture"].type is standard_artifacts.Model
    assert made.exec_properties == {"speed": 3, "config": "{}", "code": "c"}
    assert made.executor_spec.executor_class is Executor


def test_an_optional_channel_and_a_list_of_channels_can_be_given() -> None:
    schema = Channel(type=standard_artifacts.Schema)
    made = Mixer(model=model(), schema=schema, further=[model(), model()], speed=3, config="{}", code="c")
    assert set(made.inputs) == {"model", "schema", "further_0", "further_1"}
    assert set(Mixer(model=model(), schema=None, speed=3, config="{}", code="c").inputs) == {"model"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Mixer needs code, config, model, speed; it takes code, config, further, model, schema, speed"),
        ({"model": None, "speed": 3, "code": "", "config": "", "modle": None}, "Mixer has no modle; it takes"),
        ({"model": None, "speed": 3, "code": "", "config": "", "mixture": None}, "Mixer has no mixture; it takes"),
    ],
)
def test_what_is_missing_or_unknown_is_refused_when_the_component_is_made(given: dict[str, Any], said: str) -> None:
    with pytest.raises(TypeError, match=said):
        Mixer(**given)


def test_a_channel_of_another_type_is_refused() -> None:
    with pytest.raises(TypeError, match="Schema"):
        Mixer(model=Channel(type=standard_artifacts.Schema), speed=3, config="{}", code="c")


def test_the_docstring_says_what_each_channel_is() -> None:
    text = Mixer.__doc__ or ""
    assert text.startswith("Mixes.")
    for line in ("model: What is mixed.", "speed: Turns per second.", "mixture: The mixture.", "code: Digest of the"):
        assert f"    {line}" in text


def test_a_step_is_given_just_the_settings_that_it_reads() -> None:
    assert json.loads(Mixer.config_of(SETTINGS)) == {
        "data": {"delimiter": ";"},
        "label": {
            "column": "sold",
            "task": "binary",
            "positive_class": "yes",
            "log_scale": False,
            "weight_column": None,
        },
        "seed": 7,
    }
    assert sections_of(SETTINGS, {"pruner": None})["pruner"]["sparsity"] == SETTINGS.pruner.sparsity


def test_the_digest_of_the_code_starts_at_the_executors_module() -> None:
    assert Mixer.executor_module() == __name__


def test_the_verdict_is_a_kind_of_tfx_s_evaluator_for_whoever_rewrites_its_blessing_and_runs_with_beam() -> None:
    from tfx.components.evaluator import executor as of_tfx
    from tfx.dsl.components.base import executor_spec

    from components.verdict.component import Verdict

    assert issubclass(Verdict.EXECUTOR_SPEC.executor_class, of_tfx.Executor)
    assert type(Verdict.EXECUTOR_SPEC) is executor_spec.BeamExecutorSpec
