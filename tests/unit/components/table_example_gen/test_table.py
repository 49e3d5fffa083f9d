import random
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from components.table_example_gen import table
from modules.errors import DataError

pytestmark = pytest.mark.unit


def read(path: Path, text: str | bytes, delimiter: str = ",", missing: tuple[str, ...] = ("",)) -> dict[str, list]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    batches = list(table.read_text(str(path), delimiter, missing))
    return pa.Table.from_batches(batches).to_pydict()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


def test_every_cell_is_text_and_a_missing_one_null(path: Path) -> None:
    assert read(path, "a,b\n1,x\n,y\n007,\n") == {"a": ["1", None, "007"], "b": ["x", "y", None]}


def test_spaces_around_a_cell_are_no_part_of_it(path: Path) -> None:
    assert read(path, "a,b\n 1 ,  x y\n   ,z\n") == {"a": ["1", None], "b": ["x y", "z"]}


def test_missing_values_are_those_that_the_config_names_compared_exactly(path: Path) -> None:
    found = read(path, "a,b\n?,NA\n,na\n", missing=("?", "NA"))
    assert found == {"a": [None, ""], "b": [None, "na"]}


def test_quoted_cells_may_hold_delimiters_quotes_and_line_ends(path: Path) -> None:
    assert read(path, 'a,b\n"1,5","say ""hi"""\n"x\ny",z\n') == {"a": ["1,5", "x\ny"], "b": ['say "hi"', "z"]}


def test_another_delimiter(path: Path) -> None:
    assert read(path, "a;b\n1,5;x\n", ";") == {"a": ["1,5"], "b": ["x"]}


@pytest.mark.parametrize(
    "text",
    ["a,b\r\n1,x\r\n", "\ufeffa,b\n1,x\n", "a,b\n1,x", "a,b\n\n1,x\n\n"],
    ids=["Windows line ends", "byte order mark", "no line end at the end", "empty lines"],
)
def test_the_ways_in_which_editors_save_a_table_make_no_difference(path: Path, text: str) -> None:
    assert read(path, text) == {"a": ["1"], "b": ["x"]}


def test_names_and_cells_may_hold_any_character(path: Path) -> None:
    assert read(path, "größe,b c\n€,Ω\n") == {"größe": ["€"], "b c": ["Ω"]}


def test_a_table_larger_than_a_block_is_read_in_file_order(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "_BLOCK_BYTES", 1_000)
    path.write_text("n,text\n" + "".join(f"{i},row {i}\n" for i in range(1_000)))
    batches = list(table.read_text(str(path), ",", [""]))
    assert len(batches) > 5
    assert [cell for batch in batches for cell in batch.column(0).to_pylist()] == [str(i) for i in range(1_000)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("a,b\n", "has a header and no row"),
        ("a,b,a\n1,2,3\n", "has 2 columns named 'a'"),
        ("a,,c\n1,2,3\n", "column 2 has no name"),
        ("a, \n1,2\n", "column 2 has no name"),
        ("a,b\n1,2\n3\n", "row 3 has 1 cells where the header has 2"),
        ("a,b\n1,2\n3,4\n5,6,7\n", "row 4 has 3 cells where the header has 2"),
        (("a,b\n" + "1,cafe\n" * 20_000 + "1,caf\xe9\n").encode("latin-1"), "UTF8"),
        ("caf\xe9,b\n1,2\n".encode("latin-1"), "UTF-8"),
    ],
    ids=[
        "no byte",
        "only a header",
        "equal names",
        "no name",
        "a name of spaces",
        "too few cells",
        "too many cells",
        "a cell that is not UTF-8",
        "a name that is not UTF-8",
    ],
)
def test_a_table_that_cannot_be_read_is_refused_and_named(path: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(DataError) as caught:
        read(path, text)
    assert str(path) in str(caught.value)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone\.csv: cannot be read"):
        list(table.read_text(str(tmp_path / "gone.csv"), ",", [""]))


def infer(*batches: list[str | None]) -> str:
    inference = table.TypeInference()
    for cells in batches:
        inference.add(pa.record_batch([pa.array(cells, pa.string())], ["c"]))
    return inference.dtypes()["c"]


@pytest.mark.parametrize(
    ("cells", "dtype"),
    [
        (["1", "-2", "0", None], "int64"),
        (["999999999999999999"], "int64"),
        (["9999999999999999999"], "float32"),  # beyond int64
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
    inference = table.TypeInference()
    inference.add(batch)
    dtypes = inference.dtypes()
    assert dtypes["c"] in ("int64", "float32")
    typed = table.to_typed(batch, dtypes, "table.csv", 2)
    assert typed.column(0).to_pylist() == [pytest.approx(float(cell))]


def test_columns_are_cast_to_their_dtypes_and_others_left_out() -> None:
    batch = pa.record_batch(
        [pa.array(["1", None]), pa.array(["1.5", "2"]), pa.array(["007", None]), pa.array(["x", "y"])], list("abcd")
    )
    typed = table.to_typed(batch, {"c": "string", "a": "int64", "b": "float32"}, "table.csv", 2)
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
        table.to_typed(batch, {"wage": dtype}, "folder/table.csv", 102)
    assert str(caught.value).startswith("folder/table.csv, row 104, column 'wage': ")
    assert said in str(caught.value)


def shares(columns: dict[str, list[str | None]]) -> list[float]:
    arrays = [pa.array(cells, pa.string()) for cells in columns.values()]
    return table.split_shares(pa.record_batch(arrays, list(columns))).tolist()


def _columns(count: int) -> dict[str, list[str | None]]:
    return {"id": [str(i) for i in range(count)], "t": [None if i % 7 == 0 else f"t{i % 11}" for i in range(count)]}


def test_a_rows_share_depends_neither_on_its_place_nor_on_the_order_of_the_columns() -> None:
    columns = _columns(200)
    order = list(range(200))
    random.Random(14).shuffle(order)
    shuffled = shares({name: [cells[i] for i in order] for name, cells in reversed(columns.items())})
    expected = shares(columns)
    assert shuffled == [expected[i] for i in order]


def test_equal_rows_have_equal_shares_and_others_others() -> None:
    found = shares({"a": ["1", "1", "2", "1", None], "b": ["x", "x", "x", None, "1"]})
    assert found[0] == found[1]
    assert len(set(found)) == 4


def test_a_rows_share_stays_what_it_is() -> None:
    # Written down once; another number would move rows between training and validation in every data set.
    assert shares({"a": ["1"], "b": [None]}) == [0.8267231854248931]


def test_shares_are_spread_evenly() -> None:
    # 10,000 rows: the share below p has a standard deviation of at most √(1/4 / 10,000) = 0.005.
    found = np.array(shares(_columns(10_000)))
    assert found.min() >= 0
    assert found.max() < 1
    for limit in (0.1, 0.2, 0.5, 0.9):
        assert abs(np.mean(found < limit) - limit) < 0.015
