import gzip
from pathlib import Path

import pyarrow as pa
import pytest

from modules.base.errors import DataError
from modules.base.settings import Data, Limits
from modules.tables import delimited, readers
from modules.tables.allowance import Allowance

pytestmark = pytest.mark.unit


def read(path: Path, text: str | bytes, **options: object) -> dict[str, list]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    data = Data.model_validate({"train": str(path), **options})
    batches = list(delimited.read(str(path), data, Allowance(str(path), data.limits)))
    return pa.Table.from_batches(batches).to_pydict() if batches else {}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


def test_every_cell_is_text_and_a_missing_one_null(path: Path) -> None:
    assert read(path, "a,b\n1,x\n,y\n007,\n") == {"a": ["1", None, "007"], "b": ["x", "y", None]}


def test_spaces_around_a_cell_are_no_part_of_it(path: Path) -> None:
    assert read(path, "a,b\n 1 ,  x y\n   ,z\n") == {"a": ["1", None], "b": ["x y", "z"]}


@pytest.mark.parametrize("header", ["age ,b", " age,b ", '" age ", b', "age\u00a0,b", "\ufeff age,b"])
def test_spaces_around_a_name_are_no_part_of_it_and_every_cell_stays_text(path: Path, header: str) -> None:
    assert read(path, f"{header}\n007,1\n") == {"age": ["007"], "b": ["1"]}


def test_names_that_differ_by_spaces_alone_are_one_name(path: Path) -> None:
    with pytest.raises(DataError, match="has 2 columns named 'age'"):
        read(path, "age,age \n1,2\n")


def test_missing_values_are_those_that_the_config_names_compared_exactly(path: Path) -> None:
    found = read(path, "a,b\n?,NA\n,na\n", missing_values=["?", "NA"])
    assert found == {"a": [None, ""], "b": [None, "na"]}


def test_quoted_cells_may_hold_delimiters_quotes_and_line_ends(path: Path) -> None:
    assert read(path, 'a,b\n"1,5","say ""hi"""\n"x\ny",z\n') == {"a": ["1,5", "x\ny"], "b": ['say "hi"', "z"]}


def test_another_delimiter(path: Path) -> None:
    assert read(path, "a;b\n1,5;x\n", delimiter=";") == {"a": ["1,5"], "b": ["x"]}


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
    monkeypatch.setattr(delimited, "_BLOCK_BYTES", 1_000)
    path.write_text("n,text\n" + "".join(f"{i},row {i}\n" for i in range(1_000)))
    batches = list(delimited.read(str(path), Data(train=str(path)), Allowance(str(path), Limits())))
    assert len(batches) > 5
    assert [cell for batch in batches for cell in batch.column(0).to_pylist()] == [str(i) for i in range(1_000)]


