"""A pushed model in Python: what it answers, what it refuses, and that it is one of scikit-learn's estimators."""

import copy
import csv
import dataclasses
import datetime
import io
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.base import is_classifier, is_regressor
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.metrics import get_scorer
from sklearn.model_selection import cross_val_score
from sklearn.utils.validation import check_is_fitted

from modules.base.errors import DataError, UserError
from modules.contracts import pushed_folder, tflite
from pipeline import load
from pipeline.commands.prediction import predict
from pipeline.python.model import PushedClassifier

pytestmark = pytest.mark.unit

WAGES = [0.75, 0.5, 0.9, None, 0.1]
ROWS = [{"wage €": wage, "years": 3 + i, "colour": "blue", "when": f"2024-01-0{i + 1}"} for i, wage in enumerate(WAGES)]
EXPECTED = [0.75, 0.5, 0.9, 0.25, 0.1]


@pytest.fixture
def model(classifier: Path) -> Any:
    return load(classifier)


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(ROWS)


def test_it_has_the_attributes_of_an_estimator_that_is_fitted(model: Any) -> None:
    check_is_fitted(model)
    assert is_classifier(model)
    assert not is_regressor(model)
    assert model.classes_.tolist() == ["<=50K", ">50K"]
    assert model.n_features_in_ == 4
    assert model.feature_names_in_.tolist() == ["wage €", "years", "colour", "when"]
    assert model.feature_names_in_.dtype == object


@pytest.mark.parametrize(
    "form",
    [
        pd.DataFrame,
        list,
        pa.Table.from_pylist,
        lambda rows: pa.Table.from_pylist(rows).to_batches()[0],
        lambda rows: pd.DataFrame(rows)[["when", "colour", "years", "wage €"]].assign(more="ignored"),
        lambda rows: pd.DataFrame(rows).astype({"colour": "category", "years": "Int64", "wage €": "float32"}),
        lambda rows: pd.DataFrame(rows).assign(when=lambda frame: pd.to_datetime(frame["when"])),
        lambda rows: pd.DataFrame(rows).assign(when=lambda frame: pd.to_datetime(frame["when"]).dt.date),
        lambda rows: pd.DataFrame(rows).assign(years=lambda frame: frame["years"].astype(float)),
        lambda rows: pd.DataFrame(rows).assign(years=lambda frame: frame["years"].astype(str)),
        lambda rows: pd.DataFrame(rows, index=list("zyxwv")),
        lambda rows: pd.DataFrame(rows).rename(columns=" {} ".format),
        lambda rows: pd.DataFrame(rows).to_numpy(),
        lambda rows: [list(row.values()) for row in rows],
    ],
    ids=["DataFrame", "dicts", "table", "batch", "order", "types", "datetime64", "date", "floats", "texts", "index"]
    + ["spaces"]
    + ["array", "lists"],
)
def test_rows_of_every_form_get_the_same_answer(model: Any, form: Callable) -> None:
    found = model.predict_proba(form(ROWS))
    assert found.shape == (5, 2)
    np.testing.assert_allclose(found[:, 1], EXPECTED, atol=1e-6)
    assert model.predict(form(ROWS)).tolist() == [">50K", "<=50K", ">50K", "<=50K", "<=50K"]


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("wage €", float("nan"), 0.25),
        ("years", None, 0.125),
        ("years", float("nan"), 0.125),
        ("years", pd.NA, 0.125),
        ("years", 41, 0.7578125),
        ("colour", "?", 0.75),
        ("colour", " blue ", 0.75),
        ("colour", "", 0.75),
        ("colour", None, 0.75),
        ("colour", "Blue", 0.0625),
        ("colour", 7, 0.0625),
        ("when", pd.NaT, 0.015625),
        ("when", None, 0.015625),
        ("when", "", 0.015625),
        ("when", pd.Timestamp("1969-12-31"), 0.03125),
        ("when", datetime.date(1969, 12, 31), 0.03125),
        ("when", -1, 0.03125),
        ("when", "1969-12-31 23:59:59", 0.03125),
    ],
)
def test_a_cell_means_what_it_means_to_the_command(model: Any, column: str, value: Any, expected: float) -> None:
    row = ROWS[0] | {column: value}
    for rows in ([row], pd.DataFrame([row]), pd.DataFrame([ROWS[0], row]).iloc[1:], pd.DataFrame([row]).to_numpy()):
        assert model.predict_proba(rows)[:, 1].tolist() == pytest.approx([expected])


def written(rows: pd.DataFrame, folder: Path) -> str:
    rows.to_csv(folder / "rows.csv", index=False)
    return str(folder / "rows.csv")


