import os
import stat
import uuid
from pathlib import Path

import pytest

from modules.base import writing

pytestmark = pytest.mark.unit


def test_a_file_gets_its_name_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("earlier")
    with writing.whole(str(path)) as file:
        file.write("né")
        file.flush()
        assert path.read_text() == "earlier"
    assert path.read_bytes() == "né".encode()
    assert os.listdir(tmp_path) == ["report.html"]


def test_bytes_and_line_breaks_stay_as_they_are(tmp_path: Path) -> None:
    with writing.whole(str(tmp_path / "a"), "wb") as file:
        file.write(b"\r\n\0")
    with writing.whole(str(tmp_path / "b"), newline="") as file:
        file.write("\r\n")
    assert (tmp_path / "a").read_bytes() == b"\r\n\0"
    assert (tmp_path / "b").read_bytes() == b"\r\n"


@pytest.mark.parametrize("why", [ValueError, KeyboardInterrupt, OSError])
def test_a_failure_leaves_what_was_there_and_nothing_else(tmp_path: Path, why: type[BaseException]) -> None:
    path = tmp_path / "report.html"
    path.write_text("earlier")
    with pytest.raises(why), writing.whole(str(path)) as file:
        file.write("half")
        raise why
    assert path.read_text() == "earlier"
    assert os.listdir(tmp_path) == ["report.html"]


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    victim, path = tmp_path / "victim", tmp_path / "report.html"
    victim.write_text("mine")
    path.symlink_to(victim)
    with writing.whole(str(path)) as file:
        file.write("page")
    assert (victim.read_text(), path.read_text(), path.is_symlink()) == ("mine", "page", False)


def test_the_name_that_it_has_meanwhile_cannot_be_known_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = []
    for _ in range(2):
        with writing.whole(str(tmp_path / "a")):
            names += [name for name in os.listdir(tmp_path) if name.endswith(writing.STAGED)]
    assert len(set(names)) == 2
    # If somebody could guess it all the same, a link in its place is refused.
    victim = tmp_path / "victim"
    victim.write_text("mine")
    monkeypatch.setattr(uuid, "uuid4", lambda: type("Known", (), {"hex": "known"}))
    (tmp_path / f".known{writing.STAGED}").symlink_to(victim)
    with pytest.raises(FileExistsError), writing.whole(str(tmp_path / "a")):
        pass
    assert victim.read_text() == "mine"


def test_a_device_or_a_pipe_is_written_to_as_it_is(tmp_path: Path) -> None:
    with writing.whole(os.devnull) as file:
        file.write("gone")
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)
    with pytest.raises(OSError, match="No space left"), writing.whole("/dev/full") as file:
        file.write("too much")


def test_a_new_file_may_be_read_as_the_process_allows_or_by_its_owner_alone(tmp_path: Path) -> None:
    umask = os.umask(0o027)
    try:
        for name, permissions in (("open", 0o666), ("secret", 0o600)):
            with writing.whole(str(tmp_path / name), permissions=permissions):
                pass
    finally:
        os.umask(umask)
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("open", "secret")] == [0o640, 0o600]


def test_what_a_crash_would_lose_is_brought_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed, fsync = [], os.fsync

    def note(descriptor: int) -> None:
        flushed.append(stat.S_ISDIR(os.fstat(descriptor).st_mode))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    with writing.whole(str(tmp_path / "a")) as file:
        file.write("x")
    assert flushed == [False, True]  # the content, then the folder with the new name
