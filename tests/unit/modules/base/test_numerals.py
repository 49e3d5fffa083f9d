"""Numbers below zero have a minus, wherever a page says them."""

import pathlib
import re

import pytest

from modules.base import numerals

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (-0.0104, "+.3f", "−0.010"),
        (0.0104, "+.3f", "+0.010"),
        (-1234.5, ",.1f", "−1,234.5"),
        (1.2e-5, ".2g", "1.2e-05"),
    ],
)
def test_a_number_below_zero_has_a_minus_and_an_exponent_keeps_its_hyphen(value: float, form: str, text: str) -> None:
    assert numerals.written(value, form) == text


def test_both_ends_of_an_interval_have_it_and_lose_it_for_programs() -> None:
    assert numerals.interval(-0.02, -0.01, ".1%") == "−2.0% to −1.0%"
    assert numerals.plain("−2.0% to −1.0%") == "-2.0% to -1.0%"


def test_no_sentence_of_the_page_writes_a_sign_by_itself() -> None:
    folders = (pathlib.Path("components") / name for name in ("reporter", "explainer", "debugger"))
    sources = {path: path.read_text() for folder in folders for path in folder.rglob("*.py")}
    assert len(sources) > 80
    signed = re.compile(r"\{[^{}\n]*:\+[,.\d]*[feg%]?\}")
    assert {str(path): signed.findall(text) for path, text in sources.items() if signed.search(text)} == {}
