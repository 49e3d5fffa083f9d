import dataclasses
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modules.training.tuning.journal import Journal, digest_of
from modules.training.tuning.trial import TrialResult, TrialTask

pytestmark = pytest.mark.unit

WEIGHTS: list[np.ndarray] = [np.array([[0.1, -2.5]], np.float32), np.array([7], np.int64)]
TASK = TrialTask("0000003", {"units": 8, "learning_rate": 0.1 + 0.2}, 1, 3, WEIGHTS, keeps_weights=True)
HISTORY = {"loss": [0.5, math.inf], "val_auc": [1 / 3, math.nan]}
RESULT = TrialResult(1 / 3, HISTORY, 2.25, WEIGHTS, {"train/events.7": b"\0curve\n", "empty": b""})


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(str(tmp_path / "search" / "abc"), "abc")


def file_of(journal: Journal) -> Path:
    (found,) = Path(journal.folder).iterdir()
    return found


def test_what_came_of_a_trial_is_found_again_bit_for_bit(journal: Journal) -> None:
    assert journal.find(TASK) is None
    journal.add(TASK, RESULT, 12.5)
    found = journal.find(TASK)
    assert found is not None
    assert (found.elapsed, found.result.score, found.result.seconds) == (12.5, RESULT.score, 2.25)
    assert found.result.history["loss"] == HISTORY["loss"]
    assert found.result.history["val_auc"][0] == 1 / 3 and math.isnan(found.result.history["val_auc"][1])
    assert found.result.logs == RESULT.logs
    assert found.result.weights is not None
    for one, same in zip(found.result.weights, WEIGHTS, strict=True):
        assert (one.dtype, one.tolist()) == (same.dtype, same.tolist())


def test_weights_that_nobody_starts_from_are_not_kept(journal: Journal) -> None:
    task, result = dataclasses.replace(TASK, keeps_weights=False), dataclasses.replace(RESULT, weights=None)
    journal.add(task, result, 1.0)
    found = journal.find(task)
    assert found is not None and found.result.weights is None


OTHERS: dict[str, dict[str, Any]] = {
    "another value": {"values": {"units": 16, "learning_rate": 0.1 + 0.2}},
    "a value that differs in its last bit": {"values": {"units": 8, "learning_rate": 0.3}},
    "another start": {"first": 0},
    "another end": {"last": 4},
    "no parent": {"parent": None},
    "a parent with another bit": {"parent": [np.nextafter(WEIGHTS[0], np.float32(9)), WEIGHTS[1]]},
    "a parent of another dtype": {"parent": [WEIGHTS[0], WEIGHTS[1].view(np.uint64)]},
    "a parent of another shape": {"parent": [WEIGHTS[0].reshape(2, 1), WEIGHTS[1]]},
    "weights that nobody starts from": {"keeps_weights": False},
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_a_trial_that_was_given_anything_else_is_trained(
    journal: Journal, other: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    journal.add(TASK, RESULT, 1.0)
    asked = dataclasses.replace(TASK, **other)
    assert digest_of(asked) != digest_of(TASK)
    assert journal.find(asked) is None
    (line,) = caplog.messages
    assert line == f"trial-0000003 in {journal.folder} is not used, and its trial trained again: is of another search"
    assert journal.find(TASK) is not None


def test_what_another_search_left_is_not_believed(journal: Journal, caplog: pytest.LogCaptureFixture) -> None:
    journal.add(TASK, RESULT, 1.0)
    assert Journal(journal.folder, "abd").find(TASK) is None
    assert len(caplog.messages) == 1


@pytest.mark.parametrize("bytes_left", [0, 10, 32, 100, -1])
def test_a_torn_file_is_not_believed(journal: Journal, bytes_left: int, caplog: pytest.LogCaptureFixture) -> None:
    journal.add(TASK, RESULT, 1.0)
    file = file_of(journal)
    file.write_bytes(file.read_bytes()[:bytes_left])
    assert journal.find(TASK) is None
    (line,) = caplog.messages
    assert line.endswith("trained again: is not whole")
    journal.add(TASK, RESULT, 1.0)
    assert journal.find(TASK) is not None


@pytest.mark.parametrize("place", [0, 40, 400, -40])
def test_a_changed_byte_is_not_believed(journal: Journal, place: int, caplog: pytest.LogCaptureFixture) -> None:
    journal.add(TASK, RESULT, 1.0)
    file = file_of(journal)
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)
    assert journal.find(TASK) is None
    assert len(caplog.messages) == 1


def test_a_folder_in_the_place_of_a_file_is_not_believed(journal: Journal) -> None:
    (Path(journal.folder) / "trial-0000003").mkdir(parents=True)
    assert journal.find(TASK) is None


def test_a_search_goes_on_where_nothing_can_be_kept(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    journal = Journal(str(tmp_path / "file" / "abc"), "abc")
    journal.add(TASK, RESULT, 1.0)
    (line,) = caplog.messages
    assert line.startswith("trial-0000003 could not be kept in ")
    assert journal.find(TASK) is None


def test_the_config_of_a_step_names_its_journal() -> None:
    assert Journal.of({"journal": ["folder", "abc"], "seed": 1}) == Journal("folder", "abc")
    assert Journal.of({"seed": 1}) is None