def test_predictions_are_those_of_the_command_to_the_last_digit(
    model: Any, classifier: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    draw = np.random.default_rng(1)
    size = 3_000
    frame = pd.DataFrame(
        {
            "wage €": np.where(draw.random(size) < 0.1, np.nan, draw.random(size)),
            "years": draw.integers(0, 60, size),
            "colour": draw.choice(["blue", "red", "?", " blue", ""], size),
            "when": draw.integers(-5, 5, size),
        }
    )
    predict(str(classifier), written(frame, tmp_path), None)
    told = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert model.predict(frame).tolist() == [row["prediction"] for row in told]
    for i, name in enumerate(model.classes_):
        assert [f"{share:.6f}" for share in model.predict_proba(frame)[:, i]] == [
            row[f"probability_{name}"] for row in told
        ]


@pytest.mark.parametrize(
    "broken",
    [
        {"wage €": ["high"]},
        {"wage €": [-1e39]},
        {"years": ["2.5"]},
        {"years": [2.5]},
        {"colour": ["a\0b"]},
        {"when": ["yesterday"]},
    ],
)
def test_a_cell_that_does_not_fit_is_refused_in_the_words_of_the_command(
    model: Any, classifier: Path, tmp_path: Path, frame: pd.DataFrame, broken: dict[str, list]
) -> None:
    frame = pd.concat([frame.astype(object), frame.iloc[:1].assign(**broken)], ignore_index=True)
    path = written(frame, tmp_path)
    with pytest.raises(DataError) as command:
        predict(str(classifier), path, None)
    with pytest.raises(DataError) as python:
        model.predict(frame)
    # Row 6 of the frame is line 7 of the file, whose first one is the header.
    assert str(python.value) == str(command.value).replace(f"{path}, row 7", "the DataFrame, row 6")


@pytest.mark.parametrize("renamed", [{"years": "year"}, {"colour": "COLOUR"}, {"wage €": "salary"}])
def test_a_column_that_is_missing_is_refused_in_the_words_of_the_command(
    model: Any, classifier: Path, tmp_path: Path, frame: pd.DataFrame, renamed: dict[str, str]
) -> None:
    frame = frame.rename(columns=renamed)
    path = written(frame, tmp_path)
    with pytest.raises(DataError) as command:
        predict(str(classifier), path, None)
    with pytest.raises(DataError) as python:
        model.predict(frame)
    assert str(python.value) == str(command.value).replace(path, "the DataFrame")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("rows.csv", "a value of the type str: is not a table. Give a DataFrame"),
        (np.zeros((2, 3)), "the array: has 3 columns where the model reads 4: wage €, years, colour, when"),
        (np.zeros(4), "has the shape (4,)"),
        ([ROWS[0], {"wage €": 1}], "the list of dicts, row 2: has no 'years', which the first row has"),
        ([ROWS[0], ROWS[1] | {"yaers": 1}], "row 2: has 'yaers', which the first row has not"),
        (pd.DataFrame([[1, 2]], columns=["years", "years"]), "has 2 columns named 'years'"),
        (pd.DataFrame(), "the DataFrame: has no column 'wage €', which the model reads; it has none"),
        (pd.DataFrame([ROWS[0] | {"colour": ["a", "b"]}]), "column 'colour': holds list<item: string>"),
    ],
)
def test_what_is_no_table_of_the_model_is_refused_in_one_line(model: Any, rows: Any, said: str) -> None:
    with pytest.raises(DataError) as caught:
        model.predict_proba(rows)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("rows", [pd.DataFrame(ROWS[:0], columns=list(ROWS[0])), [], np.empty((0, 4))])
def test_no_rows_get_no_predictions(model: Any, regressor: Path, rows: Any) -> None:
    assert model.predict_proba(rows).shape == (0, 2)
    assert model.predict(rows).shape == (0,)
    assert load(regressor).predict(rows).shape == (0,)


