"""Every setting with a wrong value of every kind: the message is for a user, and what it proposes is right."""

import re
import typing
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from modules.base.settings import PipelineSettings
from pipeline.config import ConfigError, expected, load
from pipeline.config.fields import LocatedField, find
from pipeline.config.writing import flow

pytestmark = pytest.mark.unit

YAML = """\
name: houses
data: {train: train.csv}
label: {column: sold, positive_class: yes}
evaluation: {gates: {auc: {minimum: 0.8}}}
"""
VALUES = ("'a b'", "''", "-5", "2.5", "true", "null", "[1, two]", "[]", "{x: 1}")
# Names of types and phrases of pydantic and Python that mean nothing to a user.
FOREIGN = re.compile(
    r"constrained|_type|Input should|NoneType|None|Annotated|Literal|dict|\bint\b|\bstr\b|\bbool\b|\bfloat\b|"
    r"Undefined|model|instance|True|False|KubeflowStep|Score|\[key\]|\bvalid\b|should"
)


def sections(annotation: object) -> Iterator[type[BaseModel]]:
    """Yields the sections within a type, such as that of `SearchSpace | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in typing.get_args(annotation):
        yield from sections(inner)


def fields(section: type[BaseModel], place: str = "") -> Iterator[str]:
    """Yields every setting by its full name; of sections in a mapping one called Tuner, in a list the first."""
    for name, field in section.model_fields.items():
        yield place + name
        kinds: dict[object, str] = {dict: ".Tuner", list: "[0]"}
        within = kinds.get(typing.get_origin(field.annotation), "")
        for inner in sections(field.annotation):
            yield from fields(inner, f"{place}{name}{within}.")


def setting(field: str) -> LocatedField:
    """Returns a setting by its name in a message."""
    return find([int(part) if part.isdigit() else part for part in re.findall(r"\w+", field)])


def override(field: str, value: str) -> str:
    """Returns the override that sets a field; of a section within a list, in an entry that is right otherwise."""
    listed, entry, inner = field.partition("[0].")
    if not entry:
        return f"{field}={value}"
    given = {name: flow(of) for name, of in expected.example(setting(listed).owner)[0].items()} | {inner: value}
    return f"{listed}=[{{{', '.join(f'{name}: {text}' for name, text in given.items())}}}]"


FIELDS = list(fields(PipelineSettings))


@pytest.fixture
def config(tmp_path: Path) -> str:
    (tmp_path / "train.csv").write_text("rooms,city,sold\n1,Rome,yes\n")
    (tmp_path / "pipeline.yaml").write_text(YAML)
    return str(tmp_path / "pipeline.yaml")


def refusal(config: str, given: str) -> str | None:
    """Returns what is said of an override, without where; None if it is taken."""
    try:
        load(config, [given])
    except ConfigError as error:
        assert "\n" not in str(error)
        return f"{error.what}. {error.fix}."
    return None


def test_all_settings_are_looked_at() -> None:
    assert {
        "seed",
        "tuner.search_space.units",
        "evaluation.gates.rmse.max_rise",
        "kubeflow.steps.Tuner.cpu",
        "promises.gaps[0].reference",
    } <= {*FIELDS}
    assert len(FIELDS) > 120


@pytest.mark.parametrize("field", FIELDS)
def test_a_value_of_the_wrong_kind_is_refused_in_words_with_a_form_that_is_right(config: str, field: str) -> None:
    refused = 0
    for value in VALUES:
        message = refusal(config, override(field, value))
        if message is None or "; expected " not in message:  # taken, or at odds with another setting
            continue
        refused += 1
        what, _, fix = message.partition("; expected ")
        name = re.escape(field)
        assert re.match(rf"{name}(\.\w+|\[\d\])* (is|has the name) .+", what), message
        assert not FOREIGN.search(message.replace(field, "")), message
        form = re.fullmatch(r".+\. Write (?:for example )?(\w+: .+)\.", fix, re.DOTALL)
        assert form, message
        key, _, right = form[1].partition(": ")
        again = refusal(config, override(field[: field.rindex(key)] + key, right))
        assert again is None or "expected" not in again, (message, again)
    assert refused >= 3


@pytest.mark.parametrize(
    ("override", "said"),
    [
        (
            "kubeflow.schedule='* * *'",
            "expected five fields of cron (minute, hour, day, month, weekday) with one space",
        ),
        ("kubeflow.schedule='* * *'", 'Write for example schedule: "0 6 * * 1".'),
        ("kubeflow.secrets={A: key}", "expected the name of a Kubernetes secret and one of its keys, as name/key"),
        ("kubeflow.secrets={1A: s/k}", "kubeflow.secrets has the name '1A'; expected letters, digits and _, not start"),
        (
            "kubeflow.project_folder=here",
            "expected an absolute path, starting with /. Write for example project_folder:",
        ),
        ("name=My Houses", "expected lower-case letters, digits and _, starting with a letter"),
        ("data.train=5", "expected a file, a folder, a pattern, or a list of these"),
        ("data.train=[5]", 'data.train[0] is 5; expected non-empty text. Write train: ["5"].'),
        (
            "evaluation.slices=[sex]",
            "evaluation.slices[0] is 'sex'; expected a list of one or more non-empty texts. Write",
        ),
        ("evaluation.slices=[sex]", "Write slices: [[sex]]."),
        ("evaluation.threshold={precision: 0.8, recall: 0.9}", "equal_opportunity; precision and recall are given"),
        ("evaluation.threshold={maximise: f1}", "did you mean 'maximize'?"),
        ("evaluation.threshold={recall: 2}", "expected a number above 0 and of at most 1"),
        ("evaluation.slices=sex", "Write slices: [[sex]]."),
        ("features.exclude=id", "features.exclude is 'id'; expected a list of non-empty texts. Write exclude: [id]."),
        ("kubeflow.cache=yes", "kubeflow.cache is 'yes'; expected true or false. Write cache: true."),
        ("trainer.epochs='5'", "trainer.epochs is '5'; expected a whole number of at least 1. Write epochs: 5."),
        ("evaluation.gates.auc=0.8", "expected a section of settings, or null. Write for example auc: {minimum: 0.5}."),
        ("data_gate.drift=false", "data_gate.drift is false; expected 'stop', 'warn' or 'off'"),
        ("data=5", "data is 5; expected a section of settings. Write for example data: {train: table.csv}."),
        ("tuner.search_space.learning_rate=[1]", "expected a list of 2 numbers above 0"),
        ("pruner.sparsity=[]", "a list of shares that rise. Write for example sparsity: [0.5, 0.8]."),
        ("pruner.sparsity=[0.8, 0.5]", "pruner: the shares of sparsity do not rise. Write sparsity: [0.5, 0.8]."),
        (
            "distillation={architecture: tuned, units: null}",
            "architecture is tuned, what the Tuner finds, and units null, which searches another shape. Remove one",
        ),
        ("pruner.sparsity=[0.5, 1.0]", "pruner.sparsity[1] is 1.0; expected a number of at least 0 and below 1."),
        ("trainer.teacher=forest", "expected 'network', 'boosted_trees' or 'ensemble'"),
        (
            "trainer.members={boosted_trees: 0, network: 0}",
            "an ensemble has no members. Give boosted_trees or network a",
        ),
    ],
)
def test_a_message_says_what_is_expected_and_the_right_form(config: str, override: str, said: str) -> None:
    message = refusal(config, override)
    assert message is not None
    assert said in message


def test_a_long_value_is_cut_in_the_message(config: str) -> None:
    message = refusal(config, f"seed={'x' * 5_000}")
    assert message is not None
    assert len(message) < 300
