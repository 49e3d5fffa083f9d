"""How a text table is written: encoding, delimiter, quote, decimal mark, and what stands for a missing value."""

import codecs
import csv
import dataclasses
import io
from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from modules.base.errors import DataError
from modules.tables import numerals, separators, signatures, sources

_START_BYTES = 2**18
_ROWS = 200
_DELIMITERS = (",", ";", "\t", "|")
_IN_NAMES = "\"'._-#%()[]{}/"
# A character that nobody expects must cut so many rows alike.
_SURE = 0.95
_COMMA_NUMBER = r"^[+-]?(0|[1-9][0-9]*),[0-9]+$"
_THOUSANDS = r"^[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+$"
# Means "no value" in any column; compared without case.
_WELL_KNOWN = ("na", "n/a", "#n/a", "n.a.", "nan", "nat", "null", "<na>", "?", "\\n", "-", "--")
# May be a category; means "no value" only among numbers.
_AMONG_NUMBERS = ("none", "unknown", "missing", "not available", "unk", ".", "..", "*", "nil", "#value!", "#div/0!")
# More different texts than this among numbers, and the column is one of text.
_MAX_TEXTS = 20


@dataclasses.dataclass(frozen=True)
class Dialect:
    """How a delimited text file is laid out.

    Attributes:
        delimiter: One of `,`, `;`, tab and `|`, or what a line `sep=` names, or another that cuts every row alike.
        quote: `"` or `'`.
        encodings: The encodings to try, likeliest first: the start of a file need not show what comes later.
        columns: Number of columns of the header.
    """

    delimiter: str
    quote: str
    encodings: tuple[str, ...]
    columns: int


def sniff(path: str) -> Dialect:
    """Finds out how a text file is laid out, from its first 256 KiB.

    Raises:
        DataError: If the file cannot be opened, is no delimited text, or has a delimiter outside ASCII.
    """
    with sources.open_stream(path) as stream:
        start = stream.read(_START_BYTES)
    signatures.check(path, start)
    encodings = _encodings(start)
    text = codecs.getincrementaldecoder(encodings[0])("replace").decode(start).removeprefix("\ufeff")
    if len(start) == _START_BYTES:
        text = text.rpartition("\n")[0] or text
    declared, text = separators.split(path, text)
    delimiters = _DELIMITERS if declared is None else (declared,)
    best = _best(text, delimiters, encodings)
    if best.columns == 1 and declared is None:
        best = _best(text, _unusual(text), encodings, _SURE)
        if not best.delimiter.isascii():
            what = f"seems to have the delimiter {best.delimiter!r}, and a delimiter is a single ASCII character"
            raise DataError(path, what, "Write the table with another one, such as a comma, a semicolon or a tab")
    return best


def _best(text: str, delimiters: Sequence[str], encodings: tuple[str, ...], least: float = 0.0) -> Dialect:
    """Returns the dialect that cuts most rows alike, more than a share at least; that of one column if none does."""
    best, dialect = (least, 1), Dialect(_DELIMITERS[0], '"', encodings, 1)
    for quote, other in (('"', "'"), ("'", '"')):
        for delimiter in delimiters:
            rows = list(_rows(text, delimiter, quote))
            width = len(rows[0]) if rows else 0
            if width < 2:
                continue
            consistent = sum(len(row) == width for row in rows) / len(rows)
            cells = [cell for row in rows for cell in row]
            quoted = sum(cell.startswith(other) or cell.endswith(other) for cell in cells) / len(cells)
            score = (round(consistent - quoted, 2), width)
            if score > best:
                best, dialect = score, dataclasses.replace(dialect, delimiter=delimiter, quote=quote, columns=width)
    return dialect


def _unusual(text: str) -> list[str]:
    """Returns the characters of the first line that may be delimiters, though hardly anybody writes tables so."""
    line = text.lstrip().partition("\n")[0].strip()
    return [
        character
        for character in dict.fromkeys(line)
        if character not in " \r\t\xa0"
        and not (character.isascii() and character.isalnum())
        and character not in _IN_NAMES
    ]


