import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.config import ConfigError, classes, load
from pipeline.running import attempt, display

pytestmark = pytest.mark.unit

YAML = """\
name: adult
data: {train: train.csv}
label: {column: income, positive_class: ">50K"}
evaluation: {gates: {auc: {minimum: 0.8}}}
"""
ROWS = ["<=50K"] * 30 + [">50K"] * 10


def folder(path: Path, values: list, yaml: str = YAML) -> str:
    (path / "train.csv").write_text("age,income\n" + "".join(f"{30 + i},{value}\n" for i, value in enumerate(values)))
    (path / "pipeline.yaml").write_text(yaml)
    return str(path / "pipeline.yaml")


def refusal(config: str, *overrides: str) -> str:
    with pytest.raises(ConfigError) as caught:
        classes.check_positive_class(load(config, overrides))
    return str(caught.value).replace(f"{Path(config).parent}/", "")


def test_a_positive_class_that_no_row_has_is_found_before_any_step_and_told_what_was_meant(tmp_path: Path) -> None:
    config = folder(tmp_path, ROWS)
    classes.check_positive_class(load(config))
    assert refusal(config, "label.positive_class='>50k'") == (
        "label.positive_class: is '>50k', which no row of train.csv has; "
        'did you mean \'>50K\'? Set it to one of the values "<=50K", ">50K".'
    )


def test_a_number_is_the_positive_class_however_the_cells_write_it(tmp_path: Path) -> None:
    config = folder(tmp_path, ["2", "7.0"] * 20, YAML.replace('">50K"', "7"))
    classes.check_positive_class(load(config))
    assert "label.positive_class: is 3, which no row of" in refusal(config, "label.positive_class=3")


def test_parquet_is_looked_at_too(tmp_path: Path) -> None:
    pq.write_table(pa.table({"age": range(40), "income": ROWS}), tmp_path / "train.parquet")
    config = folder(tmp_path, ROWS, YAML.replace("train.csv", "train.parquet"))
    assert "did you mean '>50K'?" in refusal(config, "label.positive_class='>50k'")


def test_reading_ends_where_the_class_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config, parts = folder(tmp_path, ROWS), iter([{"<=50K": 5}, {">50K": 1}, {"never": 1}])
    monkeypatch.setattr(classes, "_values", lambda data, column: parts)
    classes.check_positive_class(load(config))
    assert list(parts) == [{"never": 1}]


def test_without_a_positive_class_the_message_shows_the_labels_values(tmp_path: Path) -> None:
    config = folder(tmp_path, ROWS, YAML.replace(', positive_class: ">50K"', ""))
    assert refusal(config) == (
        "pipeline.yaml:3: label: positive_class is missing: the class whose probability a binary model gives; "
        'in its first rows the label is "<=50K", ">50K". '
        "Set label.positive_class to one of the label's values, or label.task to multiclass or regression."
    )


def test_without_a_table_the_message_says_what_it_knows(tmp_path: Path) -> None:
    config = folder(tmp_path, ROWS, YAML.replace(', positive_class: ">50K"', ""))
    (tmp_path / "train.csv").unlink()
    assert "a binary model gives. Set label.positive_class" in refusal(config)


def test_a_remote_table_is_left_to_the_step_that_reads_it() -> None:
    from modules.base.settings import Data

    assert list(classes._values(Data(train="gs://bucket/train.csv"), "income")) == []


def test_a_run_looks_for_the_class_before_it_imports_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def imported(**_: object) -> None:
        raise AssertionError("the run has begun")

    monkeypatch.setattr(attempt, "prepare_environment", imported)
    positive = "label.positive_class='>50k'"
    promise = "promises.rates=[{rate: positive_rate, slice: {income: '>50k'}, minimum: 0.1}]"
    for override in (positive, promise):
        settings = load(folder(tmp_path, ROWS), [override])
        with pytest.raises(ConfigError, match="did you mean '>50K'"):
            attempt.Attempt(settings, str(tmp_path), "", display.Display(io.StringIO()), lambda: False).run()


PROMISES = """\
promises:
  gaps: [{gap: equal_opportunity, columns: [sex], maximum: 0.1, reference: {sex: Male}}]
  rates: [{rate: positive_rate, slice: {sex: Female}, minimum: 0.1}]
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "sex: Male",
            "sex: Mail",
            "promises.gaps[0].reference: is 'Mail' in sex, which no row of train.csv has; did you mean 'Male'? "
            "Set it to one of the values Female, Male.",
        ),
        ("sex: Female", "sex: women", "promises.rates[0].slice: is 'women' in sex, which no row of train.csv has. Set"),
    ],
)
def test_a_group_that_no_row_is_of_is_found_before_any_step(tmp_path: Path, old: str, new: str, said: str) -> None:
    config = folder(tmp_path, ROWS, YAML + PROMISES)
    (tmp_path / "train.csv").write_text("income,sex\n" + "<=50K,Female\n" * 30 + ">50K,Male\n" * 10)
    classes.check_named_values(load(config))
    (tmp_path / "pipeline.yaml").write_text(YAML + PROMISES.replace(old, new))
    with pytest.raises(ConfigError) as caught:
        classes.check_named_values(load(config))
    assert said in str(caught.value).replace(f"{tmp_path}/", "")


def test_a_class_that_a_promise_names_is_one_of_the_labels_values(tmp_path: Path) -> None:
    several = "label={column: income, task: multiclass}", "evaluation.gates={accuracy: {minimum: 0.5}}"
    config = folder(tmp_path, ROWS)
    rate = "promises.rates=[{{rate: true_positive_rate, of_class: '{}', minimum: 0.1}}]"
    classes.check_named_values(load(config, [*several, rate.format(">50K")]))
    with pytest.raises(
        ConfigError, match=r"promises\.rates\[0\]\.of_class: is '>50k', which no row of .* did you mean"
    ):
        classes.check_named_values(load(config, [*several, rate.format(">50k")]))
