"""What a config promises, held against the form of the section, the task, and the columns of the table."""

from pathlib import Path

import pytest

from pipeline.config import ConfigError, load

pytestmark = pytest.mark.unit

YAML = """\
name: houses
data: {train: train.csv}
label: {column: sold, positive_class: yes}
evaluation: {gates: {auc: {minimum: 0.8}}}
promises:
  gaps:
    - {gap: demographic_parity_ratio, columns: [city], minimum: 0.8}
    - gap: equal_opportunity
      columns: [city]
      maximum: 0.1
"""
REGRESSION = ("label={column: sold, task: regression}", "evaluation.gates={rmse: {maximum: 9.0}}", "promises.gaps=[]")
SEVERAL = ("label={column: sold, task: multiclass}", "evaluation.gates={accuracy: {minimum: 0.1}}", "promises.gaps=[]")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "train.csv").write_text("rooms,city,sold\n1,Rome,yes\n")
    (tmp_path / "pipeline.yaml").write_text(YAML)
    return tmp_path / "pipeline.yaml"


def refusal(config: Path, *overrides: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(str(config), overrides)
    message = str(caught.value)
    assert "\n" not in message
    return message.replace(f"{config.parent}/", "")


def test_promises_are_read_from_the_file_and_from_overrides(config: Path) -> None:
    assert [gap.columns for gap in load(str(config)).promises.gaps] == [["city"], ["city"]]
    settings = load(str(config), ["promises.device.max_bytes=3000", "promises.gaps=[]"])
    assert settings.promises.device.given == {"bytes": 3000}
    override = "promises.gaps=[{gap: equalized_odds, columns: [city], maximum: 0.2, reference: {city: Rome}}]"
    assert [gap.reference for gap in load(str(config), [override]).promises.gaps] == [{"city": "Rome"}]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "maximum: 0.1",
            "maximum: 0.1\n      reference: Rome",
            "pipeline.yaml:11: promises.gaps[1].reference is 'Rome'; expected columns, each with one of its values, or "
            "null. Write for example reference: {sex: Female}.",
        ),
        (
            "maximum: 0.1",
            "maximum: 0.1\n      reference: {town: Rome}",
            "pipeline.yaml:8: promises.gaps[1]: reference gives values of town, and the columns are city. "
            "Give one value of each of the columns.",
        ),
        (
            "columns: [city]\n",
            "columns: [citi]\n",
            "pipeline.yaml:9: promises.gaps[1].columns[0] is 'citi', which is not a column of train.csv; did you mean "
            "'city'? Name a column of the table.",
        ),
        (
            "maximum: 0.1",
            "minimum: 0.1",
            "pipeline.yaml:8: promises.gaps[1]: equal_opportunity is a difference, bounded from above: it takes a "
            "maximum, and no minimum. Write for example maximum: 0.1.",
        ),
        (
            "equal_opportunity",
            "equal_oportunity",
            "'demographic_parity_ratio' or 'calibration_gap'. Write gap: equal_opportunity.",
        ),
        ("    - gap: equal_opportunity\n      col", "    - col", "pipeline.yaml:8: promises.gaps[1].gap is missing."),
        ("      maximum:", "      max:", "pipeline.yaml:10: promises.gaps[1].max is not a setting; did you mean 'maxi"),
    ],
)
def test_a_promise_that_is_wrong_is_told_with_its_place_and_line(config: Path, old: str, new: str, said: str) -> None:
    config.write_text(YAML.replace(old, new))
    assert said in refusal(config)


