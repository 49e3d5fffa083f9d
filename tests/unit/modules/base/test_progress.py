import pytest

from modules.base import progress
from modules.base.progress import Progress

pytestmark = pytest.mark.unit


def test_a_report_reaches_whoever_listens_and_only_while_it_listens() -> None:
    heard: list[Progress] = []
    progress.report(1, 4, "before")
    with progress.listen(heard.append):
        progress.report(2, 4, "epoch 2 of 4")
        progress.report(5_000, None, "5,000 rows", at_most=True)
    progress.report(3, 4, "after")
    assert heard == [Progress(2, 4, "epoch 2 of 4"), Progress(5_000, None, "5,000 rows", at_most=True)]


def test_nobody_listens_any_more_after_an_error() -> None:
    heard: list[Progress] = []
    with pytest.raises(ZeroDivisionError), progress.listen(heard.append):
        raise ZeroDivisionError
    progress.report(1, 1, "after")
    assert heard == []
