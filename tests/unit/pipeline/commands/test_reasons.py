"""Why a row gets its answer, and what another would get, from a pushed folder alone."""

from pathlib import Path
from typing import Any

import pytest
import tensorflow as tf

from modules.base.errors import DataError, UserError
from modules.contracts import pushed_folder
from modules.contracts.tflite import ModelCard, TfliteModel
from pipeline.commands import reasons
from pipeline.commands.reasons import Ask
from tests.command_line import Done

pytestmark = pytest.mark.unit

INPUTS: list[dict[str, Any]] = [
    {"name": "x", "tensor": "x", "kind": "numeric", "dtype": "float32", "missing": None},
    {
        "name": "colour",
        "tensor": "colour",
        "kind": "categorical",
        "dtype": "string",
        "missing": "",
        "values": ["red", "blue"],
    },
    {"name": "unread", "tensor": "unread", "kind": "numeric", "dtype": "int64", "missing": -(2**63)},
]
OUTPUTS: dict[str, dict[str, Any]] = {
    "binary": {"name": "probability", "classes": ["no", "yes"]},
    "multiclass": {"name": "probabilities", "classes": ["p", "q", "r"]},
    "regression": {"name": "prediction"},
}


class Model(tf.Module):
    """0.02 x, and 0.25 more where the colour is red; of several classes that of q, and the rest in halves."""

    def __init__(self, task: str) -> None:
        super().__init__()
        self._task = task

    def signature(self) -> tf.types.experimental.ConcreteFunction:
        dtypes = {"x": tf.float32, "colour": tf.string, "unread": tf.int64}
        specs = {name: tf.TensorSpec([None, 1], dtype, name=name) for name, dtype in dtypes.items()}

        @tf.function(input_signature=[specs])
        def serve(raw: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
            score = 0.02 * raw["x"] + tf.where(tf.equal(raw["colour"], "red"), 0.25, 0.0)
            score += 0.0 * tf.cast(raw["unread"], tf.float32)
            shares = tf.matmul(score, [[-0.5, 1.0, -0.5]]) + [[0.5, 0.0, 0.5]]
            answer = shares if self._task == "multiclass" else score
            return {str(OUTPUTS[self._task]["name"]): answer}

        return serve.get_concrete_function()


@pytest.fixture(scope="module")
def pushed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A pushed folder by task."""
    folders = {}
    for task, output in OUTPUTS.items():
        folder = tmp_path_factory.mktemp(task)
        module = Model(task)
        tf.saved_model.save(module, str(folder / "saved"), signatures={"serving_default": module.signature()})
        content = tf.lite.TFLiteConverter.from_saved_model(str(folder / "saved")).convert()
        card = ModelCard("float32", INPUTS, [output], task, "bought", threshold=0.5 if task == "binary" else None)
        pushed_folder.write(str(folder / "7"), TfliteModel(content, card))
        folders[task] = str(folder / "7")
    return folders


@pytest.fixture
def table(tmp_path: Path) -> str:
    """Twenty rows: x from 0 to 19, every second one red; the first of them is explained."""
    lines = [f"{number},{'red' if number % 2 else 'blue'},1" for number in range(20)]
    path = tmp_path / "rows.csv"
    path.write_text("\n".join(["x,colour,unread", *lines]) + "\n")
    return str(path)


def test_reasons_name_answer_background_and_contributions_that_add_up(pushed: dict[str, str], table: str) -> None:
    said = reasons.explain(Ask(pushed["binary"], table, 20))
    first, second, _, *lines = said.splitlines()
    # Row 20 has x = 19 and is red: 0.38 + 0.25; the others have x from 0 to 18, and 9 of 19 are red.
    assert first == f"Row 20 of {table}: bought yes (probability of yes 0.6300, threshold 0.5)"
    assert second == f"The mean answer to 19 other rows of {table}, drawn by seed 1: {0.18 + 0.25 * 9 / 19:.4f}"
    assert [line.split()[:3] for line in lines[:3]] == [
        ["x", "19", "+0.2000"],
        ["colour", "red", f"{0.25 * 10 / 19:+.4f}"],
        ["unread", "1", "+0.0000"],
    ]
    assert "add up to 0.6300" in lines[3]


def test_the_nearest_change_that_flips_the_decision_is_told(pushed: dict[str, str], table: str) -> None:
    said = reasons.explain(Ask(pushed["binary"], table, 20))
    assert f"flips the decision, of values that 19 other rows of {table} have: x 19 → 12\n" in said
    # 0.24 + 0.25; x moves by 7 at a median absolute deviation of 5. To become blue, as 10 of 19 are, costs 2 - 10 / 19.
    assert "It would be answered bought no (probability of yes 0.4900, threshold 0.5)." in said
    kept = reasons.explain(Ask(pushed["binary"], table, 20, mutable=["colour"]))
    assert ": colour red → blue\n" in kept
    none = reasons.explain(Ask(pushed["binary"], table, 20, mutable=["x"], directions={"x": "rises"}))
    assert "No change of at most 4 columns, of values that 19 other rows" in none


def test_of_several_classes_the_class_is_explained_and_a_regression_flips_nothing(
    pushed: dict[str, str], table: str
) -> None:
    classes = reasons.explain(Ask(pushed["multiclass"], table, 20))
    assert "bought q (probability of q 0.6300)" in classes
    assert "flips the decision" in classes
    value = reasons.explain(Ask(pushed["regression"], table, 20))
    assert value.startswith(f"Row 20 of {table}: bought 0.63\n")
    assert "flips" not in value


def test_another_table_may_be_the_background(pushed: dict[str, str], table: str, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("x,colour,unread\n" + "0,blue,1\n" * 12)
    said = reasons.explain(Ask(pushed["binary"], table, 20, str(other)))
    assert f"The mean answer to 12 rows of {other}, drawn by seed 1: 0.0000" in said
    assert ["x", "19", "+0.3800"] in [line.split()[:3] for line in said.splitlines()]


def test_what_if_tells_the_answer_before_and_after(pushed: dict[str, str], table: str) -> None:
    said = reasons.what_if(pushed["binary"], table, 20, {"colour": "blue", "x": "20.5"})
    assert said.splitlines() == [
        f"Row 20 of {table}: colour red → blue, x 19 → 20.5",
        "before: bought yes (probability of yes 0.6300, threshold 0.5)",
        "after:  bought no (probability of yes 0.4100, threshold 0.5)",
        "The decision flips.",
    ]
    assert reasons.what_if(pushed["multiclass"], table, 20, {"x": "18"}).endswith("The decision stays.")
    assert reasons.what_if(pushed["regression"], table, 1, {"x": "5"}).endswith("The answer changes by +0.1.")


def test_a_value_that_the_model_has_never_seen_is_pointed_out(pushed: dict[str, str], table: str) -> None:
    said = reasons.what_if(pushed["binary"], table, 20, {"colour": "green"})
    assert said.endswith("Values that the model does not know, taken as any rare one: colour 1 ('green')")
    missing = reasons.what_if(pushed["binary"], table, 20, {"colour": ""})
    assert "colour red → (missing)" in missing


def test_what_cannot_be_asked_is_refused_in_a_line(pushed: dict[str, str], table: str, tmp_path: Path) -> None:
    model = pushed["binary"]
    short = tmp_path / "short.csv"
    short.write_text("x,colour,unread\n" + "0,blue,1\n" * 10)
    refused = {
        "--row 21: .* has 20 rows. Give a number from 1 to 20": lambda: reasons.explain(Ask(model, table, 21)),
        "--row 0: ": lambda: reasons.what_if(model, table, 0, {"x": "1"}),
        "reads no column 'color'; did you mean 'colour'": lambda: reasons.what_if(model, table, 1, {"color": "red"}),
        "--mutable: the model reads no column 'bought'": lambda: reasons.explain(
            Ask(model, table, 1, mutable=["bought"])
        ),
        "9 other rows of .* are too few to compare with": lambda: reasons.explain(Ask(model, str(short), 1)),
        "--set, row 1, column 'x': 'many' is not a number": lambda: reasons.what_if(model, table, 1, {"x": "many"}),
        "--set colour: is no COLUMN=VALUE": lambda: reasons.parse_changes(["colour"]),
    }
    for said, call in refused.items():
        with pytest.raises((UserError, DataError), match=said) as caught:
            call()
        assert "\n" not in str(caught.value)


def test_neither_command_imports_tensorflow_or_a_package_that_explains(
    pushed: dict[str, str], table: str, tmp_path: Path
) -> None:
    asked = ("--model", pushed["binary"], "--input", table, "--row", "20")
    for command, further in (("explain", ("--rises", "x")), ("what-if", ("--set", "colour=blue"))):
        done = Done("local_runner", tmp_path, command, *asked, *further)
        assert (done.status, done.err) == (0, "")
        assert done.out.startswith("Row 20 of ")
        assert not {"shap", "numba"} & done.imported
        assert "pandas" in done.heavy() and len(done.heavy()) == 1  # pyarrow takes it along
