"""What ends a process on a signal, in processes of their own."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import stopping

pytestmark = pytest.mark.unit

STATUSES = [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGQUIT, 131)]

ROOT = Path(stopping.__file__).parents[1]
PROGRAM = """
import hashlib, os, sys, threading, time
from pipeline import stopping

def ready():
    print("ready", flush=True)

def work():
    guard = stopping.Guard()
    try:
        with guard:
            guard.prepare(lambda: print("tidied", flush=True), {record}, lambda: "go on")
            {work}
    except BaseException as error:
        print(type(error).__name__, flush=True)
        {after}
        return guard.stopped.status if guard.stopped else 1
    return 0

stopping.GRACE_SECONDS, stopping.RECORD_SECONDS = {grace}, {record_seconds}
stopping.leave(work())
"""
WAITING = "ready(); time.sleep(100)"
# Native code that lets other threads work, such as the one that says that it is ready, and returns for no signal.
NATIVE = "threading.Timer(0.5, ready).start(); hashlib.pbkdf2_hmac('sha256', b'', b'', 2_000_000_000)"
STUBBORN = """
            try:
                ready()
                time.sleep(100)
            except KeyboardInterrupt:
                print("heard", flush=True)
            time.sleep(100)
"""
LONG = 3_600.0
NOTHING = "lambda: None"


def _heed_all() -> None:
    """Undoes that tests in the background, or without a terminal, ignore signals, and so would what they start."""
    for number, _ in STATUSES:
        signal.signal(number, signal.SIG_DFL)


class Process:
    """A process that has come to its work."""

    def __init__(
        self,
        work: str,
        after: str = "pass",
        grace: float = LONG,
        record: str = NOTHING,
        record_seconds: float = LONG,
    ):
        program = PROGRAM.format(work=work, after=after, grace=grace, record=record, record_seconds=record_seconds)
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n" + program,
            ],
            preexec_fn=_heed_all,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._watchdog = threading.Timer(60, self._process.kill)
        self._watchdog.start()
        assert self.line() == "ready"

    def line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().rstrip("\n")

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def end(self) -> tuple[int, str, str]:
        """Returns exit status and what was written since."""
        out, err = self._process.communicate()
        self._watchdog.cancel()
        return self._process.returncode, out, err


@pytest.mark.parametrize(("number", "status"), STATUSES)
def test_a_signal_is_raised_where_the_main_thread_is(number: signal.Signals, status: int) -> None:
    process = Process(WAITING)
    process.send(number)
    assert process.end() == (status, "Stopped\n", "")


@pytest.mark.parametrize(("number", "status"), STATUSES)
def test_native_code_that_does_not_return_is_ended_from_outside(number: signal.Signals, status: int) -> None:
    process = Process(NATIVE, grace=0.1)
    process.send(number)
    assert process.end() == (status, "tidied\n", "go on\n")


def test_a_library_that_swallows_the_signal_is_ended_from_outside() -> None:
    process = Process(STUBBORN, grace=0.1)
    process.send(signal.SIGINT)
    assert process.end() == (130, "heard\ntidied\n", "go on\n")


def test_a_second_signal_ends_it_at_once() -> None:
    process = Process(STUBBORN)  # whose grace would outlast the test
    process.send(signal.SIGINT)
    assert process.line() == "heard"
    process.send(signal.SIGINT)
    assert process.end() == (130, "tidied\n", "go on\n")


RECORD = 'lambda: (time.sleep(0.5), print("recorded", flush=True))'


def test_what_a_stopped_run_leaves_is_written_before_it_is_ended_from_outside() -> None:
    process = Process(STUBBORN, grace=0.0, record=RECORD)
    process.send(signal.SIGINT)
    assert process.end() == (130, "heard\nrecorded\ntidied\n", "go on\n")


def test_it_is_written_at_once_and_not_when_patience_is_over() -> None:
    process = Process(STUBBORN, record="lambda: os.write(1, b'recorded\\n')")
    process.send(signal.SIGINT)
    said = process.line() + process.line()  # of two threads, whose words may mix
    assert "heard" in said
    assert "recorded" in said
    process.send(signal.SIGINT)
    assert process.end() == (130, "tidied\n", "go on\n")


@pytest.mark.parametrize("seconds", [0.1, LONG])
def test_what_cannot_be_written_in_time_or_at_all_keeps_nobody(seconds: float) -> None:
    record = "lambda: time.sleep(100)" if seconds < LONG else "sys.exit"
    process = Process(STUBBORN, grace=0.0, record=record, record_seconds=seconds)
    process.send(signal.SIGINT)
    assert process.end() == (130, "heard\ntidied\n", "go on\n")


def test_what_hangs_after_the_work_is_ended_too() -> None:
    process = Process(WAITING, after="time.sleep(100)", grace=0.1)
    process.send(signal.SIGINT)
    assert process.end() == (130, "Stopped\ntidied\n", "go on\n")


def test_a_thread_of_a_library_does_not_hold_up_the_end() -> None:
    process = Process(f"threading.Thread(target=time.sleep, args=(100,)).start(); {WAITING}")
    process.send(signal.SIGINT)
    assert process.end() == (130, "Stopped\n", "")


def test_another_error_that_a_library_makes_of_it_is_told_from_a_failure() -> None:
    work = """
            try:
                ready(); time.sleep(100)
            except KeyboardInterrupt:
                raise RuntimeError("bundle failed") from None
"""
    process = Process(work)
    process.send(signal.SIGTERM)
    assert process.end() == (143, "RuntimeError\n", "")


def test_what_was_started_to_ignore_ctrl_c_goes_on_doing_so() -> None:
    work = """
            ready()
            sys.stdin.read()
"""
    program = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n" + PROGRAM.format(
        work=work, after="pass", grace=0.1, record=NOTHING, record_seconds=LONG
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    assert process.communicate("", timeout=60) == ("", "")
    assert process.returncode == 0


@pytest.fixture
def python_s_own_handler() -> Iterator[None]:
    """Lets Ctrl-C raise, as in a shell's foreground; a background job is started with it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("python_s_own_handler")
def test_afterwards_signals_are_handled_as_before() -> None:
    before = [signal.getsignal(number) for number, _ in STATUSES]
    with stopping.Guard():
        assert signal.getsignal(signal.SIGINT) is not before[0]
    assert [signal.getsignal(number) for number, _ in STATUSES] == before
    assert signal.set_wakeup_fd(-1) == -1


LEFT = """
import atexit, sys, threading, time
from pipeline import stopping
class Fatal:
    def __del__(self): print("Python's own end")
kept = Fatal()
kept.itself = kept
atexit.register(lambda: print("exit function"))
threading.Thread(target=lambda: (time.sleep(0.3), print("thread"))).start()
print("words", end=" ")
stopping.leave(2)
"""


def test_a_process_ends_with_its_threads_and_exit_functions_and_without_python_s_own_end() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LEFT], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, "words thread\nexit function\n", "")
