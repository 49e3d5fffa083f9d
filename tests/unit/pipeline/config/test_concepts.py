"""Concepts in a config: found wrong when it is read, or before any step runs."""

from pathlib import Path

import pytest

from pipeline.config import ConfigError, classes, load

pytestmark = pytest.mark.unit

YAML = """\
name: adult
data: {train: train.csv}
label: {column: income, positive_class: ">50K"}
features: {exclude: [id], categorical: [zone]}
evaluation: {gates: {auc: {minimum: 0.8}}}
explainer:
  concepts:
    graduate: years >= 13
    couple: work in (Sales, "Other service") and sex != Male
"""
TABLE = "years,work,sex,zone,id,income\n" + "14,Sales,Male,1,7,>50K\n9,Other service,Female,2,8,<=50K\n" * 20


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "train.csv").write_text(TABLE)
    (tmp_path / "pipeline.yaml").write_text(YAML)
    return tmp_path / "pipeline.yaml"


def refusal(config: Path, query: str) -> str:
    config.write_text(YAML.replace("years >= 13", query))
    with pytest.raises(ConfigError) as caught:
        classes.check_named_values(load(str(config)))
    assert "\n" not in str(caught.value)
    return str(caught.value).replace(f"{config.parent}/", "")


def test_a_concept_that_fits_the_table_is_taken(config: Path) -> None:
    settings = load(str(config))
    classes.check_named_values(settings)
    assert list(settings.explainer.concepts) == ["graduate", "couple"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            "years",
            "pipeline.yaml:8: explainer.concepts.graduate is 'years', and holds 'years', which is not one comparison. "
            "Write comparisons such as education_num >= 13, joined by `and`; what holds other signs than letters in "
            "quotes.",
        ),
        (
            "yeers >= 13",
            "pipeline.yaml:8: explainer.concepts.graduate names 'yeers', which is not a column of train.csv; did you "
            "mean 'years'? Name a column of the table.",
        ),
        (
            "id >= 13",
            "pipeline.yaml:8: explainer.concepts.graduate names 'id', which the model does not read. "
            "Name a column that it reads.",
        ),
        (
            "zone >= 13",
            "pipeline.yaml:8: explainer.concepts.graduate asks for the order of 'zone', which features.categorical "
            "has. Compare it by =, != or in.",
        ),
        (
            "sex = female",
            "explainer.concepts.graduate: is 'female' in sex, which no row of train.csv has; did you mean 'Female'? "
            "Set it to one of the values Female, Male.",
        ),
        ("years = 10", "explainer.concepts.graduate: is 10 in years, which no row of train.csv has"),
        (
            "work > Sales",
            "explainer.concepts.graduate: asks for the order of 'work', which has texts such as "
            '"Other service", Sales. Compare it by =, != or in.',
        ),
    ],
)
def test_a_concept_that_does_not_fit_is_refused_in_one_line(config: Path, query: str, said: str) -> None:
    assert said in refusal(config, query)