def test_missing_values_are_told_on_request_in_the_words_of_the_command(
    model: Any, classifier: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    frame = pd.DataFrame([*ROWS, ROWS[0] | {"colour": "?"}])
    predict(str(classifier), written(frame, tmp_path), None)
    assert model.notices(frame) == capsys.readouterr().err == "Missing values, of 6 rows: wage € 1, colour 1\n"
    assert model.notices(ROWS[:1]) == ""


def test_a_regression_gives_values_and_no_probability(regressor: Path, frame: pd.DataFrame) -> None:
    model = load(str(regressor))
    assert is_regressor(model)
    assert not is_classifier(model)
    assert not hasattr(model, "predict_proba")
    assert not hasattr(model, "classes_")
    assert model.predict(frame).tolist() == pytest.approx([750, 500, 900, 250, 100])
    assert model.score(frame, [750, 500, 900, 250, 100]) == pytest.approx(1.0)
    assert get_scorer("neg_mean_absolute_error")(model, frame, [751, 500, 900, 250, 100]) == pytest.approx(-0.2)


@pytest.mark.parametrize(
    ("names", "classes"),
    [(["0", "1"], [0, 1]), (["False", "True"], [False, True]), (["007", "8"], ["007", "8"]), (["10", "9"], [10, 9])],
)
def test_classes_have_the_type_that_pandas_gives_such_a_label(named: Any, names: list[str], classes: list) -> None:
    model: Any = load(named(names))
    assert model.classes_.tolist() == classes
    assert model.predict(ROWS[:2]).tolist() == [classes[1], classes[0]]
    assert model.score(ROWS[:2], [classes[1], classes[1]]) == 0.5


def test_a_class_is_predicted_at_the_threshold_of_the_card(classifier: Path, frame: pd.DataFrame) -> None:
    pushed = pushed_folder.read(str(classifier))
    shares = PushedClassifier(pushed).predict_proba(frame)[:, 1]
    middle = float(np.sort(shares)[2])
    card = dataclasses.replace(pushed.card, threshold=middle)
    model = PushedClassifier(tflite.TfliteModel(pushed.content, card))
    assert model.predict(frame).tolist() == [">50K" if share > middle else "<=50K" for share in shares]
    assert 0 < (model.predict(frame) == ">50K").sum() < len(frame)


def test_scorers_of_scikit_learn_take_it(model: Any, frame: pd.DataFrame) -> None:
    truth = [">50K", "<=50K", ">50K", "<=50K", ">50K"]
    assert get_scorer("accuracy")(model, frame, truth) == 0.8
    # Of the six pairs of a positive and a negative row, the last positive one loses both of its own.
    assert get_scorer("roc_auc")(model, frame, truth) == pytest.approx(4 / 6)
    assert get_scorer("neg_log_loss")(model, frame, truth) < 0
    with pytest.raises((UserError, TypeError)):
        cross_val_score(model, frame, truth, error_score="raise", cv=2)


def test_permutation_importance_takes_it(model: Any, frame: pd.DataFrame) -> None:
    many = pd.concat([frame] * 20, ignore_index=True)
    found = permutation_importance(model, many, model.predict(many), n_repeats=3, random_state=1)
    assert found.importances_mean[0] > 0.2
    assert found.importances_mean[1:].tolist() == [0, 0, 0]


def test_partial_dependence_takes_it_and_of_whole_numbers_says_how(
    model: Any, classifier: Path, frame: pd.DataFrame
) -> None:
    frame = frame.assign(when=1)
    found = partial_dependence(model, frame.fillna(0.25), ["wage €"], response_method="predict_proba", kind="average")
    np.testing.assert_allclose(found["average"][0], sorted(EXPECTED), atol=1e-6)
    many = pd.concat([frame.assign(years=years) for years in range(60)], ignore_index=True)
    with pytest.raises(DataError, match="is not a whole number"):
        partial_dependence(model, many, ["years"], grid_resolution=7)
    steps = partial_dependence(load(classifier, rounding=True), many, ["years"], grid_resolution=7)["average"][0]
    assert steps[-1] - steps[0] == pytest.approx(0.0078125)


def test_a_function_of_an_array_is_what_shap_explains(model: Any, frame: pd.DataFrame) -> None:
    # As shap's Permutation and Kernel explainers do: an array of background, some columns from another row.
    array = frame[model.feature_names_in_].to_numpy()
    mixed = np.repeat(array[:1], 3, axis=0)
    mixed[1, 0], mixed[2, 2] = 0.5, "red"
    assert model.predict_proba(mixed)[:, 1].tolist() == pytest.approx([0.75, 0.5, 0.0625])


def test_it_predicts_though_shap_takes_its_names_away(classifier: Path, frame: pd.DataFrame) -> None:
    model: Any = load(classifier)
    array = frame[model.feature_names_in_].to_numpy()
    model.feature_names_in_ = None  # as shap's KernelExplainer does to whatever the function is a method of
    for given in (frame, array):
        assert model.predict_proba(given)[:, 1].tolist() == pytest.approx(EXPECTED)


def test_it_can_be_copied_and_sent_to_another_process(model: Any, frame: pd.DataFrame) -> None:
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert twin.predict_proba(frame).tolist() == model.predict_proba(frame).tolist()


def test_it_is_not_trained_again(model: Any, frame: pd.DataFrame) -> None:
    with pytest.raises(UserError, match="cannot train a pushed model again"):
        model.fit(frame, [1] * 5)


def test_it_says_what_it_is(model: Any) -> None:
    assert repr(model) == "<PushedClassifier of y, float32, 4 columns, version 7>"
    assert model.card.pushed["version"] == "7"


def test_a_folder_without_a_model_is_refused_in_the_words_of_the_command(tmp_path: Path) -> None:
    with pytest.raises(UserError) as python:
        load(tmp_path)
    with pytest.raises(UserError) as command:
        predict(str(tmp_path), "rows.csv", None)
    assert str(python.value) == str(command.value).replace(f"--model {tmp_path}", f"load('{tmp_path}')")
    with pytest.raises(UserError, match="the run pushed none"):
        load(None)
