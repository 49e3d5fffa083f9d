"""The sections of the config that depend on the task, and what is said where they do not fit it."""

from pathlib import Path

import pytest

from modules.base.settings import Error, Score
from modules.tasks import OBJECTIVES
from pipeline.config import ConfigError, load

pytestmark = pytest.mark.unit

YAML = """\
name: houses
data:
  train: train.csv
label:
  column: price
  task: regression
evaluation:
  gates:
    mae: {maximum: 12.5, max_rise: 0.5}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "train.csv").write_text("rooms,city,weight,price\n1,Rome,1,100\n")
    path = tmp_path / "pipeline.yaml"
    path.write_text(YAML)
    return path


def refusal(config: Path, *changes: tuple[str, str], overrides: tuple[str, ...] = ()) -> str:
    """Returns the message with which the config is refused once it is changed, less the folder's name."""
    for old, new in changes:
        assert old in config.read_text()
        config.write_text(config.read_text().replace(old, new, 1))
    with pytest.raises(ConfigError) as caught:
        load(str(config), overrides)
    assert "\n" not in str(caught.value)
    return str(caught.value).replace(f"{config.parent}/", "")


def test_a_regression_needs_no_positive_class_and_gates_errors(config: Path) -> None:
    settings = load(str(config))
    assert (settings.label.task, settings.label.positive_class, settings.label.watched) == ("regression", None, "r2")
    assert settings.evaluation.gates.given == {"mae": Error(maximum=12.5, max_rise=0.5)}


def test_a_label_of_several_classes_gates_scores(config: Path) -> None:
    overrides = ["label.task=multiclass", "evaluation.gates={top_3_accuracy: {minimum: 0.9}}"]
    settings = load(str(config), overrides)
    assert settings.label.watched == "log_loss"
    assert settings.evaluation.gates.given == {"top_3_accuracy": Score(minimum=0.9)}


def test_a_task_that_is_not_named_is_binary(config: Path) -> None:
    config.write_text(config.read_text().replace("task: regression", "positive_class: 100"))
    settings = load(str(config), ["evaluation.gates={auc_pr: {minimum: 0.2}}"])
    assert (settings.label.task, settings.label.watched, settings.label.positive_class) == ("binary", "auc", 100)


@pytest.mark.parametrize(
    ("task", "objective"), [(task, objective) for task, known in OBJECTIVES.items() for objective in known]
)
def test_every_objective_of_a_task_can_be_watched(config: Path, task: str, objective: str) -> None:
    gate = {"binary": "auc", "multiclass": "auc", "regression": "r2"}[task]
    overrides = [f"label.task={task}", f"label.objective={objective}", f"evaluation.gates={{{gate}: {{minimum: 0.1}}}}"]
    if task == "binary":
        overrides.append("label.positive_class=100")
    assert load(str(config), overrides).label.watched == objective


def test_a_gate_of_another_task_is_refused_with_its_line_and_those_that_there_are(config: Path) -> None:
    change = ("    mae: {maximum: 12.5, max_rise: 0.5}", "    mae: {maximum: 12.5}\n    auc: {minimum: 0.8}")
    assert refusal(config, change) == (
        "pipeline.yaml:10: evaluation.gates.auc is not a metric of a regression task; it has r2, rmse, mae. "
        "Gate one of these, or correct label.task."
    )


def test_a_gate_of_another_task_that_an_override_sets_is_blamed_on_the_override(config: Path) -> None:
    override = "evaluation.gates={recall: {minimum: 0.5}}"
    message = refusal(config, overrides=(override,))
    assert message.startswith(f"--set {override}: evaluation.gates.recall is not a metric of a regression task")


