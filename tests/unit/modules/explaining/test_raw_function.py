import numpy as np
import pytest
import tensorflow as tf

from modules.contracts.tflite import ModelCard, TfliteModel
from modules.explaining import raw_function
from modules.explaining.raw_function import RawColumn

pytestmark = pytest.mark.unit

CARD = ModelCard(
    "float32",
    inputs=[
        {"name": "x (%)", "tensor": "x", "kind": "numeric", "dtype": "float32", "missing": None},
        {"name": "n", "tensor": "n", "kind": "numeric", "dtype": "int64", "missing": -(2**63)},
    ],
    outputs=[{"name": "probability", "classes": ["no", "yes"]}],
    task="binary",
    label="y",
)


class Model(tf.Module):
    """The probability is x, and 0 where n is missing."""

    @tf.function(
        input_signature=[
            {"x": tf.TensorSpec([None, 1], tf.float32, name="x"), "n": tf.TensorSpec([None, 1], tf.int64, name="n")}
        ]
    )
    def serve(self, raw: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        return {"probability": tf.where(tf.equal(raw["n"], -(2**63)), 0.0, raw["x"])}


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = str(tmp_path_factory.mktemp("saved"))
    module = Model()
    tf.saved_model.save(module, folder, signatures={"serving_default": module.serve})
    return bytes(tf.lite.TFLiteConverter.from_saved_model(folder).convert())


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("rows", [1, 4_096, 10_000])
def test_a_file_answers_each_row_with_the_positive_class_in_the_order_of_the_rows(
    content: bytes, threads: int, rows: int
) -> None:
    function = raw_function.of_file(TfliteModel(content, CARD), threads)
    x = np.linspace(0, 1, rows, dtype=np.float32)
    n = np.where(np.arange(rows) % 3 == 1, -(2**63), 7)
    assert list(function.outputs) == ["yes"]
    answers = function({"x (%)": x, "n": n})
    assert answers.dtype == np.float64
    np.testing.assert_array_equal(answers[:, 0], np.where(n < 0, np.float32(0), x))


def test_rows_are_taken_replaced_joined_and_repeated_without_touching_the_others() -> None:
    rows = {"a": np.array([1.0, 2.0]), "b": np.array([b"x", b"y"], object)}
    assert raw_function.count(rows) == 2
    assert raw_function.taken(rows, np.array([False, True]))["b"].tolist() == [b"y"]
    other = raw_function.replaced(rows, {"a": np.array([5.0, 6.0])})
    assert (rows["a"].tolist(), other["a"].tolist(), other["b"].tolist()) == ([1, 2], [5, 6], [b"x", b"y"])
    assert raw_function.joined([rows, other])["a"].tolist() == [1, 2, 5, 6]
    assert raw_function.repeated(rows, 2)["b"].tolist() == [b"x", b"y", b"x", b"y"]


@pytest.mark.parametrize(
    ("dtype", "values", "missing", "texts"),
    [
        ("float32", np.array([1.5, np.nan], np.float32), [False, True], ["1.5", "(missing)"]),
        ("int64", np.array([3, -(2**63)]), [False, True], ["3", "(missing)"]),
        ("string", np.array(["ß".encode(), b""], object), [False, True], ["ß", "(missing)"]),
    ],
)
def test_a_column_knows_its_missing_values_and_writes_its_values_for_people(
    dtype: str, values: np.ndarray, missing: list[bool], texts: list[str]
) -> None:
    column = RawColumn("c", "categorical" if dtype == "string" else "numeric", dtype)
    assert column.is_missing(values).tolist() == missing
    assert [column.text(value) for value in values] == texts
    filled = column.filled(2, column.missing)
    assert filled.dtype == values.dtype
    assert column.is_missing(filled).all()
