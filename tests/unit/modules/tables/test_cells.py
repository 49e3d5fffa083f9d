"""What each cell is, to training and to `predict`, which read by the same code."""

import numpy as np
import pyarrow as pa
import pytest

from modules.base.errors import DataError
from modules.tables import columns

pytestmark = pytest.mark.unit

REFUSED = "refused"
# What each cell is as int64, float32 and timestamp. As text, every one is itself.
ODD: dict[str, tuple[object, object, object]] = {
    "7": (7, 7.0, 7),
    "+7": (7, 7.0, 7),
    "-7": (-7, -7.0, -7),
    "-0": (0, -0.0, 0),
    "007": (7, 7.0, 7),
    "-007": (-7, -7.0, -7),
    "0" * 40 + "7": (7, 7.0, REFUSED),
    "": (REFUSED, REFUSED, REFUSED),
    " 7 ": (REFUSED, REFUSED, REFUSED),
    "7\n": (REFUSED, REFUSED, REFUSED),
    "+-7": (REFUSED, REFUSED, REFUSED),
    "++7": (REFUSED, REFUSED, REFUSED),
    "+": (REFUSED, REFUSED, REFUSED),
    "-": (REFUSED, REFUSED, REFUSED),
    ".": (REFUSED, REFUSED, REFUSED),
    "0x1A": (REFUSED, REFUSED, REFUSED),
    "0X1a": (REFUSED, REFUSED, REFUSED),
    "-0x1A": (REFUSED, REFUSED, REFUSED),
    "0o17": (REFUSED, REFUSED, REFUSED),
    "0b11": (REFUSED, REFUSED, REFUSED),
    "1_000": (REFUSED, REFUSED, REFUSED),
    "1,000": (REFUSED, REFUSED, REFUSED),
    "1 000": (REFUSED, REFUSED, REFUSED),
    "１２３": (REFUSED, REFUSED, REFUSED),
    "٣": (REFUSED, REFUSED, REFUSED),
    "²": (REFUSED, REFUSED, REFUSED),
    "\u22127": (-7, -7.0, REFUSED),
    "7\u00a0": (REFUSED, REFUSED, REFUSED),
    "1.0": (REFUSED, 1.0, 1),
    "1.": (REFUSED, 1.0, 1),
    ".5": (REFUSED, 0.5, REFUSED),
    "00.5": (REFUSED, 0.5, REFUSED),
    "1,5": (REFUSED, REFUSED, REFUSED),
    "1e3": (REFUSED, 1000.0, REFUSED),
    "+1E+3": (REFUSED, 1000.0, REFUSED),
    "1e": (REFUSED, REFUSED, REFUSED),
    "1e3.5": (REFUSED, REFUSED, REFUSED),
    "0x1p3": (REFUSED, REFUSED, REFUSED),
    "1f": (REFUSED, REFUSED, REFUSED),
    "1d": (REFUSED, REFUSED, REFUSED),
    "1L": (REFUSED, REFUSED, REFUSED),
    "nan": (REFUSED, None, REFUSED),
    "NaN": (REFUSED, None, REFUSED),
    "-nan": (REFUSED, None, REFUSED),
    "+NAN": (REFUSED, None, REFUSED),
    "nan(1)": (REFUSED, REFUSED, REFUSED),
    "inf": (REFUSED, REFUSED, REFUSED),
    "-inf": (REFUSED, REFUSED, REFUSED),
    "Infinity": (REFUSED, REFUSED, REFUSED),
    "true": (REFUSED, REFUSED, REFUSED),
    "9223372036854775807": (2**63 - 1, float(2**63), 9_223_372_036),
    "-9223372036854775807": (-(2**63) + 1, float(-(2**63)), -9_223_372_037),
    "9223372036854775808": (REFUSED, float(2**63), REFUSED),
    "-9223372036854775808": (REFUSED, float(-(2**63)), REFUSED),
    "99999999999999999999": (REFUSED, 1e20, REFUSED),
    "1" * 400: (REFUSED, REFUSED, REFUSED),
    "0." + "1" * 5_000: (REFUSED, 1 / 9, REFUSED),
    "3.4028234e38": (REFUSED, 3.4028234e38, REFUSED),
    "3.4028235677973366e38": (REFUSED, REFUSED, REFUSED),  # halfway to 2^128
    "3.4028235677973362e38": (REFUSED, 3.4028235e38, REFUSED),
    "-1e39": (REFUSED, REFUSED, REFUSED),
    "1e400": (REFUSED, REFUSED, REFUSED),
    "1e-400": (REFUSED, 0.0, REFUSED),
    "1e-45": (REFUSED, 1e-45, REFUSED),
    "2024-01-31": (REFUSED, REFUSED, 1_706_659_200),
    "２０２４-01-31": (REFUSED, REFUSED, REFUSED),
}
DTYPES = ("int64", "float32", "timestamp")


