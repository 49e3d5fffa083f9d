"""The set-up script on made-up machines: stand-ins for Python, uname and getconf, the real core tools."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

SCRIPT = Path(__file__).parents[2] / "requirements" / "install.sh"
CORE_TOOLS = ("sh", "env", "dirname", "sha256sum", "cat", "rm", "mkdir", "mv", "cp", "date", "flock", "sleep")

# Answers the script's ways of calling Python, and writes down each call that installs something.
PYTHON = """#!/bin/sh
case "$*" in
    "-I -S -c "*) echo "3.11.7 ($0)" ;;
    *find_spec*) echo "uv has put the packages elsewhere" >&2; exit "${{FIND_STATUS:-0}}" ;;
    "-I -c "*) echo "{missing}"; exit {status} ;;
    "-m venv "*) echo venv >>"$CALLS"; mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
    "-m pip install --require-hashes -r requirements/bootstrap.lock")
        echo pip >>"$CALLS"; cp "$UV" "${{0%/*}}/uv" ;;
    *) echo "unexpected: $*" >>"$CALLS"; exit 99 ;;
esac
"""

UV = """#!/bin/sh
echo "uv $*" >>"$CALLS"
echo "a word of uv" >&2
[ -z "${UV_SLEEP:-}" ] || sleep "$UV_SLEEP"
exit "${UV_STATUS:-0}"
"""


class Machine:
    """A clone of the project on a made-up machine."""

    def __init__(self, folder: Path):
        self.root = folder / "clone"
        self.bin = folder / "bin"
        self.calls = folder / "calls"
        self.env = {"PATH": str(self.bin), "HOME": str(folder / "home"), "CALLS": str(self.calls)}
        self.env["UV"] = str(self.write(folder / "uv", UV))
        for tool in CORE_TOOLS:
            if found := shutil.which(tool):
                self.bin.mkdir(exist_ok=True)
                (self.bin / tool).symlink_to(found)
        (self.root / "requirements").mkdir(parents=True)
        shutil.copy(SCRIPT, self.root / "requirements")
        for name in ("bootstrap", "tfx-1.16", "tfx-1.21"):
            (self.root / "requirements" / f"{name}.lock").write_text(name)
        self.is_a("Linux", "x86_64", "glibc 2.36")
        self.python(self.bin / "python3.11")

    def write(self, path: Path, text: str) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return path

    def is_a(self, system: str, machine: str, libc: str) -> None:
        self.write(self.bin / "uname", f'#!/bin/sh\n[ "$1" = -m ] && echo "{machine}" || echo "{system}"\n')
        self.write(self.bin / "getconf", f'#!/bin/sh\n[ -n "{libc}" ] && echo "{libc}"\n')

    def python(self, path: Path, missing: str = "", status: int = 0) -> None:
        self.write(path, PYTHON.format(missing=missing, status=status))

    def start(self, **env: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.root / "requirements" / "install.sh"],
            env=self.env | env,
            cwd="/",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def setup(self, **env: str) -> tuple[int, str, str]:
        process = self.start(**env)
        out, err = process.communicate(timeout=20)
        return process.returncode, out, err

    def installs(self) -> list[str]:
        """The locks installed so far, and anything that no call should have been; not the project itself."""
        lines = self.calls.read_text().splitlines() if self.calls.exists() else []
        calls = [line for line in lines if line.startswith(("uv", "unexpected"))]
        return [line.split()[-1] for line in calls if "--editable" not in line]

    def is_refused(self, *words: str, **env: str) -> None:
        status, out, err = self.setup(**env)
        assert (status, out) == (2, "")
        assert len(err.splitlines()) == 1
        for word in words:
            assert word in err
        assert not self.calls.exists()
        assert sorted(path.name for path in self.root.iterdir()) == ["requirements"]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("libc", "lock"),
    [("glibc 2.28", "tfx-1.16"), ("glibc 2.38", "tfx-1.16"), ("glibc 2.39", "tfx-1.21")],
)
def test_the_stack_follows_glibc(machine: Machine, libc: str, lock: str) -> None:
    machine.is_a("Linux", "x86_64", libc)
    status, out, err = machine.setup()
    assert (status, err) == (0, "")
    assert machine.installs() == [f"requirements/{lock}.lock"]
    assert f"Setting up .venv (TFX {lock[4:]}" in out
    assert len(out.splitlines()) == 2


def test_a_named_stack_gets_an_environment_of_its_own(machine: Machine) -> None:
    machine.is_a("Linux", "x86_64", "glibc 2.41")
    assert machine.setup()[0] == 0
    assert machine.setup(STACK="tfx-1.16")[0] == 0
    assert machine.installs() == ["requirements/tfx-1.21.lock", "requirements/tfx-1.16.lock"]
    assert (machine.root / ".venv" / "bin" / "python").exists()
    assert (machine.root / ".venv-tfx-1.16" / "bin" / "python").exists()


def test_only_locked_packages_are_installed_and_bytecode_is_compiled(machine: Machine) -> None:
    machine.setup()
    (call,) = (line.split() for line in machine.calls.read_text().splitlines() if line.endswith("tfx-1.16.lock"))
    assert {"--no-deps", "--require-hashes", "--compile-bytecode"} <= set(call)
    assert call[call.index("--python") + 1] == ".venv/bin/python"
    assert call[call.index("--build-constraints") + 1] == "requirements/bootstrap.lock"


def test_the_project_itself_is_installed_last_from_its_folder_and_without_a_network(machine: Machine) -> None:
    machine.setup()
    call = machine.calls.read_text().splitlines()[-1].split()
    assert call[:3] == ["uv", "pip", "install"]
    assert call[-2:] == ["--editable", "."]
    assert {"--offline", "--no-deps", "--no-build-isolation"} <= set(call)


def test_a_complete_environment_is_left_alone(machine: Machine) -> None:
    machine.setup()
    calls = machine.calls.read_text()
    (machine.bin / "python3.11").unlink()  # nor is a Python looked for
    assert machine.setup() == (0, "", "")
    assert machine.calls.read_text() == calls


@pytest.mark.parametrize("changed", ["tfx-1.16.lock", "bootstrap.lock", "install.sh"])
def test_an_outdated_environment_is_made_again(machine: Machine, changed: str) -> None:
    machine.setup()
    (machine.root / ".venv" / "left-over").touch()
    with (machine.root / "requirements" / changed).open("a") as file:
        file.write("\n# newer\n")
    assert machine.setup()[0] == 0
    assert len(machine.installs()) == 2
    assert not (machine.root / ".venv" / "left-over").exists()
    assert machine.setup() == (0, "", "")


def test_the_lock_of_the_other_stack_does_not_matter(machine: Machine) -> None:
    machine.setup()
    (machine.root / "requirements" / "tfx-1.21.lock").write_text("newer")
    assert machine.setup() == (0, "", "")


def test_an_environment_whose_python_is_gone_is_made_again(machine: Machine) -> None:
    machine.setup()
    (machine.root / ".venv" / "bin" / "python").unlink()
    assert machine.setup()[0] == 0
    assert len(machine.installs()) == 2


def test_an_environment_that_was_moved_is_made_again(machine: Machine) -> None:
    machine.setup()
    machine.root = machine.root.rename(machine.root.parent / "elsewhere")
    assert machine.setup()[0] == 0
    assert len(machine.installs()) == 2


def test_a_killed_set_up_is_repaired(machine: Machine) -> None:
    process = machine.start(UV_SLEEP="60")
    wait_for(machine.installs)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert (machine.root / ".venv" / "bin" / "uv").exists()
    (machine.root / ".venv" / "left-over").touch()
    assert machine.setup()[0] == 0
    assert len(machine.installs()) == 2
    assert not (machine.root / ".venv" / "left-over").exists()
    assert machine.setup() == (0, "", "")


@pytest.mark.skipif(not shutil.which("flock"), reason="without flock, set-ups are not kept apart")
def test_of_two_set_ups_at_once_one_installs(machine: Machine) -> None:
    first = machine.start(UV_SLEEP="0.5")
    wait_for(machine.installs)
    status, out, err = machine.setup()
    assert (status, out) == (0, "")
    assert "waiting" in err
    first.communicate()
    assert first.returncode == 0
    assert len(machine.installs()) == 1


def test_a_failed_install_names_its_log_and_is_tried_again(machine: Machine) -> None:
    status, _, err = machine.setup(UV_STATUS="1")
    assert status == 1
    assert len(err.splitlines()) == 1
    log = machine.root / ".venv" / "setup.log"
    assert str(log) in err and "requirements/tfx-1.16.lock" in err
    assert "--require-hashes" in log.read_text()
    assert "a word of uv" in log.read_text()
    assert machine.setup()[0] == 0
    assert len(machine.installs()) == 2


def test_a_folder_that_cannot_be_written_gets_one_sentence(machine: Machine) -> None:
    (machine.bin / "mkdir").unlink()
    machine.write(machine.bin / "mkdir", "#!/bin/sh\necho 'Read-only file system' >&2\nexit 1\n")
    status, _, err = machine.setup()
    assert status == 1
    assert len(err.splitlines()) == 1
    assert f"cannot make {machine.root}/.venv" in err
    assert not machine.calls.exists()


@pytest.mark.parametrize("stack", ["tfx-1.17", "1.16", "tfx"])
def test_an_unknown_stack_is_refused(machine: Machine, stack: str) -> None:
    machine.is_refused(f"STACK={stack}", "tfx-1.16", "tfx-1.21", STACK=stack)


def test_the_newer_stack_is_refused_on_an_older_glibc(machine: Machine) -> None:
    machine.is_a("Linux", "x86_64", "glibc 2.38")
    machine.is_refused("2.39", "2.38", "STACK=tfx-1.16", STACK="tfx-1.21")


@pytest.mark.parametrize(
    ("system", "processor", "libc", "said"),
    [
        ("Darwin", "arm64", "", "Darwin is not supported"),
        ("MINGW64_NT-10.0", "x86_64", "", "MINGW64_NT-10.0 is not supported"),
        ("Linux", "aarch64", "glibc 2.41", "Linux on aarch64 is not supported"),
        ("Linux", "x86_64", "", "musl"),
        ("Linux", "x86_64", "glibc 2.27", "glibc 2.27 is too old"),
    ],
)
def test_an_unsupported_machine_is_told_what_is_supported(
    machine: Machine, system: str, processor: str, libc: str, said: str
) -> None:
    machine.is_a(system, processor, libc)
    machine.is_refused(said, "glibc 2.28 or newer", "Python 3.11")


def test_a_machine_without_python_3_11_is_told_so(machine: Machine) -> None:
    (machine.bin / "python3.11").unlink()
    machine.python(machine.bin / "python3", status=1)
    machine.is_refused("no Python 3.11 found")


def test_a_python_without_ensurepip_is_told_the_package_to_add(machine: Machine) -> None:
    machine.python(machine.bin / "python3.11", missing="ensurepip ssl")
    machine.is_refused("ensurepip ssl", str(machine.bin / "python3.11"), "python3.11-venv")


@pytest.mark.parametrize("variable", ["PYENV_ROOT", "HOME"])
def test_pyenv_is_found_behind_a_shim_that_does_not_start(machine: Machine, variable: str) -> None:
    machine.python(machine.bin / "python3.11", status=127)
    pyenv = Path(machine.env["HOME"]) / ("other" if variable == "PYENV_ROOT" else ".pyenv")
    machine.python(pyenv / "versions" / "3.11.9" / "bin" / "python")
    status, _, err = machine.setup(**({"PYENV_ROOT": str(pyenv)} if variable == "PYENV_ROOT" else {}))
    assert (status, err) == (0, "")


def test_a_complete_pyenv_python_is_preferred_to_an_incomplete_one_on_path(machine: Machine) -> None:
    machine.python(machine.bin / "python3.11", missing="ensurepip")
    machine.python(Path(machine.env["HOME"]) / ".pyenv" / "versions" / "3.11.2" / "bin" / "python")
    status, _, err = machine.setup()
    assert (status, err) == (0, "")


def test_packages_that_uv_put_elsewhere_are_no_environment(machine: Machine) -> None:
    status, _, err = machine.setup(FIND_STATUS="1")
    assert status == 1
    assert "finding the packages in the environment failed" in err
    assert not (machine.root / ".venv" / ".complete").exists()
    assert "elsewhere" in (machine.root / ".venv" / "setup.log").read_text()
    assert machine.setup()[0] == 0
