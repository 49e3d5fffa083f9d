"""A sample of the faults, for `make test`: `make test-faults` has all of them."""

from pathlib import Path

import pytest

from tests.e2e.runs import UNASKED
from tests.faults.matrix import KILLS, RESOURCES
from tests.faults.runs import model, run, torn, versions

pytestmark = pytest.mark.e2e

SETTINGS = [word for setting in UNASKED for word in ("--set", setting)]

SAMPLE = [
    ("kill", "Transform", "what was learnt is written"),
    ("kill", "Teacher", "after some epochs"),
    ("ENOSPC", "Evaluator", "the disk is full"),
    ("kill", "Pusher", "the copy is whole and has no name"),
    ("kill", "the latest page", "between summary and page"),
]


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sample") / "out"


@pytest.mark.parametrize("name", SAMPLE, ids=" ".join)
def test_a_run_that_ends_early_leaves_nothing_half_done(output: Path, name: tuple[str, str, str]) -> None:
    (fault,) = (fault for fault in (*KILLS, *RESOURCES) if (fault.act, fault.step, fault.moment) == name)
    ended = run(output, fault, *SETTINGS)
    assert ended.status == (-9 if fault.act == "kill" else 1), ended
    assert torn(output) == []


def test_the_next_one_goes_on_and_pushes_nothing_twice(output: Path) -> None:
    (before,) = versions(output)
    ended = run(output, None, *SETTINGS)
    assert ended.status == 0, ended
    assert ended.cached == ended.done
    assert versions(output) == [before]
    assert model(output)