@pytest.mark.parametrize(
    ("promise", "said"),
    [
        ("gaps={gap: equal_opportunity, columns: [city], maximum: 0.1}", "Write gaps: [{gap: equal_opportunity, col"),
        ("gaps=0.8", "promises.gaps is 0.8; expected a list of promises. Write for example gaps: [{gap: "),
        ("quality=[{metric: auc}]", "[0]: of auc, more is better: it takes minimum or max_drop, and has neither. Wr"),
        ("quality=[{metric: log_loss, minimum: 0.1}]", "less is better: it takes maximum or max_rise, and has minimum"),
        ("quality=[{metric: auc, minimum: .inf}]", "promises.quality[0].minimum is Infinity; expected a number"),
        (
            "quality=[{metric: auc, minimum: 0.8, slices: [[town]]}]",
            "promises.quality[0].slices[0][0] is 'town', which",
        ),
        ("quality=[{metric: auc, minimum: 0.8, slice: {town: Rome}}]", "promises.quality[0].slice is 'town', which is"),
        ("quality=[{metric: auc, minimum: 0.8, slice: {}}]", "slice names no column. Write for example slice: {sex: F"),
        (
            "quality=[{metric: auc, minimum: 0.8, slices: [[city]], slice: {city: Rome}}]",
            "promises.quality[0]: it is about slices (all of these columns) and a slice (one). Keep one of the two.",
        ),
        (
            "quality=[{metric: rmse, maximum: 3.0}]",
            "promises.quality[0].metric is rmse, which a binary task does not have. "
            "Promise one of auc, auc_pr, accuracy, precision, recall, log_loss, or correct label.task.",
        ),
        ("rates=[{rate: positive_rate}]", "promises.rates[0]: positive_rate has neither a minimum nor a maximum. Add"),
        (
            "rates=[{rate: positive_rate, of_class: yes, minimum: 0.1}]",
            "promises.rates[0].of_class is for a task of several classes, and this one is binary. Remove of_class.",
        ),
        ("compression=[{measure: top_3_accuracy, max_loss: 0.1}]", "compression[0].measure is top_3_accuracy, which a"),
        ("beats=[boosted_trees]", "promises.beats[0] is 'boosted_trees'; expected"),
        (
            "beats=[{benchmark: svm}]",
            "promises.beats[0].benchmark is 'svm'; expected 'constant', 'linear' or 'boosted_trees'.",
        ),
    ],
)
def test_a_promise_given_with_set_is_held_against_form_task_and_table(config: Path, promise: str, said: str) -> None:
    message = refusal(config, f"promises.{promise}")
    assert message.startswith(f"--set promises.{promise}: promises.")
    assert said in message


def test_no_model_can_be_beaten_that_no_step_trains(config: Path) -> None:
    beats = "promises.beats=[{benchmark: linear}]"
    assert load(str(config), [beats]).promises.beats[0].margin == 0.0
    assert refusal(config, beats, "debugger.enabled=false") == (
        f"--set {beats}: promises.beats is about models that the Debugger trains, and debugger.enabled is false. "
        "Set debugger.enabled to true, or remove the promise."
    )


@pytest.mark.parametrize(
    ("promise", "said"),
    [
        (
            "rates=[{rate: positive_rate, minimum: 0.1}]",
            "rate is positive_rate, which a regression task does not have. Promise one of calibration, or",
        ),
        ("gaps=[{gap: equalized_odds, columns: [city], maximum: 0.1}]", "Promise one of calibration_gap, or correct"),
        ("compression=[{measure: changed_decisions, max_loss: 0.1}]", "Promise one of r2, rmse, mae, or correct label"),
    ],
)
def test_a_regression_has_no_rates_but_the_calibration(config: Path, promise: str, said: str) -> None:
    assert said in refusal(config, *REGRESSION, f"promises.{promise}")


@pytest.mark.parametrize(
    ("task", "promise"),
    [
        (REGRESSION, "rates=[{rate: calibration, minimum: 0.9, maximum: 1.1, slices: [[city]]}]"),
        (REGRESSION, "gaps=[{gap: calibration_gap, columns: [city], maximum: 0.1}]"),
        (REGRESSION, "compression=[{measure: rmse, max_loss: 0.1}]"),
        (SEVERAL, "rates=[{rate: true_positive_rate, of_class: yes, minimum: 0.1}]"),
        (SEVERAL, "compression=[{measure: top_3_accuracy, max_loss: 0.1}]"),
    ],
)
def test_what_a_task_has_can_be_promised(config: Path, task: tuple[str, ...], promise: str) -> None:
    assert load(str(config), [*task, f"promises.{promise}"])


def test_a_column_that_the_debugger_is_to_look_at_must_be_in_the_table(config: Path) -> None:
    assert "debugger.sensitive[0] is 'town', which is not a column" in refusal(config, "debugger.sensitive=[town]")
    assert "debugger.monotone names 'romes', which is not a" in refusal(config, "debugger.monotone={romes: rises}")
    assert load(str(config), ["debugger.monotone={rooms: rises}"]).debugger.monotone == {"rooms": "rises"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("explainer.mutable=[town]", "explainer.mutable[0] is 'town', which is not a column"),
        ("explainer.directions={town: rises}", "explainer.directions names 'town', which is not a column"),
        ("explainer.mutable=[sold]", "explainer.mutable names 'sold', which the model does not read"),
        ("debugger.monotone={sold: falls}", "debugger.monotone names 'sold', which the model does not read"),
    ],
)
def test_a_column_that_is_changed_must_be_one_that_the_model_reads(config: Path, change: str, said: str) -> None:
    assert said in refusal(config, change)
