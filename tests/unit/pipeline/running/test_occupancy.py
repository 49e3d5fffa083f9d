"""One run at a time in an output folder."""

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from modules.base.errors import UserError
from pipeline.running import occupancy

pytestmark = pytest.mark.unit

HOLD = """
import sys
from pipeline.running import occupancy
with occupancy.occupy(sys.argv[1]):
    print("in", flush=True)
    input()
"""


def test_a_second_run_is_refused_and_told_which_process_is_in_there(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout and other.stdout.readline() == "in\n"
        with pytest.raises(UserError, match=rf"another run is going on \(process {other.pid}\)"):  # noqa: SIM117
            with occupancy.occupy(str(tmp_path)):
                pass
        other.kill()  # however it ends, the folder is free again
        other.wait()
        with occupancy.occupy(str(tmp_path)):
            pass


def test_a_folder_is_occupied_from_the_start_of_a_run_to_its_end(tmp_path: Path) -> None:
    assert occupancy.occupied_since(str(tmp_path)) is None
    with occupancy.occupy(str(tmp_path)):
        since = occupancy.occupied_since(str(tmp_path))
        assert since and abs((datetime.now() - since).total_seconds()) < 60
        occupied = (tmp_path / ".running").read_text()
    assert occupied == f"{os.getpid()}\n"
    assert occupancy.occupied_since(str(tmp_path)) is None


def test_asking_does_not_keep_a_run_out(tmp_path: Path) -> None:
    with occupancy.occupy(str(tmp_path)):
        pass
    occupancy.occupied_since(str(tmp_path))
    with occupancy.occupy(str(tmp_path)):
        pass


@pytest.mark.parametrize("planted", ["link", "dangling link", "folder", "pipe"])
def test_what_somebody_planted_in_its_place_is_refused_and_not_written_to(tmp_path: Path, planted: str) -> None:
    victim, place = tmp_path / "victim", tmp_path / ".running"
    if planted == "link":
        victim.write_text("mine")
    if "link" in planted:
        place.symlink_to(victim)
    elif planted == "folder":
        place.mkdir()
    else:
        os.mkfifo(place)
    with pytest.raises(UserError, match="is a link, a device or a folder, and should be a plain file. Remove it"):  # noqa: SIM117
        with occupancy.occupy(str(tmp_path)):
            pass
    assert victim.exists() == (planted == "link")
    assert planted != "link" or victim.read_text() == "mine"
    assert occupancy.occupied_since(str(tmp_path)) is None
