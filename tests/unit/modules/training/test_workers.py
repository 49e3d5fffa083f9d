"""Processes that train trials. What they train with here is a toy, so that they start in no time."""

import concurrent.futures
import importlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from modules.base.errors import UserError
from modules.training.tuning.trial import CannotTrain, SearchEnded, TrialResult, TrialTask
from modules.training.tuning.workers import TrialFailed, Workers

pytestmark = pytest.mark.unit

# The trial says what its training does: `wait` until there is a file, `die` as often as another file has bytes, …
TOY = """
import os, signal, time
import numpy as np
from pathlib import Path
from modules.base.errors import UserError
from modules.training.tuning.trial import TrialResult

def prepare(folder, how="well"):
    if how == "badly":
        raise LookupError("no rows")
    if how == "refused":
        raise UserError("tuner", "asks for too much", "Ask for less")
    print("a worker writes")
    Path(folder, f"prepared-{os.getpid()}").touch()
    return lambda task, tell: train(Path(folder), task, tell)

def train(folder, task, tell):
    Path(folder, f"{task.trial_id}-{os.getpid()}").touch()
    tell(1)
    values = task.values
    if "wait" in values:
        while not Path(folder, values["wait"]).exists():
            time.sleep(0.01)
    if "die" in values:
        left = Path(folder, values["die"])
        if left.read_bytes():
            left.write_bytes(left.read_bytes()[1:])
            os.kill(os.getpid(), signal.SIGKILL)
    if "leave" in values:
        os._exit(values["leave"])
    if "raise" in values:
        raise ArithmeticError("overflow")
    if "refuse" in values:
        raise UserError("tuner", "asks for too much", "Ask for less")
    tell(2)
    weights = [np.array([task.parent[0].sum()])] if task.parent else None
    return TrialResult(values.get("score", 0.5), {"val_auc": [0.25, 0.5]}, 1.0, weights, {"events": b"log"})
"""


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    (tmp_path / "toy_trials.py").write_text(TOY)
    monkeypatch.syspath_prepend(str(tmp_path))
    sys.modules.pop("toy_trials", None)
    return importlib.import_module("toy_trials")


Make = Callable[..., Workers]


@pytest.fixture
def make(toy: ModuleType, tmp_path: Path) -> Iterator[Make]:
    made: list[Workers] = []

    def workers(at_once: int = 1, how: str = "well") -> Workers:
        made.append(Workers(partial(toy.prepare, str(tmp_path), how), at_once))
        return made[-1]

    yield workers
    for each in made:
        each.close()


def task(number: int = 0, **values: Any) -> TrialTask:
    return TrialTask(f"{number:04d}", values, 0, 2)


def processes(folder: Path, of: str = "prepared") -> set[int]:
    return {int(path.name.rpartition("-")[2]) for path in folder.glob(f"{of}-*")}