def read(text: str, dtype: str, decimal: str = ".") -> object:
    batch = pa.record_batch([pa.array([text, None])], ["c"])
    try:
        return columns.to_typed(batch, {"c": dtype}, "table.csv", 2, decimal).column(0)[0].as_py()
    except DataError:
        return REFUSED


@pytest.mark.parametrize("place", range(len(DTYPES)), ids=DTYPES)
@pytest.mark.parametrize("text", ODD, ids=lambda text: ascii(text[:24]))
def test_a_cell_is_read_as_its_value_or_refused(text: str, place: int) -> None:
    expected = ODD[text][place]
    expected = float(np.float32(expected)) if isinstance(expected, float) else expected
    assert read(text, DTYPES[place]) == expected


@pytest.mark.parametrize("text", ODD, ids=lambda text: ascii(text[:24]))
def test_text_is_itself(text: str) -> None:
    assert read(text, "string") == text


@pytest.mark.parametrize("text", ODD, ids=lambda text: ascii(text[:24]))
def test_a_column_of_what_is_read_as_a_number_is_one_of_numbers(text: str) -> None:
    inference = columns.TypeInference()
    batch = pa.record_batch([pa.array([text])], ["c"])
    inference.add(batch)
    dtype = inference.dtypes()["c"]
    # Inference takes what the readers take, but for what has leading zeros, and for what is beyond float32.
    numbers = [dtype for dtype in ("int64", "float32") if isinstance(read(text, dtype), int | float)]
    coded = text.lstrip("+-").startswith("0") and text.lstrip("+-")[1:2].isdigit()
    if numbers and not coded:
        assert dtype == numbers[0]


def test_a_nul_byte_is_refused() -> None:
    assert read("a\0b", "string") == REFUSED


@pytest.mark.parametrize(
    ("text", "whole", "number"),
    [
        ("1,5", REFUSED, 1.5),
        ("-,5", REFUSED, -0.5),
        ("+1,5e3", REFUSED, 1500.0),
        ("4.712", 4712, 4712.0),
        ("-1.234.567", -1234567, -1234567.0),
        ("1.000,5", REFUSED, 1000.5),
        ("1\u202f234,25", REFUSED, 1234.25),
        ("1.5", REFUSED, REFUSED),
        ("0.500", REFUSED, REFUSED),
        ("1.2345", REFUSED, REFUSED),
        ("1234.567", REFUSED, REFUSED),
        ("1.234.5", REFUSED, REFUSED),
        ("1,0,0", REFUSED, REFUSED),
        ("1;5", REFUSED, REFUSED),
    ],
)
def test_beside_decimal_commas_a_point_is_a_thousands_mark_or_refused(text: str, whole: object, number: object) -> None:
    assert read(text, "int64", ",") == whole
    assert read(text, "float32", ",") == number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1\u00a0000", 1000),
        ("12\u202f345\u202f678", 12345678),
        ("1\u2009234", 1234),
        ("1'234", 1234),
        ("-1\u2019234", -1234),
        ("\u22125", -5),
        ("\u22121\u00a0000", -1000),
        ("5-", -5),
        ("1'234-", -1234),
        ("5\u2212", -5),
        ("1\u00a000", REFUSED),
        ("1\u00a0000'000", REFUSED),
        ("0\u00a0123", REFUSED),
        ("-5-", REFUSED),
        ("5--", REFUSED),
        ("1 000", REFUSED),
    ],
)
def test_thousands_marks_and_minus_signs_of_all_kinds_are_read(text: str, value: object) -> None:
    assert read(text, "int64") == value
    assert read(text, "float32") == value
    inference = columns.TypeInference()
    inference.add(pa.record_batch([pa.array([text, "7"])], ["c"]))
    assert inference.dtypes()["c"] == ("string" if value == REFUSED else "int64")
