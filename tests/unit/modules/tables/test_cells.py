"""Training reads columns with Arrow, and `predict` cell by cell: both must take the same cells for the same values."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from modules.base.errors import DataError
from modules.tables import cells, columns

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
    "\u22127": (REFUSED, REFUSED, REFUSED),
    "7\u00a0": (REFUSED, REFUSED, REFUSED),
    "1.0": (REFUSED, 1.0, REFUSED),
    "1.": (REFUSED, 1.0, REFUSED),
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
    "9223372036854775807": (2**63 - 1, float(2**63), 2**63 - 1),
    "-9223372036854775807": (-(2**63) + 1, float(-(2**63)), -(2**63) + 1),
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


def by_cell(text: str, dtype: str) -> object:
    try:
        value = cells.read(text, dtype)
    except ValueError:
        return REFUSED
    return float(np.float32(value)) if isinstance(value, float) else value


def by_column(text: str, dtype: str, decimal: str = ".") -> object:
    batch = pa.record_batch([pa.array([text, None])], ["c"])
    try:
        return columns.to_typed(batch, {"c": dtype}, "table.csv", 2, decimal).column(0)[0].as_py()
    except DataError:
        return REFUSED


@pytest.mark.parametrize("place", range(len(DTYPES)), ids=DTYPES)
@pytest.mark.parametrize("text", ODD, ids=lambda text: ascii(text[:24]))
def test_both_roads_take_a_cell_for_the_same_value_or_refuse_it(text: str, place: int) -> None:
    expected = ODD[text][place]
    expected = float(np.float32(expected)) if isinstance(expected, float) else expected
    assert by_cell(text, DTYPES[place]) == expected
    assert by_column(text, DTYPES[place]) == expected


@pytest.mark.parametrize("text", ODD, ids=lambda text: ascii(text[:24]))
def test_text_is_itself_on_both_roads(text: str) -> None:
    assert cells.read(text, "string") == by_column(text, "string") == text


@pytest.mark.parametrize("text", ODD, ids=lambda text: ascii(text[:24]))
def test_whatever_makes_a_column_one_of_numbers_is_read_as_the_same_number_on_both_roads(text: str) -> None:
    inference = columns.TypeInference()
    batch = pa.record_batch([pa.array([text])], ["c"])
    inference.add(batch)
    dtype = inference.dtypes()["c"]
    # Inference takes what the readers take, but for what has leading zeros, and for what is beyond float32.
    numbers = [dtype for dtype in ("int64", "float32") if isinstance(by_cell(text, dtype), int | float)]
    coded = text.lstrip("+-").startswith("0") and text.lstrip("+-")[1:2].isdigit()
    if numbers and not coded:
        assert dtype == numbers[0]
    if dtype != "string":
        assert by_cell(text, dtype) == by_column(text, dtype)


def test_a_nul_byte_is_refused_on_both_roads() -> None:
    with pytest.raises(ValueError, match="NUL"):
        cells.read("a\0b", "string")
    assert by_column("a\0b", "string") == REFUSED


@pytest.mark.parametrize("text", ["1,5", "-,5", "+1,5e3", "1.5", "1.000,5", "1,0,0", "1;5", "1,"])
def test_a_decimal_comma_is_read_alike_on_both_roads(text: str) -> None:
    try:
        found: object = cells.read(text, "float32", ",")
    except ValueError:
        found = REFUSED
    assert by_column(text, "float32", ",") == found


def test_random_texts_of_the_characters_of_numbers_are_read_alike_on_both_roads() -> None:
    generator = np.random.default_rng(5)
    letters = list("0123456789+-.eE_xX aAnNifF٣７")
    for _ in range(2_000):
        text = "".join(generator.choice(letters, int(generator.integers(1, 6))))
        for dtype in DTYPES:
            assert by_cell(text, dtype) == by_column(text, dtype), (text, dtype)


def test_reading_a_cell_needs_neither_arrow_nor_tensorflow() -> None:
    code = (
        "import sys; from modules.tables import cells; print({'pyarrow', 'tensorflow', 'pydantic'} & set(sys.modules))"
    )
    root = Path(__file__).parents[4]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
