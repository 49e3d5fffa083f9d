from pathlib import Path

import pyarrow as pa
import pytest

from modules.base.errors import DataError
from pipeline.drafting import dialect

pytestmark = pytest.mark.unit


def sniff(folder: Path, text: str, encoding: str = "utf-8") -> dialect.Dialect:
    (folder / "table.csv").write_bytes(text.encode(encoding))
    return dialect.sniff(str(folder / "table.csv"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_cuts_every_row_alike(tmp_path: Path, delimiter: str) -> None:
    rows = [["name", "text", "n"], ["a", "x, y; z", "1"], ["b", "u | v", "2"], ["c", "w", "3"]]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    found = sniff(tmp_path, text)
    assert (found.delimiter, found.quote, found.columns) == (delimiter, '"', 3)


@pytest.mark.parametrize("delimiter", ["^", "~", ":", "\x01", "\x1f"])
def test_a_rare_delimiter_is_found_where_it_cuts_every_row_alike(tmp_path: Path, delimiter: str) -> None:
    rows = [["name", "n (%)"], *(["a b", str(i)] for i in range(30))]
    found = sniff(tmp_path, "\n".join(delimiter.join(row) for row in rows) + "\n")
    assert (found.delimiter, found.columns) == (delimiter, 2)
    assert sniff(tmp_path, "name:of a row\n" + "a b\n" * 30).columns == 1


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
@pytest.mark.parametrize("delimiter", "þ¦§")
def test_a_delimiter_outside_ascii_is_named_with_what_to_do(tmp_path: Path, delimiter: str, encoding: str) -> None:
    text = "\n".join(delimiter.join(row) for row in [["größe", "y"], *([str(i), "no"] for i in range(30))])
    with pytest.raises(
        DataError, match=f"seems to have the delimiter '{delimiter}', and .* Write the table with anoth"
    ):
        sniff(tmp_path, text, encoding)


def test_decimal_commas_are_no_delimiters(tmp_path: Path) -> None:
    assert sniff(tmp_path, "a;b\n1,5;2,5\n3,5;4,5\n").delimiter == ";"


def test_single_quotes_around_cells_are_found(tmp_path: Path) -> None:
    found = sniff(tmp_path, "'a','b'\n'x, y','z'\n'u','v, w'\n")
    assert (found.delimiter, found.quote, found.columns) == (",", "'", 2)


def test_single_quotes_are_found_even_where_nothing_in_the_cells_needs_them(tmp_path: Path) -> None:
    assert sniff(tmp_path, "'a','b'\n'x','y'\n").quote == "'"


def test_a_byte_order_mark_is_no_part_of_the_first_cell(tmp_path: Path) -> None:
    found = sniff(tmp_path, '"a;b";c\n"x;y";1\n', "utf-8-sig")
    assert (found.delimiter, found.columns) == (";", 2)


def test_an_apostrophe_is_no_quote(tmp_path: Path) -> None:
    assert sniff(tmp_path, "a,b\nit's,1\n'tis,2\n").quote == '"'


def test_one_column_is_one_column(tmp_path: Path) -> None:
    assert sniff(tmp_path, "a\n1\n2\n").columns == 1


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", ("utf-8", "latin-1")),  # U+00CD takes the byte 8D, which cp1252 does not have
        ("utf-8-sig", ("utf-8", "latin-1")),
        ("utf-16", ("utf-16",)),
        ("latin-1", ("cp1252", "latin-1")),
        ("ascii", ("utf-8", "cp1252", "latin-1")),
    ],
)
def test_encodings_are_tried_from_the_strictest(tmp_path: Path, encoding: str, found: tuple[str, ...]) -> None:
    text = "name,city\nIris,Avila\n" if encoding == "ascii" else "name,city\n\u00cdris,Avila\n"
    assert sniff(tmp_path, text, encoding).encodings == found


def test_a_long_file_is_judged_by_whole_rows(tmp_path: Path) -> None:
    found = sniff(tmp_path, "a,b,c\n" + "1,2,3\n" * 100_000)
    assert (found.delimiter, found.columns) == (",", 3)


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (["1,5", "2"], ","),
        (["1,5", "NA", None], ","),
        (["1,500", "22,000"], "."),
        (["1,500", "2,5"], ","),
        (["1,5", "x"], "."),
        (["1.234,5", "4.712", "58"], ","),
        (["1\u00a0234,5", "58"], ","),
        (["1,5", "2.5"], "."),
        (["1.5", "2.5"], "."),
        ([None], "."),
    ],
)
def test_a_comma_is_the_decimal_mark_if_all_cells_are_numbers_with_it(cells: list, mark: str) -> None:
    assert dialect.decimal_mark({"a": pa.array(cells, pa.string())}) == mark


MANY = [str(number) for number in range(25)]


@pytest.mark.parametrize(
    ("cells", "tokens"),
    [
        (["1", "2", "NA", "n/a"], ["NA", "n/a"]),
        (["1", "2", "none"], ["none"]),
        (["red", "blue", "None"], []),  # may be a value
        (["red", "blue", "null", "?"], ["null", "?"]),
        ([*MANY, "closed"], ["closed"]),  # all but one text are numbers
        ([*MANY, "closed", "open"], []),
        ([*MANY, "99+"], []),
        (["0", "1", "2", "K"], []),  # too few numbers: kindergarten
        (["DE", "NA", "US"], []),  # Namibia
        (["NA", "NA"], ["NA"]),
        (["+", "-", "-"], []),
        (["007", "-"], ["-"]),
        (["1", "2"], []),
    ],
)
def test_a_text_means_missing_only_if_it_is_plausible(cells: list[str], tokens: list[str]) -> None:
    assert list(dialect.missing_values({"a": pa.array(cells)}, ".")) == tokens


def test_a_token_names_the_column_in_which_it_was_seen() -> None:
    columns = {"a": pa.array(["x", "y"]), "b": pa.array(["1,5", "NA"]), "c": pa.array(["NA", "z"])}
    assert dialect.missing_values(columns, ",") == {"NA": "b"}


def test_minus_is_a_value_of_the_table_if_plus_is() -> None:
    columns = {"a": pa.array(["1", "-"]), "approved": pa.array(["+", "-"])}
    assert dialect.missing_values(columns, ".") == {}
