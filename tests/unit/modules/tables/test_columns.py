import pyarrow as pa
import pytest

from modules.base.errors import DataError
from modules.tables import columns

pytestmark = pytest.mark.unit


def infer(*batches: list[str | None]) -> str:
    inference = columns.TypeInference()
    for cells in batches:
        inference.add(pa.record_batch([pa.array(cells, pa.string())], ["c"]))
    return inference.dtypes()["c"]


@pytest.mark.parametrize(
    ("cells", "dtype"),
    [
        (["1", "-2", "0", None], "int64"),
        (["999999999999999999"], "int64"),
        (["9223372036854775807"], "int64"),
        (["9223372036854775808"], "float32"),  # 2^63, beyond int64
        (["1", "2.5"], "float32"),
        (["1e3"], "float32"),
        (["-1.5E-7", ".5", "5."], "float32"),
        (["007", "1"], "string"),
        (["-01"], "string"),
        (["00"], "string"),
        (["1", "x"], "string"),
        (["1,5"], "string"),
        (["1 000"], "string"),
        (["nan", "inf"], "string"),
        (["0x10"], "string"),
        (["1_000"], "string"),
        (["true"], "string"),
        ([None, None], "string"),
    ],
)
def test_a_type_is_as_narrow_as_all_cells_allow(cells: list[str | None], dtype: str) -> None:
    assert infer(cells) == dtype


def test_a_type_depends_on_all_batches() -> None:
    assert infer(["1"], ["2"], [None]) == "int64"
    assert infer(["1"], ["2.5"], ["3"]) == "float32"
    assert infer(["1"], ["2"], ["x"]) == "string"
    assert infer([None], ["1"]) == "int64"


@pytest.mark.parametrize("cell", ["+5", "-5", "-0", "+1.5", "1.", ".5", "-.5", "1e3", "1E+3", "2e-3", "0.0"])
def test_whatever_is_inferred_to_be_a_number_can_be_read_as_one(cell: str) -> None:
    batch = pa.record_batch([pa.array([cell])], ["c"])
    inference = columns.TypeInference()
    inference.add(batch)
    dtypes = inference.dtypes()
    assert dtypes["c"] in ("int64", "float32")
    typed = columns.to_typed(batch, dtypes, "table.csv", 2)
    assert typed.column(0).to_pylist() == [pytest.approx(float(cell))]


def test_columns_are_cast_to_their_dtypes_and_others_left_out() -> None:
    batch = pa.record_batch(
        [pa.array(["1", None]), pa.array(["1.5", "2"]), pa.array(["007", None]), pa.array(["x", "y"])], list("abcd")
    )
    typed = columns.to_typed(batch, {"c": "string", "a": "int64", "b": "float32"}, "table.csv", 2)
    assert typed.schema.names == ["c", "a", "b"]
    assert [str(field.type) for field in typed.schema] == ["string", "int64", "float"]
    assert typed.to_pydict() == {"c": ["007", None], "a": [1, None], "b": [1.5, 2.0]}


@pytest.mark.parametrize(
    ("cell", "dtype", "said"),
    [
        ("x", "int64", "'x' is not a whole number"),
        ("2.5", "int64", "'2.5' is not a whole number"),
        ("1,5", "float32", "'1,5' is not a number"),
        ("99999999999999999999", "int64", "'99999999999999999999' is not a whole number"),
    ],
)
def test_a_cell_that_does_not_fit_is_named_with_file_row_and_column(cell: str, dtype: str, said: str) -> None:
    batch = pa.record_batch([pa.array(["1", None, cell, "y"])], ["wage"])
    with pytest.raises(DataError) as caught:
        columns.to_typed(batch, {"wage": dtype}, "folder/table.csv", 102)
    assert str(caught.value).startswith("folder/table.csv, row 104, column 'wage': ")
    assert said in str(caught.value)


def test_numbers_with_a_decimal_comma_are_read_where_the_config_says_so() -> None:
    batch = pa.record_batch([pa.array(["1,5", "-2", None])], ["c"])
    inference = columns.TypeInference(decimal=",")
    inference.add(batch)
    assert inference.dtypes() == {"c": "float32"}
    assert columns.to_typed(batch, {"c": "float32"}, "t.csv", 2, ",").column(0).to_pylist() == [1.5, -2.0, None]


def test_a_column_that_a_block_does_not_have_is_missing_in_it() -> None:
    batch = pa.record_batch([pa.array([1, 2])], ["a"])
    typed = columns.to_typed(batch, {"a": "int64", "b": "string"}, "t.tfrecord", 1)
    assert typed.to_pydict() == {"a": [1, 2], "b": [None, None]}


def test_types_that_a_file_brings_along_are_kept() -> None:
    batch = pa.record_batch([pa.array([1, 2]), pa.array([0.5, 1.0]), pa.array(["7", "8"])], ["i", "f", "t"])
    inference = columns.TypeInference()
    inference.add(batch)
    # Text of digits is a number in a CSV file, where all is text; the writer of a Parquet file chose text.
    assert inference.dtypes() == {"i": "int64", "f": "float32", "t": "int64"}
