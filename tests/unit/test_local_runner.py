"""The command line, as far as it needs no run."""

import functools
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from modules.base.version import NAME
from tests import command_line
from tests.command_line import ROOT

pytestmark = pytest.mark.unit

Done = functools.partial(command_line.Done, "local_runner")


def test_help_lists_the_commands_and_imports_nothing_heavy(tmp_path: Path) -> None:
    done = Done(tmp_path, "--help")
    assert done.status == 0
    assert done.err == ""
    for words in (
        "init",
        "run",
        "runs",
        "report",
        "clean",
        "predict",
        "0 done",
        "2 bad command line, config or data",
        "3 ran, but not blessed",
        "143 SIGTERM",
    ):
        assert words in " ".join(done.out.split())
    assert done.heavy() == []


@pytest.mark.parametrize(
    "command", ["init", "run", "runs", "report", "clean", "predict", "explain", "what-if", "tensorboard", "completion"]
)
def test_help_of_a_command_shows_an_example_that_is_right_and_imports_nothing_heavy(
    tmp_path: Path, command: str
) -> None:
    import local_runner

    done = Done(tmp_path, command, "--help")
    assert (done.status, done.err) == (0, "")
    assert done.heavy() == []
    head, *examples = done.out[done.out.index("example") :].splitlines()
    assert head in ("example:", "examples:") and examples
    for example in examples:
        python, runner, *arguments = shlex.split(example.partition(" > ")[0])
        assert (python, runner, arguments[0]) == ("python", "local_runner.py", command)
        local_runner._parser().parse_args(arguments)


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_script_for_the_shell_knows_every_command_and_option(tmp_path: Path, shell: str) -> None:
    done = Done(tmp_path, "completion", shell)
    assert (done.status, done.err) == (0, "")
    assert done.heavy() == []
    for word in ("tensorboard", "--compare", "--input", "what-if", "--background", NAME):
        assert word in done.out
    if shutil.which(shell):
        checked = subprocess.run([shell, "-n"], input=done.out, text=True, capture_output=True, check=False)
        assert (checked.returncode, checked.stderr) == (0, "")


def test_bash_completes_an_option(tmp_path: Path) -> None:
    script = tmp_path / "completion"
    script.write_text(Done(tmp_path, "completion", "bash").out)
    # What bash does when TAB is pressed behind `run --con`.
    pressed = (
        f"source {script}; COMP_WORDS=({NAME} run --con); COMP_CWORD=2; "
        f"$(complete -p {NAME} | sed 's/.*-F \\([^ ]*\\).*/\\1/') {NAME} --con run; echo ${{COMPREPLY[@]}}"
    )
    done = subprocess.run(["bash", "-c", pressed], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("--config\n", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--confg", "a.yaml"], "run: error: no option --confg; did you mean --config?"),
        (["run", "--epochs", "5"], "run: error: no option --epochs; there is --help, --set, --config, --output"),
        (["predict", "--modle=m"], "predict: error: no option --modle; did you mean --model?"),
        (["predict", "--model", "m", "--input", "i", "o"], "predict: error: unrecognized arguments: o"),
        (
            ["what-if", "--model", "m", "--input", "i", "--row", "1"],
            "what-if: error: the following arguments are required: --set",
        ),
        (["explain", "--model", "m", "--input", "i", "--row", "x"], "argument --row: invalid int value: 'x'"),
        (["rnu"], "no command rnu; did you mean run?"),
        (["train"], "no command train; there is init, run, runs"),
        ([], "COMMAND"),
        (["predict", "--input", "rows.csv"], "--model"),
        (["run", "--set"], "--set"),
        (["init", "--label", "churned"], "TABLE"),
    ],
)
def test_a_wrong_command_line_is_refused_at_once(tmp_path: Path, arguments: list[str], said: str) -> None:
    done = Done(tmp_path, *arguments)
    assert (done.status, done.out) == (2, "")
    *usage, message = done.err.strip().splitlines()
    assert usage[0].startswith("usage: ")
    assert said in message
    assert done.heavy() == []


def test_tensorboard_without_a_run_gets_one_line_at_once(tmp_path: Path) -> None:
    done = Done(tmp_path, "tensorboard", "--output", str(tmp_path / "none"))
    assert (done.status, done.out) == (2, "")
    (message,) = done.err.splitlines()
    assert "holds no run of 'census_income'" in message
    assert done.heavy() == []


