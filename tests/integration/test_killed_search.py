"""kill -9 in the middle of a search, by each strategy, with real training; and the same search in other processes."""

import importlib
import random
import signal
from pathlib import Path

import pytest

from modules.training.tuning.workers import Workers
from tests import forked
from tests.integration import small_search
from tests.integration.small_search import Searched

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
STRATEGIES = ("hyperband", "random", "grid", "bayesian", "evolution", "reinforce")
# The trial in which each is killed: any but those of the first round.
KILLED_IN = {strategy: random.Random(strategy).randrange(5, 9) for strategy in STRATEGIES}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("searches")


@pytest.fixture(scope="module")
def undisturbed(folder: Path) -> dict[str, Searched]:
    return {strategy: small_search.in_threads(strategy, folder / f"{strategy} undisturbed") for strategy in STRATEGIES}


@pytest.fixture(scope="module")
def killed(folder: Path) -> dict[str, int]:
    """Kills a search by each strategy, all at once; returns the signals that ended them."""
    program = str(Path(small_search.__file__).relative_to(ROOT))
    started = {
        strategy: forked.Forked([program, strategy, str(folder / strategy), str(KILLED_IN[strategy])], ROOT)
        for strategy in STRATEGIES
    }
    for process in started.values():
        process.communicate(timeout=300)
    return {strategy: -(process.returncode or 0) for strategy, process in started.items()}


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_search_that_was_killed_ends_as_if_it_had_not_been(
    folder: Path, killed: dict[str, int], undisturbed: dict[str, Searched], strategy: str
) -> None:
    assert killed[strategy] == signal.SIGKILL
    finished = {path.name.removeprefix("trial-") for path in (folder / strategy / "journal").glob("trial-*")}
    assert KILLED_IN[strategy] - 1 <= len(finished) <= KILLED_IN[strategy] + 1  # one is trained beside the killed one
    resumed, expected = small_search.in_threads(strategy, folder / strategy), undisturbed[strategy]
    assert resumed.trials == expected.trials
    assert resumed.best == expected.best
    assert resumed.curves == expected.curves
    assert len({tuple(sorted(values.items())) for _, values, _ in resumed.trials}) == len(resumed.trials)
    assert set(resumed.trained) == {trial_id for trial_id, _, _ in expected.trials} - finished
    assert len(resumed.trained) == len(set(resumed.trained))
    assert resumed.from_stopped_run == len(finished)
    assert resumed.notes[0] == f"{len(finished)} of {len(expected.trials)} trials from the run that was stopped"


def test_processes_come_to_the_same_scores_as_threads(
    folder: Path, undisturbed: dict[str, Searched], monkeypatch: pytest.MonkeyPatch
) -> None:
    # By a name that other processes know: to them, another package is called `tests`.
    monkeypatch.syspath_prepend(str(Path(small_search.__file__).parent))
    prepare = importlib.import_module(Path(small_search.__file__).stem).prepare
    found = small_search.search("hyperband", folder / "processes", Workers(prepare, 2))
    assert found.trials == undisturbed["hyperband"].trials
    assert found.curves == undisturbed["hyperband"].curves
