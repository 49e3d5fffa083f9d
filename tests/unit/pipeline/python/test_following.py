"""The process of a run: what it tells, how it ends, and how it is stopped. The run itself is a stand-in."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from modules.base.progress import Progress
from pipeline import terminal
from pipeline.python import child, events, following, notebook
from tests.command_line import ROOT

pytestmark = pytest.mark.unit

TELL = f"""
import os, signal, sys, time
sys.path.insert(0, {str(ROOT)!r})
from pipeline.python import events
def tell(kind, **content):
    sys.stdout.write(events.write(kind, **content)); sys.stdout.flush()
def end(status=0, number=1, error=None, gate=False):
    tell("end", status=status, number=number, error=error, gate=gate); sys.exit(status)
"""
STEPS = """
print("houses: log in out/x.log", flush=True)
tell("open"); tell("start", name="Tuner", expected=None)
tell("tell", progress={"done": 1, "total": 2, "note": "trial 1 of 2", "at_most": True})
tell("finish", line="  Tuner  1.0 s"); tell("close")
print("Gates", flush=True)
"""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    def start(code: str) -> following.Told:
        monkeypatch.setattr(following, "_CHILD", TELL + code)
        return following.run("pipeline.yaml", "out", ["seed=3"])

    return start


def test_text_and_steps_are_shown_in_their_order(run: Any, capsys: pytest.CaptureFixture) -> None:
    told = run(STEPS + "end(3, 7)")
    assert told == following.Told(3, 7, None, False)
    assert capsys.readouterr().out == "houses: log in out/x.log\n  Tuner  1.0 s\nGates\n"


def test_the_process_is_told_where_the_project_is_and_what_to_run(run: Any) -> None:
    told = run("end(2, 0, [*sys.argv[1:4]])")
    assert told.error.where == str(ROOT)
    assert told.error.what == str(os.getpid())
    assert told.error.fix == "pipeline.yaml"


def test_an_error_is_the_very_one_of_the_run(run: Any) -> None:
    told = run("end(2, 1, ['a.csv, row 3', 'is wrong', 'Fix it'], True)")
    assert str(told.error) == "a.csv, row 3: is wrong. Fix it."
    assert told.gate


def test_a_process_that_dies_is_one_line(run: Any) -> None:
    told = run("sys.stderr.write('no memory\\n'); sys.stderr.flush(); os.kill(os.getpid(), signal.SIGKILL)")
    assert "ended without a word (exit status -9); its last ones before were 'no memory'" in str(told.error)


SLEEPS = """
print("started", flush=True)
try:
    time.sleep(60)
except KeyboardInterrupt:
    sys.stderr.write("Stopped in step Tuner. To go on from there: again\\n"); sys.exit(130)