def test_ctrl_c_outside_a_run_gets_one_word(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    import local_runner

    def stop(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(local_runner, "_predict", stop)
    assert local_runner.main(["predict", "--model", "m", "--input", "i"]) == 130
    assert capsys.readouterr() == ("", "Stopped.\n")


def config(folder: Path, old: str = "", new: str = "") -> str:
    """Writes a copy of the census' config with something changed, beside links to its tables."""
    source = ROOT / "data" / "census_income"
    for name in ("adult_train.csv", "adult_test.csv", "schema.pbtxt"):
        (folder / name).symlink_to(source / name)
    text = (source / "pipeline.yaml").read_text()
    assert old in text
    (folder / "pipeline.yaml").write_text(text.replace(old, new, 1))
    return str(folder / "pipeline.yaml")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("trainer:", "trainr:", "trainr is not a setting; did you mean 'trainer'?"),
        ("seed: 17", "seed: many", "seed is 'many'; expected a whole number"),
        ("column: income", "column: incom", "label.column is 'incom', which is not a column"),
    ],
    ids=["wrong key", "wrong type", "wrong label"],
)
def test_a_wrong_config_gets_one_line_at_once(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = config(tmp_path, old, new)
    done = Done(tmp_path, "run", "--config", path, "--output", str(tmp_path / "out"))
    assert (done.status, done.out) == (2, "")
    (message,) = done.err.splitlines()
    assert message.startswith(f"{path}:")
    assert said in message
    assert done.heavy() == []
    assert not (tmp_path / "out").exists()


def test_a_wrong_override_gets_one_line_at_once(tmp_path: Path) -> None:
    done = Done(tmp_path, "run", "--output", str(tmp_path / "out"), "--set", "trainer.epochs=0")
    assert (done.status, done.out) == (2, "")
    (message,) = done.err.splitlines()
    assert message.startswith("--set trainer.epochs=0: ")
    assert done.heavy() == []


def test_an_output_that_is_no_folder_gets_one_line(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    done = Done(tmp_path, "run", "--config", config(tmp_path), "--output", str(tmp_path / "out"))
    assert done.status == 2
    (message,) = done.err.splitlines()
    assert str(tmp_path / "out") in message
    assert done.heavy() == []


@pytest.mark.parametrize("end", ["csv", "parquet"])
def test_init_drafts_a_config_that_run_takes_and_imports_nothing_heavy(tmp_path: Path, end: str) -> None:
    table = tmp_path / f"census.{end}"
    rows = pacsv.read_csv(ROOT / "data" / "census_income" / "adult_test.csv").slice(0, 2_000)
    pacsv.write_csv(rows, table) if end == "csv" else pq.write_table(rows, table)
    done = Done(tmp_path, "init", str(table), "--label", "income", cwd=tmp_path)
    assert (done.status, done.err) == (0, "")
    assert set(done.heavy()) <= {"pandas"}  # which Arrow imports when it is there
    *_, command = done.out.splitlines()
    pasted = [*shlex.split(command), "--set", "seed=-1"]
    again = subprocess.run(pasted, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert "--set seed=-1: seed is -1" in again.stderr  # everything else is in order


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.csv"], "nowhere.csv: does not exist. Correct the path."),
        (
            ["t.csv", "--label", "churnd"],
            "--label churnd: is not a column of t.csv; did you mean 'churned'? Name a column",
        ),
        (["t.csv", "--name", "My-Table"], "--name My-Table: is not the name of a pipeline"),
        (["broken.parquet"], "broken.parquet: is no whole Parquet file"),
        (["one.csv"], "one.csv: has one column only, 'a'"),
    ],
)
def test_init_says_in_one_line_what_is_wrong(tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "t.csv").write_text("x,churned\n1,yes\n2,no\n")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 no")
    (tmp_path / "one.csv").write_text("a\n1\n")
    done = Done(tmp_path, "init", *arguments, cwd=tmp_path)
    assert (done.status, done.out) == (2, "")
    (message,) = done.err.splitlines()
    assert said in message
    assert not (tmp_path / "data").exists()


def test_predict_with_a_wrong_folder_gets_one_line(tmp_path: Path) -> None:
    done = Done(tmp_path, "predict", "--model", str(tmp_path), "--input", str(tmp_path / "rows.csv"))
    assert (done.status, done.out) == (2, "")
    (message,) = done.err.splitlines()
    assert message.startswith(f"--model {tmp_path}: holds no model.json")


def test_the_default_config_is_the_sample(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    shutil.copy(ROOT / "local_runner.py", copy)
    for package in ("modules", "pipeline", "components"):
        (copy / package).symlink_to(ROOT / package)
    process = subprocess.run(
        [sys.executable, "local_runner.py", "run"], cwd=copy, capture_output=True, text=True, timeout=60, check=False
    )
    assert process.returncode == 2
    assert process.stderr.startswith("data/census_income/pipeline.yaml: does not exist")