@pytest.mark.parametrize(
    ("gate", "said"),
    [
        ("mae: {minimum: 0.5}", "evaluation.gates.mae.minimum is not a setting; did you mean 'maximum'?"),
        ("r2: {maximum: 0.5}", "evaluation.gates.r2.maximum is not a setting; did you mean 'minimum'?"),
        ("mae: {maximum: -1}", "evaluation.gates.mae.maximum is -1; expected a number of at least 0"),
        ("r2: {minimum: 1.5}", "evaluation.gates.r2.minimum is 1.5; expected a number from 0 to 1"),
    ],
)
def test_a_limit_that_does_not_fit_its_metric_is_refused(config: Path, gate: str, said: str) -> None:
    message = refusal(config, ("mae: {maximum: 12.5, max_rise: 0.5}", gate))
    assert message.startswith(f"pipeline.yaml:9: {said}")


def test_a_decision_threshold_of_a_regression_is_refused(config: Path) -> None:
    said = refusal(config, overrides=("evaluation.threshold=0.4",))
    assert "evaluation.threshold is for a binary task, and label.task is regression" in said


def test_gates_without_a_minimum_or_a_maximum_are_refused(config: Path) -> None:
    message = refusal(config, ("maximum: 12.5, ", ""))
    assert message.startswith("pipeline.yaml:8: evaluation.gates: at least one metric needs a minimum (or maximum)")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "task: multiclass\n  objective: r2",
            "objective r2 is not one of a multiclass task; known: log_loss, accuracy, auc",
        ),
        ("task: regression\n  objective: auc", "objective auc is not one of a regression task; known: r2, rmse, mae"),
        (
            "positive_class: 1\n  objective: rmse",
            "objective rmse is not one of a binary task; known: auc, auc_pr, log_loss, accuracy",
        ),
        (
            "task: regression\n  positive_class: 1",
            "positive_class is for a binary task, and this one is regression; remove one of them",
        ),
        (
            "task: multiclass\n  positive_class: a",
            "positive_class is for a binary task, and this one is multiclass; remove one of them",
        ),
        (
            "positive_class: 1\n  negative_class: no\n  others: negative",
            "give negative_class, or others: negative, and not both",
        ),
        ("positive_class: 1\n  negative_class: 1", "negative_class is the positive class; name the other one"),
        ("positive_class: 1\n  negative_class: false", "negative_class is read as false; write the class in quotes"),
        (
            "task: regression\n  others: negative",
            "negative_class and others are for a binary task, beside positive_class",
        ),
        ("positive_class: true", "positive_class is read as true; write the class in quotes"),
        ("positive_class: False", "positive_class is read as false; write the class in quotes"),
        ("task: regression\n  class_weights: balanced", "class_weights are for classes; a regression has none"),
        ("task: multiclass\n  log_scale: true", "log_scale is for the numbers of a regression"),
        ("task: regression\n  weight_column: price", "weight_column is the label itself"),
    ],
)
def test_a_label_at_odds_with_its_task_is_refused_with_the_line_of_the_section(
    config: Path, line: str, said: str
) -> None:
    message = refusal(config, ("task: regression", line))
    assert message == f"pipeline.yaml:4: label: {said}. Fix that section."


def test_a_task_that_there_is_none_of_is_refused(config: Path) -> None:
    message = refusal(config, ("task: regression", "task: ranking"))
    assert message.startswith(
        "pipeline.yaml:6: label.task is 'ranking'; expected 'binary', 'multiclass' or 'regression'"
    )


def test_a_weight_column_that_is_no_column_is_refused_with_its_line(config: Path) -> None:
    message = refusal(config, ("task: regression", "task: regression\n  weight_column: wieght"))
    assert message.startswith("pipeline.yaml:7: label.weight_column is 'wieght', which is not a column of train.csv; ")
    assert "did you mean 'weight'?" in message


def test_label_and_weight_are_no_features_to_learn_from(config: Path) -> None:
    config.write_text(config.read_text() + "features:\n  exclude: [rooms, city]\n")
    load(str(config))
    assert "leaves no column to learn from" in refusal(config, overrides=("label.weight_column=weight",))
