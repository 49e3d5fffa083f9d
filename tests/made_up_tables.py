"""Strategies of Hypothesis that make up tables: values of every kind, names of columns, and ways to write them."""

import csv
import dataclasses
import datetime
import gzip
import io
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

ROWS = 90
LABEL = "label"

_EXTREMES = [0.0, -0.0, 1e-45, -1e-45, 1.1e-38, 1.2e-38, 1e-320, 3e38, -3e38, 3.4028234e38, 3.5e38, 1e300, 1e-20, 1e-30]
_WHOLE = [0, 1, -1, 2**24 + 1, 2**53 + 1, 2**63 - 1, -(2**63), -(2**63) + 1, 2**63, 2**64, 10**30]
_MISSING = ["", "NA", "N/A", "null", "None", "nan", "NaN", "-", "?", ".", "inf", "-inf", "1e400", "#DIV/0!", "k. A."]
_TRUTH = ["true", "false", "True", "FALSE", "t", "f", "yes", "no", "Y", "N", "1", "0", "on", "off"]
_DATES = [
    "2024-02-29",
    "2023-02-29",
    "0000-00-00",
    "1900-01-00",
    "9999-12-31",
    "0001-01-01",
    "2024-01-02T03:04:05Z",
    "2024-01-02 03:04:05.678901+05:30",
    "02.01.2024",
    "1/2/2024",
    "20240102",
    "NaT",
    "1700000000",
    "1700000000000",
]
_NUMERALS = [
    "1,000",
    "1.000,5",
    "007",
    "+3",
    "5-",
    "−4",
    "5 %",
    "€ 7",
    "1'000",
    "1_000",
    "1 000",
    "0x1F",
    "1e5",
    ".5",
    "5.",
]
_TEXTS = [
    '"',
    "'",
    '""',
    "a,b",
    "a;b",
    "a\tb",
    "a\nb",
    "a\r\nb",
    "\ufeff",
    "\u00a0",
    "ß",
    "𝔸",
    "\u202e",
    "[x]",
    "{x: 1}",
    "#",
]
_NAMES = [
    "yes",
    "null",
    "~",
    "- a",
    "a: b",
    "#",
    "x" * 200,
    "1.5",
    "2024-01-01",
    "Ä",
    "ä",
    "a b",
    "a_b",
    "A",
    "a",
    "{}",
    "&a",
]


@dataclasses.dataclass(frozen=True)
class Style:
    """How a table is written; `parquet` uses none of the rest."""

    parquet: bool = False
    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    decimal: str = "."
    line_end: str = "\n"
    ending: str = ".csv"
    quoting: int = csv.QUOTE_MINIMAL
    title: bool = False


@dataclasses.dataclass(frozen=True)
class Column:
    """Cells that repeat a few of Python's values, None for missing, in an order that depends on the seed alone."""

    few: list[Any]
    seed: int = 0

    @property
    def cells(self) -> list[Any]:
        """The cells of all rows."""
        return [self.few[place] for place in np.random.default_rng(self.seed).integers(0, len(self.few), ROWS)]


@dataclasses.dataclass(frozen=True)
class Counted:
    """Cells that count up, behind a text if there is one."""

    first: float = 0.0
    step: float = 1.0
    text: str | None = None

    @property
    def cells(self) -> list[Any]:
        """The cells of all rows."""
        numbers = [self.first + self.step * row for row in range(ROWS)]
        return numbers if self.text is None else [f"{self.text}{number:g}" for number in numbers]


BALANCED = Column(["yes", "no"], 1)


@dataclasses.dataclass(frozen=True)
class MadeUp:
    """A table: its columns by name beside one that is plain, how it is written, and the label that `init` is told."""

    columns: dict[str, Column | Counted]
    style: Style = Style()
    label: str | None = LABEL

    @property
    def cells(self) -> dict[str, list[Any]]:
        """The cells of all columns by name."""
        plain = [float(row * 31 % 89) for row in range(ROWS)]
        return {"plain": plain} | {name: column.cells for name, column in self.columns.items()}

    def write(self, folder: Path) -> Path:
        """Writes the table; returns its path."""
        path = folder / ("table.parquet" if self.style.parquet else f"table{self.style.ending}")
        if self.style.parquet:
            arrays = [_array(cells) for cells in self.cells.values()]
            pq.write_table(pa.Table.from_arrays(arrays, names=list(self.cells)), path)
            return path
        content = self._text().encode(self.style.encoding, errors="replace")
        path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
        return path

    def _text(self) -> str:
        style, file = self.style, io.StringIO(newline="")
        writer = csv.writer(
            file,
            delimiter=style.delimiter,
            quotechar=style.quote,
            quoting=style.quoting,  # type: ignore[arg-type]
            lineterminator=style.line_end,
        )
        if style.title:
            file.write(f"sep={style.delimiter}{style.line_end}")
        writer.writerow(self.cells)
        columns = [[_written(cell, style) for cell in cells] for cells in self.cells.values()]
        writer.writerows(zip(*columns, strict=True))
        return file.getvalue()


