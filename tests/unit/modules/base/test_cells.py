import pytest

from modules.base import cells

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "-"])
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(cell: str) -> None:
    assert cells.defused(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["", "<=50K", ">50K", "-1", "+1.5e3", "-inf", "a=1", " =1", "né"])
def test_numbers_and_other_texts_stay_as_they_are(cell: str) -> None:
    assert cells.defused(cell) == cell
