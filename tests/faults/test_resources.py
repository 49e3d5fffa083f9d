"""What a machine runs out of, or does not let a run do, at 15 points: one line that says so, and it can go on."""

from pathlib import Path

import pytest

from tests.faults.matrix import RESOURCES, Fault
from tests.faults.runs import model, run, torn, versions

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("resources") / "out"


@pytest.mark.parametrize("fault", RESOURCES, ids=str)
def test_a_run_that_cannot_go_on_says_why(output: Path, fault: Fault) -> None:
    before = len(versions(output))
    ended = run(output, fault)
    assert ended.status == 1, ended
    own = not fault.step[0].isupper()
    assert f"{'The run' if own else f'Step {fault.step}'} failed ({fault.reason}" in ended.err
    assert "To go on from there: python local_runner.py run " in ended.err
    assert "Traceback" not in ended.out + ended.err
    assert torn(output) == []
    assert fault.step != "Pusher" or len(versions(output)) == before


def test_afterwards_it_goes_on_to_the_same_model(output: Path, undisturbed: Path) -> None:
    ended = run(output)
    assert ended.status == 0, ended
    assert ended.cached == ended.done
    assert model(output) == model(undisturbed)
