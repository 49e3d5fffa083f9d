"""Files and words of a stranger, through the commands that a user types: nothing of theirs runs or is believed."""

import dataclasses
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from tests import attacks, forked
from tests.e2e.runs import ROOT
from tests.faults.runs import versions

pytestmark = pytest.mark.faults

PENGUINS = ROOT / "data" / "penguins"


@dataclasses.dataclass(frozen=True)
class Attack:
    """What a stranger prepares, and what comes of it.

    Attributes:
        what: In words.
        prepare: Makes the files in a folder, in which `victim` is what must not change, and `out` a folder of a run;
            returns the command line.
        status: The exit status.
        said: What the command says; of what it must not say, a line is in `never`.
    """

    what: str
    prepare: Callable[[Path], list[str]]
    status: int
    said: str
    never: str = "\x1b"

    def __str__(self) -> str:
        return self.what


def _config(folder: Path, *lines: str) -> str:
    """Writes a config of the penguins, with lines of its own in the place of others."""
    text = (PENGUINS / "pipeline.yaml").read_text()
    names = {line.partition(":")[0] for line in lines}
    kept = [line for line in text.splitlines() if line.partition(":")[0] not in names]
    path = folder / "pipeline.yaml"
    path.write_text("\n".join([*kept, *lines]) + "\n")
    return str(path)


def _run(folder: Path, *overrides: str) -> list[str]:
    words = ["run", "--config", "data/penguins/pipeline.yaml", "--output", str(folder / "out")]
    return [*words, *(word for override in overrides for word in ("--set", override))]


def _payload(command: str) -> Callable[[Path], list[str]]:
    def prepare(folder: Path) -> list[str]:
        table = str(attacks.parquet_that_writes(folder / "evil.parquet", folder / "victim"))
        if command == "init":
            return ["init", table, "--label", "y"]
        if command == "predict":
            return ["predict", "--model", str(versions(folder / "out")[-1]), "--input", table]
        return _run(folder, f"data.train={table}")

    return prepare


def _link(name: str) -> Callable[[Path], list[str]]:
    def prepare(folder: Path) -> list[str]:
        path, victim = folder / "out" / name, folder / "victim"
        victim.write_text("mine")
        path.unlink(missing_ok=True)
        path.symlink_to(victim)
        return _run(folder)

    return prepare


def _aliases(folder: Path) -> list[str]:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    return ["run", "--config", _config(folder, *lines)]


def _deep(folder: Path) -> list[str]:
    return ["run", "--config", _config(folder, "features: " + "[" * 50_000)]


def _unpacking(folder: Path) -> list[str]:
    path = folder / "bomb.csv.zst"
    with pa.CompressedOutputStream(str(path), "zstd") as stream:
        stream.write(b"a,y\n" + b"0,n\n" * 50_000_000)
    return ["init", str(path), "--label", "y"]


def _controls(folder: Path) -> list[str]:
    path = folder / "table.csv"
    rows = "".join(f"{n * 37 % 101},{'ab'[n % 7 > 3]}\n" for n in range(200))
    name = "y\x1b[2J\x1b]0;owned\x07"
    path.write_text(f"x,{name}\n{rows}")
    return ["init", str(path), "--label", name]


def _pipe(folder: Path) -> list[str]:
    (folder / "out" / ".running").unlink()
    os.mkfifo(folder / "out" / ".running")
    return _run(folder)


def _escape(folder: Path) -> list[str]:
    return _run(folder, "data.train=package://pytest/../../../../../../etc/passwd")


def _secret(folder: Path) -> list[str]:
    return _run(folder, "kubeflow.environment={AWS_SECRET_ACCESS_KEY: wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY}")


def _model(change: Callable[[Path], None]) -> Callable[[Path], list[str]]:
    def prepare(folder: Path) -> list[str]:
        version = versions(folder / "out")[-1]
        change(version)
        return ["predict", "--model", str(version), "--input", str(PENGUINS / "penguins.csv")]

    return prepare


def _swap(version: Path) -> None:
    card = json.loads((version / "model.json").read_text())
    card["outputs"][0]["classes"].reverse()
    (version / "model.json").write_text(json.dumps(card))


def _replace(version: Path) -> None:
    content = bytearray((version / "model.tflite").read_bytes())
    content[len(content) // 2] ^= 255
    (version / "model.tflite").write_bytes(content)


ATTACKS = (
    Attack("a Parquet file that runs a command, at init", _payload("init"), 2, "evil.parquet"),
    Attack("a Parquet file that runs a command, at run", _payload("run"), 2, "evil.parquet"),
    Attack("a Parquet file that runs a command, at predict", _payload("predict"), 2, "evil.parquet"),
    Attack("a link in the place of a run's lock", _link(".running"), 2, "should be a plain file"),
    Attack("aliases of YAML that stand for billions of values", _aliases, 2, "holds more than 100,000 values"),
    Attack("YAML that is nested 50,000 deep", _deep, 2, "nest"),
    Attack("a table that unpacks to a thousand times its size", _unpacking, 2, "data.limits."),
    Attack("a column's name that clears the terminal", _controls, 0, "\\x1b"),
    Attack("a pipe in the place of a run's lock", _pipe, 2, "should be a plain file"),
    Attack("an address that leads out of a package", _escape, 2, "package://"),
    Attack("a secret in a config", _secret, 2, "secret", "wJalr"),
    Attack("a model.json whose classes are swapped", _model(_swap), 2, "model.json"),
    Attack("a model.tflite with one changed byte", _model(_replace), 2, "model.tflite"),
)


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_nothing_of_a_strangers_runs_or_is_believed(undisturbed: Path, tmp_path: Path, attack: Attack) -> None:
    shutil.copytree(undisturbed, tmp_path / "out")
    arguments = attack.prepare(tmp_path)
    victim = tmp_path / "victim"
    before = victim.read_text() if victim.exists() else None
    if arguments[0] == "init":  # it writes where it is called
        command = [sys.executable, str(ROOT / "local_runner.py"), *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    else:
        done = forked.run(["local_runner.py", *arguments], ROOT, timeout=120)
    assert (done.returncode, before) == (attack.status, victim.read_text() if victim.exists() else None), done
    assert attack.said in done.stdout + done.stderr
    assert attack.never not in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert attack.status == 0 or done.stderr.count("\n") == 1
