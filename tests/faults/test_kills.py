"""kill -9 at many points of a run, all in one output folder: each run goes on where the one before was killed."""

from pathlib import Path

import pytest

from tests.faults.matrix import KILLS, Fault
from tests.faults.runs import Ended, model, run, torn, versions

pytestmark = pytest.mark.faults


class Chain:
    """The runs so far, all in one folder."""

    def __init__(self, output: Path) -> None:
        self.output = output
        self.last = Ended(0, "", "")

    def run(self, fault: Fault | None) -> Ended:
        """Runs again: what the run before had done is taken from the cache, and what it left stands in nobody's way."""
        before, self.last = self.last, run(self.output, fault)
        reached = before.done & self.last.done
        assert reached <= self.last.cached, self.last.out
        return self.last


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    return Chain(tmp_path_factory.mktemp("kills") / "out")


@pytest.mark.parametrize("fault", KILLS, ids=str)
def test_a_killed_run_leaves_nothing_half_done(chain: Chain, fault: Fault) -> None:
    ended = chain.run(fault)
    assert ended.status == -9, ended
    assert torn(chain.output) == []
    named = ("Reporter", "the run's own page", "the latest page")
    pushed = fault.step in named or fault.step == "Pusher" and fault.event in ("open", "os.walk")
    pushed = pushed and "copy" not in fault.moment
    assert bool(versions(chain.output)) == pushed


def test_after_all_of_them_the_model_is_that_of_a_run_that_nothing_befell(
    chain: Chain, undisturbed: Path, tmp_path: Path
) -> None:
    ended = chain.run(None)
    assert ended.status == 0, ended
    assert len(ended.cached) == len(ended.done)
    assert torn(chain.output) == []
    assert model(chain.output) == model(undisturbed)
    assert [path.name for path in (chain.output / "pushed").iterdir() if not path.name.isdigit()] == []