def until(holds: Callable[[], Any]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_what_comes_of_a_trial_is_what_the_training_returned(make: Make) -> None:
    told: list[int] = []
    parent = [np.arange(4, dtype=np.float32)]
    result = make().train(TrialTask("0", {"score": 1 / 3}, 0, 2, parent, keeps_weights=True), told.append)
    assert told == [1, 2]
    assert result == TrialResult(1 / 3, {"val_auc": [0.25, 0.5]}, 1.0, result.weights, {"events": b"log"})
    assert result.weights is not None and result.weights[0].tolist() == [6.0]


def test_a_process_trains_one_trial_after_the_other(make: Make, tmp_path: Path) -> None:
    workers = make(at_once=2)
    for number in range(3):
        workers.train(task(number), lambda epochs: None)
    (process,) = processes(tmp_path)
    assert process != os.getpid()


def test_trials_that_are_asked_for_side_by_side_are_trained_side_by_side(make: Make, tmp_path: Path) -> None:
    workers, both = make(at_once=2), threading.Barrier(2, timeout=60)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        tell: Callable[[int], Any] = lambda epochs: both.wait() if epochs == 1 else None  # noqa: E731
        for future in [pool.submit(workers.train, task(number), tell) for number in range(2)]:
            future.result()
    assert len(processes(tmp_path)) == 2


def test_what_a_process_writes_reaches_no_terminal(make: Make, capfd: pytest.CaptureFixture) -> None:
    make().train(task(), lambda epochs: None)
    out, err = capfd.readouterr()
    assert (out, err) == ("", "a worker writes\n")


@pytest.mark.parametrize("deaths", [1, 2])
def test_the_trial_of_a_process_that_was_killed_is_given_to_another(
    make: Make, tmp_path: Path, deaths: int, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "deaths").write_bytes(b"x" * deaths)
    told: list[int] = []
    assert make().train(task(7, die="deaths", score=0.75), told.append).score == 0.75
    assert len(processes(tmp_path, "0007")) == deaths + 1
    assert told == [1] * deaths + [1, 2]
    said = [f"Trial 0007: process {number} of 3 for it was ended by SIGKILL" for number in range(1, deaths + 1)]
    assert caplog.messages == said


def test_a_process_that_is_killed_from_outside_is_replaced_and_the_one_beside_it_goes_on(
    make: Make, tmp_path: Path
) -> None:
    workers = make(at_once=2)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        running = [pool.submit(workers.train, task(number, wait="go"), lambda epochs: None) for number in range(2)]
        until(lambda: processes(tmp_path, "0000") and processes(tmp_path, "0001"))
        (victim,), (other,) = processes(tmp_path, "0000"), processes(tmp_path, "0001")
        os.kill(victim, signal.SIGKILL)
        until(lambda: len(processes(tmp_path, "0000")) == 2)
        (tmp_path / "go").touch()
        assert [future.result().score for future in running] == [0.5, 0.5]
    assert processes(tmp_path, "0001") == {other}


@pytest.mark.parametrize(("how", "said"), [("die", "was ended by SIGKILL"), ("leave", "ended with status 3")])
def test_a_trial_that_takes_one_process_after_the_other_along_ends_the_search_with_one_message(
    make: Make, tmp_path: Path, how: str, said: str
) -> None:
    (tmp_path / "deaths").write_bytes(b"x" * 9)
    values: dict[str, Any] = {"die": "deaths"} if how == "die" else {"leave": 3}
    with pytest.raises(UserError) as told:
        make().train(TrialTask("0007-full", {"units": 8, **values, "tuner/round": 1}, 0, 2), lambda epochs: None)
    assert len(processes(tmp_path, "0007-full")) == 3
    what = ", ".join(f"{name} {value}" for name, value in {"units": 8, **values}.items())
    assert str(told.value) == (
        f"tuner.workers: trial 0007-full ({what}) took 3 processes along, one after the other: the last one {said}. "
        "If memory ran out, give fewer workers or smaller networks; finished trials are not trained again."
    )


def test_an_error_is_the_trials_and_the_process_trains_the_next_one(make: Make, tmp_path: Path) -> None:
    workers = make()
    with pytest.raises(TrialFailed, match="ArithmeticError: overflow"):
        workers.train(task(0, **{"raise": True}), lambda epochs: None)
    assert workers.train(task(1), lambda epochs: None).score == 0.5
    assert len(processes(tmp_path)) == 1


def test_a_refusal_is_the_one_that_a_person_reads(make: Make) -> None:
    with pytest.raises(UserError, match=r"^tuner: asks for too much\. Ask for less\.$"):
        make().train(task(refuse=True), lambda epochs: None)
    with pytest.raises(UserError, match=r"^tuner: asks for too much\. Ask for less\.$"):
        make(how="refused").train(task(), lambda epochs: None)


def test_a_process_that_cannot_prepare_ends_the_search_and_says_why(make: Make) -> None:
    with pytest.raises(CannotTrain, match="^LookupError: no rows$"):
        make(how="badly").train(task(), lambda epochs: None)


def test_closing_ends_every_process_in_the_middle_of_its_trial(make: Make, tmp_path: Path) -> None:
    workers = make(at_once=2)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        running = [pool.submit(workers.train, task(number, wait="never"), lambda epochs: None) for number in range(2)]
        until(lambda: processes(tmp_path, "0000") and processes(tmp_path, "0001"))
        workers.close()
        for future in running:
            with pytest.raises(SearchEnded):
                future.result(60)
    assert not any(is_alive(process) for process in processes(tmp_path))
    with pytest.raises(SearchEnded):
        workers.train(task(), lambda epochs: None)


def test_what_ends_a_trial_from_here_ends_its_process(make: Make, tmp_path: Path) -> None:
    def tell(epochs: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make().train(task(wait="never"), tell)
    assert not any(is_alive(process) for process in processes(tmp_path))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGQUIT])
def test_the_signals_of_a_terminal_are_left_to_the_process_that_asks(
    make: Make, tmp_path: Path, number: signal.Signals
) -> None:
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        running = pool.submit(make().train, task(wait="go"), lambda epochs: None)
        until(lambda: processes(tmp_path, "0000"))
        (process,) = processes(tmp_path)
        os.kill(process, number)
        (tmp_path / "go").touch()
        assert running.result(60).score == 0.5
    assert len(processes(tmp_path, "0000")) == 1


ASKING = """
import functools, os, signal, toy_trials
from modules.training.tuning.trial import TrialTask
from modules.training.tuning.workers import Workers

workers = Workers(functools.partial(toy_trials.prepare, {folder!r}), 1)
kill = lambda epochs: os.kill(os.getpid(), signal.SIGKILL)
workers.train(TrialTask("0000", {{"wait": "never"}}, 0, 2), kill)
"""


def test_no_process_outlives_the_one_that_asks_for_trials_however_it_ends(toy: ModuleType, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path]), "TMPDIR": str(tmp_path)}
    ended = subprocess.run([sys.executable, "-c", ASKING.format(folder=str(tmp_path))], env=environment)
    assert ended.returncode == -signal.SIGKILL
    (process,) = processes(tmp_path, "0000")
    until(lambda: not is_alive(process))