def _encodings(start: bytes) -> tuple[str, ...]:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    likely = []
    for encoding in ("utf-8", "cp1252", "latin-1"):
        try:
            codecs.getincrementaldecoder(encoding)("strict").decode(start)
        except UnicodeError:
            continue
        likely.append(encoding)
    return tuple(likely)


def _rows(text: str, delimiter: str, quote: str) -> Iterator[list[str]]:
    """Yields the first rows that are not empty, as far as they can be read."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quotechar=quote)
    try:
        for _, row in zip(range(_ROWS), reader, strict=False):
            if row:
                yield row
    except csv.Error:
        return


def decimal_mark(texts: Mapping[str, pa.Array]) -> str:
    """Returns `,` if some column holds numbers such as 1,5 (and not only such as 1,500), else a point.

    Args:
        texts: Columns of text by name, null for missing.
    """
    for column in texts.values():
        cells = numerals.unadorned(_others(column.drop_null(), _WELL_KNOWN), ",")
        comma = cells.filter(pc.match_substring_regex(cells, _COMMA_NUMBER))
        decimal = len(comma) and not pc.all(pc.match_substring_regex(comma, _THOUSANDS)).as_py()
        if decimal and pc.all(numerals.are_numbers(cells, ",")).as_py():
            return ","
    return "."


def missing_values(texts: Mapping[str, pa.Array], decimal: str) -> dict[str, str]:
    """Finds the texts that stand for a missing value.

    A text counts if it is a well-known one, or if it alone keeps a column from being one of numbers.

    Args:
        texts: Columns of text by name, null for missing.
        decimal: The decimal mark of numbers.

    Returns:
        By text: the name of a column in which it occurs.
    """
    column_by_text: dict[str, str] = {}
    signs = False
    for name, column in texts.items():
        column = column.drop_null()
        for text in _missing_among_numbers(column, decimal) or _missing_among_texts(column):
            column_by_text.setdefault(text, name)
        signs = signs or pc.any(pc.equal(column, "+")).as_py()
    if signs:  # "+" and "-" are then values, as of the label of Credit Approval
        column_by_text.pop("-", None)
    return column_by_text


def _missing_among_numbers(column: pa.Array, decimal: str) -> list[str]:
    """Returns the texts between numbers that stand for a missing value; none if the column is one of text."""
    is_number = numerals.are_numbers(column, decimal)
    texts = pc.unique(column.filter(pc.invert(is_number)))
    numbers = pc.count_distinct(column.filter(is_number)).as_py()
    if not numbers or not 0 < len(texts) <= _MAX_TEXTS:
        return []
    all_texts = texts.to_pylist()
    strange = [text for text in all_texts if text.lower() not in (*_WELL_KNOWN, *_AMONG_NUMBERS)]
    # One text among many different numbers is no number's neighbour: `3+` after 0, 1 and 2 would be.
    if not strange or (len(strange) == 1 and numbers > _MAX_TEXTS and not any(c.isdigit() for c in strange[0])):
        return all_texts
    return []


def _missing_among_texts(column: pa.Array) -> list[str]:
    known = pc.is_in(pc.utf8_lower(column), value_set=pa.array(_WELL_KNOWN))
    texts = pc.unique(column.filter(known)).to_pylist()
    if "NA" in texts:
        rest = pc.unique(column.filter(pc.invert(known)))
        if len(rest) > 1 and pc.all(pc.match_substring_regex(rest, "^[A-Z]{2}$")).as_py():
            texts.remove("NA")  # Namibia or North America
    return texts


def _others(column: pa.Array, texts: tuple[str, ...]) -> pa.Array:
    return column.filter(pc.invert(pc.is_in(pc.utf8_lower(column), value_set=pa.array(texts))))
