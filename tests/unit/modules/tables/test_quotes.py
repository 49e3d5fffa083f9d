"""Text behind a closing quote is refused, and what only looks like it is read."""

from pathlib import Path

import pytest

from modules.base.errors import DataError
from modules.base.settings import Data
from modules.tables import delimited, quotes
from modules.tables.allowance import Allowance

pytestmark = pytest.mark.unit


def cells(path: Path, text: str, encoding: str = "utf-8") -> list[dict]:
    path.write_bytes(text.encode(encoding))
    data = Data(train=str(path), encoding=encoding)
    return [
        row for batch in delimited.read(str(path), data, Allowance(str(path), data.limits)) for row in batch.to_pylist()
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1"])
@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('a,b\n1,2\n3,"6"2\n', "line 3, column 'b': has text behind a closing quote: \"6\"2."),
        ('a,b\n""2,2\n', "line 2, column 'a': has text behind a closing quote: \"\"2."),
        ('a,b\n"x\ny",1\n\n"p, ""q""" r,2\n', 'line 5, column \'a\': has text behind a closing quote: "p, ""q""" r.'),
        ('a,b\n1,"6"2', "line 2, column 'b'"),
    ],
    ids=["a number", "empty quotes", "after a blank line and a line break in quotes", "at the file's end"],
)
def test_text_behind_a_closing_quote_is_refused_by_line_and_column(
    tmp_path: Path, text: str, where: str, encoding: str
) -> None:
    with pytest.raises(DataError) as caught:
        cells(tmp_path / "t.csv", text, encoding)
    assert where in str(caught.value)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("6'2\"x", "6'2\"x"),
        ('"6" ', "6"),
        ('"a""b"', 'a"b'),
        ('"""x"', '"x'),
        ('"a, ""b"" c"', 'a, "b" c'),
        ('""', None),
    ],
)
def test_other_quotes_are_read_as_before(tmp_path: Path, cell: str, value: str | None) -> None:
    assert cells(tmp_path / "t.csv", f"a,b\n{cell},1\n") == [{"a": value, "b": "1"}]


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_the_end_of_a_block_hides_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(quotes, "_BLOCK_BYTES", size)
    with pytest.raises(DataError, match="line 2, column 'b'"):
        cells(tmp_path / "t.csv", 'a,b\n1,"6"2\n')