"""


@pytest.fixture
def heed_ctrl_c() -> Any:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heed_ctrl_c")
def test_an_interruption_stops_the_run_and_says_how_to_go_on(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    said = terminal.say

    def say(text: str) -> None:
        said(text)
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()

    monkeypatch.setattr(terminal, "say", say)
    started = time.monotonic()
    with pytest.raises(following.Interrupted) as caught:
        run(f"signal.signal(signal.SIGINT, signal.default_int_handler)\n{SLEEPS}")
    assert time.monotonic() - started < 20
    assert caught.value._render_traceback_() == ["Stopped in step Tuner. To go on from there: again"]


def test_an_error_while_showing_leaves_no_process_behind(
    run: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def say(text: str) -> None:
        raise ValueError(text)

    monkeypatch.setattr(terminal, "say", say)
    with pytest.raises(ValueError, match="^[0-9]+$") as caught:
        run("print(os.getpid(), flush=True)\ntime.sleep(60)")
    with pytest.raises(ProcessLookupError):
        os.kill(int(str(caught.value)), 0)


def test_a_run_ends_when_its_caller_is_killed(tmp_path: Path) -> None:
    # The run writes who it is, and then waits; its caller is killed without a chance to say so.
    waits = (
        "import sys, os, time; sys.path.insert(0, sys.argv[1]);"
        "from pipeline.python import child;"
        "child.config.load = lambda *_: (print(os.getpid(), flush=True), time.sleep(60));"
        "child.main(int(sys.argv[2]), 'c', 'o', [])"
    )
    calls = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r});"
        f"from pipeline.python import following; following._CHILD = {waits!r}; following.run('c', 'o', [])"
    )
    caller = subprocess.Popen([sys.executable, "-c", calls], stdout=subprocess.PIPE, text=True, cwd=tmp_path)
    assert caller.stdout is not None
    run = int(caller.stdout.readline())
    caller.kill()
    caller.wait()
    deadline = time.monotonic() + 20
    while Path(f"/proc/{run}/stat").exists() and Path(f"/proc/{run}/stat").read_text().split()[2] != "Z":
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_the_process_of_a_run_tells_how_it_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ends = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "from pipeline.python import child;"
        "child.config.load = lambda *_: None; child.bootstrap.run_command = lambda *_: 'again';"
        "child.local.follow = lambda *_: child.local.Ending(1, 7, child.UserError('a', 'b', 'c\\x1b'));"
        "child.main(int(sys.argv[2]), 'c', 'o', [])"
    )
    monkeypatch.setattr(following, "_CHILD", ends)
    told = following.run("c", str(tmp_path), [])
    assert (told.status, told.number, told.gate) == (1, 7, False)
    assert str(told.error) == "a: b. c\x1b."


def test_steps_are_told_as_a_display_is(tmp_path: Path) -> None:
    with (tmp_path / "told").open("w") as file, child.ReportedSteps(file) as steps:
        steps.start("Tuner", 3.5)
        for number in range(5):  # at once, and of these one is enough
            steps.tell(Progress(number, 5, "trial"))
        steps.finish("  Tuner  1.0 s")
    found = [events.read(line) for line in (tmp_path / "told").read_text().split("\n")]
    assert [event["event"] for event in found if event] == ["open", "start", "tell", "finish", "close"]
    assert found[1] == {"event": "start", "name": "Tuner", "expected": 3.5}


class Handle:
    """What IPython gives to change an output."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def update(self, content: dict[str, str], raw: bool) -> None:
        assert raw
        self.texts.append(content["text/plain"])


def test_a_notebook_sees_the_finished_steps_and_the_running_one_below(monkeypatch: pytest.MonkeyPatch) -> None:
    from IPython import display

    handle = Handle()
    monkeypatch.setattr(display, "display", lambda content, raw, display_id: handle)
    with notebook.NotebookSteps() as steps:
        steps.start("Schema")
        steps.finish("  Schema  1.0 s   <b>")
        steps.start("Tuner")
        steps.tell(Progress(1, 2, "trial 1 of 2"))
        steps.refresh(at_once=True)
    assert handle.texts[-2].splitlines() == ["  Schema  1.0 s   <b>", "  Tuner             running   trial 1 of 2, 0 s"]
    assert handle.texts[-1] == "  Schema  1.0 s   <b>"
    assert "&lt;b&gt;" in steps._content()["text/html"]


def test_outside_a_kernel_there_is_no_notebook() -> None:
    assert not notebook.is_notebook()


def test_the_page_is_a_path_and_a_sandboxed_frame(tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    path.write_text('<html><head></head><body><a href="#gates">"Gates"</a></body></html>', encoding="utf-8")
    page = notebook.RunPage(str(path))
    assert Path(page) == path
    assert str(page) == str(path)
    shown = page._repr_html_()
    assert 'sandbox="allow-scripts allow-downloads"' in shown
    assert "allow-same-origin" not in shown
    assert "&lt;base href=&quot;about:srcdoc&quot;&gt;" in shown
    assert "&quot;Gates&quot;" in shown