def _written(cell: Any, style: Style) -> str:
    if isinstance(cell, float):
        return repr(cell).replace(".", style.decimal)
    return "" if cell is None else str(cell)


def _array(cells: list[Any]) -> pa.Array:
    """Returns cells as Arrow infers their type, and as text where it cannot."""
    try:
        return pa.array(cells)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return pa.array([None if cell is None else str(cell) for cell in cells], pa.string())


def _repeated(cells: st.SearchStrategy[Any], most: int = 9) -> st.SearchStrategy[Column]:
    return st.builds(Column, st.lists(cells, min_size=min(2, most), max_size=most), st.integers(0, 9))


_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.sampled_from(_TEXTS)
_real = st.floats(allow_nan=False, allow_infinity=False) | st.floats(width=32, allow_nan=False, allow_infinity=False)
_number = st.sampled_from(_EXTREMES) | _real
_moment = st.datetimes(datetime.datetime(1, 1, 1), datetime.datetime(9999, 12, 31)) | st.dates()
_near = st.builds(
    lambda base, step: float(base) + step * 1e-7, st.sampled_from([1.0, 1e7, 1e-38, 3e38]), st.integers(0, 3)
)
_cells = st.one_of(
    _number,
    _near,
    st.sampled_from(_WHOLE) | st.integers(-5, 5),
    st.sampled_from(_NUMERALS),
    st.sampled_from(_DATES),
    st.sampled_from(_TRUTH),
    st.booleans(),
    _moment,
    _text,
    st.binary(max_size=3),
)
_columns = st.one_of(
    _repeated(_number),
    _repeated(_near | st.none()),
    _repeated(st.sampled_from(_EXTREMES)),
    _repeated(st.sampled_from(_WHOLE)),
    _repeated(st.integers(-(2**63), 2**63 - 1) | st.none()),
    _repeated(st.sampled_from(_NUMERALS)),
    _repeated(st.sampled_from(_DATES)),
    _repeated(_moment | st.none()),
    _repeated(st.sampled_from(_TRUTH)),
    _repeated(st.booleans() | st.none()),
    _repeated(_text),
    _repeated(st.sampled_from(_MISSING)),
    _repeated(st.none(), 1),
    _repeated(st.one_of(_number, st.sampled_from(_MISSING))),
    _repeated(_cells),
    st.builds(Counted, st.integers(-9, 9), _real),
    st.builds(Counted, text=_text),
)
_labels = st.one_of(
    _repeated(st.sampled_from(["yes", "no"])),
    _repeated(st.sampled_from(["a", "b", "c"])),
    _repeated(st.booleans()),
    st.just(Counted(7.0, 0.1)),
    _repeated(_number),
    _columns,
)
_names = st.sampled_from(_NAMES) | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
_texts = st.builds(
    Style,
    parquet=st.just(False),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    quote=st.sampled_from(['"', '"', "'"]),
    encoding=st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"]),
    decimal=st.sampled_from([".", ".", ","]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    ending=st.sampled_from([".csv", ".csv", ".tsv", ".txt", ".csv.gz"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    title=st.sampled_from([False, False, False, True]),
)


@st.composite
def tables(draw: st.DrawFn) -> MadeUp:
    """Makes up a table of 90 rows: up to four columns of any kind, and a label, which is plain most times."""
    columns: dict[str, Column | Counted] = {}
    for name in draw(st.lists(_names, max_size=4, unique=True)):
        columns[name] = draw(_columns)
    columns[LABEL] = draw(st.one_of(*[st.just(BALANCED)] * 5, _labels))
    style = draw(st.one_of(_texts, _texts, _texts, st.just(Style(parquet=True))))
    return MadeUp(columns, style, draw(st.sampled_from([*[LABEL] * 5, None])))