@pytest.mark.parametrize("columns", [250, 1_000, 4_000])
def test_a_wider_table_is_not_cut_into_more_blocks(columns: int, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each block costs something per column: more blocks for more columns would be quadratic."""
    monkeypatch.setattr(delimited, "_BLOCK_BYTES", 5_000)
    row = ",".join("7" for _ in range(columns)) + "\n"
    path.write_text(",".join(f"c{number:04}" for number in range(columns)) + "\n" + 40 * row)
    assert 4 <= sum(1 for _ in delimited.read(str(path), Data(train=str(path)), Allowance(str(path), Limits()))) <= 6


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("a,b,a\n1,2,3\n", "has 2 columns named 'a'"),
        ("a,,c\n1,2,3\n", "column 2 has no name"),
        ("a, \n1,2\n", "column 2 has no name"),
        ("a,b\n1,2\n3\n", "row 3 has 1 cell where the header has 2"),
        ("a,b\n1,2\n3,4\n5,6,7\n", "row 4 has 3 cells where the header has 2"),
        (("a,b\n" + "1,cafe\n" * 20_000 + "1,caf\xe9\n").encode("latin-1"), "is not utf-8 text"),
        ('a,b\n1,"' + "2\n" * 2**21, "has a row of more than 1,048,576 bytes, as where a quote is never closed"),
        ("caf\xe9,b\n1,2\n".encode("latin-1"), "is not utf-8 text"),
        ("a,b\n1,2\n".encode("utf-16"), "Set data.encoding to utf-16"),
    ],
    ids=[
        "no byte",
        "equal names",
        "no name",
        "a name of spaces",
        "too few cells",
        "too many cells",
        "a cell that is not UTF-8",
        "a quote that is never closed",
        "a name that is not UTF-8",
        "another encoding",
    ],
)
def test_a_table_that_cannot_be_read_is_refused_and_named(path: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(DataError) as caught:
        read(path, text)
    assert str(path) in str(caught.value)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone\.csv: does not exist"):
        list(readers.read(str(tmp_path / "gone.csv"), Data(train="gone.csv")))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1", "cp1252"])
def test_a_table_in_another_encoding_is_read_as_what_it_is(path: Path, encoding: str) -> None:
    assert read(path, "caf\xe9,b\nna\xefve,1\n".encode(encoding), encoding=encoding) == {
        "caf\xe9": ["na\xefve"],
        "b": ["1"],
    }


def test_another_quote(path: Path) -> None:
    assert read(path, "a,b\n'x, y',z\n", quote="'") == {"a": ["x, y"], "b": ["z"]}


def test_a_tsv_needs_no_delimiter_in_the_config(tmp_path: Path) -> None:
    assert read(tmp_path / "t.tsv", "a\tb\n1,5\tx\n") == {"a": ["1,5"], "b": ["x"]}


def test_a_compressed_table_is_the_same_table(tmp_path: Path) -> None:
    assert read(tmp_path / "t.csv.gz", gzip.compress(b"a,b\n1,x\n")) == {"a": ["1"], "b": ["x"]}


def test_a_compressed_table_that_ends_early_is_refused(tmp_path: Path) -> None:
    whole = gzip.compress("".join(["a,b\n", *(f"{i},{i * 7919 % 1000}\n" for i in range(20_000))]).encode())
    with pytest.raises(DataError, match=r"t\.csv\.gz: is damaged"):
        read(tmp_path / "t.csv.gz", whole[: len(whole) // 2])


@pytest.mark.parametrize("text", ["Sales of 2024\na,b\n1,2\n", "Sales of 2024,,\na,b,c\n1,2,3\n"])
def test_a_table_that_begins_with_a_title_says_so(tmp_path: Path, text: str) -> None:
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(DataError, match="begins with a title, 'Sales of 2024'"):
        list(delimited.read(str(tmp_path / "t.csv"), Data(train="t.csv"), Allowance("t.csv", Limits())))


def test_an_index_that_pandas_wrote_is_recognised(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(",a,b\n0,1,2\n")
    with pytest.raises(DataError, match="Write it with index=False, or name it"):
        delimited.header(str(tmp_path / "t.csv"), Data(train="t.csv"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("line", ["sep=;\r\n", "SEP=;\n", '"sep=;"\n'])
def test_a_line_for_excel_names_the_delimiter_and_is_no_row(path: Path, line: str, encoding: str) -> None:
    text = (line + 'a;b\n1;"x;y"\n2;z\n').encode(encoding)
    reading = {"encoding": encoding.removesuffix("-sig"), "delimiter": ","}
    assert read(path, text, **reading) == {"a": ["1", "2"], "b": ["x;y", "z"]}
    data = Data.model_validate({"train": str(path), **reading})
    assert (delimited.header(str(path), data), delimited.first_row(str(path), data)) == (["a", "b"], 3)


def test_rows_below_a_line_for_excel_are_counted_as_in_the_file(path: Path) -> None:
    with pytest.raises(DataError, match="row 4 has 1 cell where the header has 2"):
        read(path, "sep=;\na;b\n1;2\n3\n")
    with pytest.raises(DataError, match="line 4, column 'b': has text behind a closing quote"):
        read(path, 'sep=;\na;b\n1;2\n3;"6"2\n')
    path.write_text("sep=;\na;b\n1;2\n")
    assert [block.first_row for block in readers.read(str(path), Data(train=str(path)))] == [3]


@pytest.mark.parametrize("line", ["sep=", "sep=;;", "sep=þ"])
def test_a_line_for_excel_that_names_no_delimiter_is_refused(path: Path, line: str) -> None:
    with pytest.raises(DataError, match=f"begins with the line '{line}', and a delimiter is a single ASCII character"):
        read(path, f"{line}\na;b\n1;2\n")


def test_a_column_may_be_called_like_that_line(path: Path) -> None:
    assert read(path, "sep=value,b\n1,2\n") == {"sep=value": ["1"], "b": ["2"]}
