"""Whole runs as a user makes them: from the command line, in a clone, on a few thousand rows of UCI Adult."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from modules.contracts import tflite
from modules.tflite import verifying
from modules.tflite.inference import Predictor
from tests.e2e.runs import ONE_BRACKET, UNASKED, Clone, Run

pytestmark = pytest.mark.e2e

DATA = ["TableExampleGen", "StatisticsGen", "ImportSchemaGen", "SchemaCurator", "ExampleValidator"]
GATE = ["DataBaseline", "DataGate"]
TRAINING = ["Transform", "Tuner", "Teacher", "Student", "Pruner", "Quantizer"]
STEPS = {
    *DATA,
    *GATE,
    *TRAINING,
    "Scorer",
    "Selector",
    "Baseline",
    "Evaluator",
    "Ladder",
    "Intervals",
    "Explainer",
    "Debugger",
    "Verdict",
    "Papers",
    "Pusher",
    "Reporter",
}
# The baselines are looked up anew in each run.
LOOKED_UP = {"Baseline", "DataBaseline"}
WORK = STEPS - LOOKED_UP


@pytest.fixture(scope="module")
def shuffled(shuffled_run: Run, first: Run) -> Run:
    return shuffled_run.wait()


def judged(folder: str) -> bytes:
    """Returns what was judged of a pushed .tflite."""
    said = json.loads((Path(folder) / "model.json").read_text())
    return tflite.judged_part((Path(folder) / "model.tflite").read_bytes(), said)


def test_no_file_that_is_pushed_holds_a_path_of_this_machine(first: Run) -> None:
    places = {str(first.clone.root), os.getcwd(), os.path.expanduser("~"), sys.prefix}
    for path in Path(first.summary["pushed"]["path"]).rglob("*"):
        if path.is_file():
            assert not [place for place in places if f"{place}/".encode() in path.read_bytes()], path.name


def test_numbers_below_zero_have_a_minus_on_the_page(first: Run) -> None:
    page = (Path(first.summary["pushed"]["path"]) / "report.html").read_text()
    told = re.sub(r"<(script|style|pre).*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)
    assert "−" in told
    assert re.findall(r".{20}(?<![\w.,–−/)-])-[0-9].{20}", told) == []


def test_a_first_run_pushes_a_model(first: Run) -> None:
    assert first.status == 0, first.explain()
    assert first.err == ""
    assert first.summary["blessed"] is True
    assert (
        first.out.splitlines()[-1]
        == f"Blessed and pushed: {os.path.relpath(first.summary['pushed']['path'], first.clone.root)}"
    )


def test_a_person_reads_one_line_a_step_and_no_noise(first: Run) -> None:
    head, *lines = first.out.splitlines()
    assert re.fullmatch(r"census_income: log in out/census_income/logs/\S+\.log", head)
    # On a busy machine a step may take so long that it says that it is running.
    lines = [line for line in lines if not re.fullmatch(r"  \w+ +running   .*", line)]
    steps = lines[: len(STEPS)]
    assert [line for line in steps if not re.fullmatch(r"  \w+ +(\d+\.\d s|cached)   \S.*", line)] == []
    assert {line.split()[0] for line in steps} == STEPS
    assert lines[len(STEPS)] == ""
    assert lines[len(STEPS) + 1].startswith("Ladder")
    assert "WARNING" not in first.out
    assert len(first.log) > 1_000


def test_the_summary_holds_what_the_issue_asks_for(first: Run) -> None:
    found = first.summary
    pushed = found["pushed"]
    assert {"path", "bytes", "gzip_bytes", "metrics"} <= set(pushed)
    assert {"auc", "accuracy"} <= set(pushed["metrics"])
    assert pushed["bytes"] == len(judged(pushed["path"]))
    rung = {
        "form",
        "auc",
        "auc_pr",
        "accuracy",
        "calibration",
        "bytes",
        "gzip_bytes",
        "sparsity",
        "latency_p50_us",
        "latency_p99_us",
        "latency_ratio",
        "memory_bytes",
        "kernel_difference",
        "kernel_changed_decisions",
        *("low", "high", "gain", "gain_low", "gain_high", "same_decisions"),
    }
    assert [set(entry) for entry in found["ladder"]] == [rung] * 7
    for gate in found["gates"]:
        assert {"name", "slice", "value", "limit", "passed"} <= set(gate)
    assert {"data gate: stops", "sparsity", "auc", "accuracy"} == set(first.gates())
    assert found["data_gate"] == []  # both tables are drawn from the same survey
    assert {step["name"] for step in found["steps"]} == STEPS
    for step in found["steps"]:
        assert set(step) == {"name", "seconds", "cached"}
    assert first.worked() == WORK


def test_the_summary_is_strict_json(first: Run) -> None:
    # NaN is no JSON; yet precision, say, is undefined on a slice without a predicted positive.
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    json.loads(first.text, parse_constant=refuse)


def test_the_metrics_are_measured_by_slice_and_small_slices_marked(first: Run) -> None:
    slices = {entry["slice"]: entry for entry in first.summary["slices"]}
    counts = {name: entry["metrics"]["example_count"] for name, entry in slices.items()}
    assert counts["overall"] == 2_000
    assert counts["sex=Female"] + counts["sex=Male"] == 2_000
    assert sum(count for name, count in counts.items() if name.startswith("race=") and "sex" not in name) == 2_000
    assert any("race=Black" in name and "sex=Female" in name for name in slices)
    assert all(entry["too_small"] == (counts[name] < 100) for name, entry in slices.items())
    for metric in ("auc", "accuracy", "precision", "recall", "calibration"):
        assert metric in slices["sex=Female"]["metrics"]
    for threshold in ("0.25", "0.50", "0.75"):
        assert f"false_positive_rate@{threshold}" in slices["sex=Female"]["metrics"]


def test_the_intervals_are_around_what_the_evaluator_measured_on_the_same_slices(first: Run) -> None:
    slices = {entry["slice"]: entry["metrics"] for entry in first.summary["slices"]}
    found = {entry["slice"]: entry for entry in first.summary["intervals"]["slices"]}
    assert list(found) == list(slices)
    for slice_name, metrics in slices.items():
        assert found[slice_name]["rows"] == metrics["example_count"]
        for name in ("auc", "auc_pr", "accuracy", "recall"):
            entry = found[slice_name]["metrics"][name]
            assert entry["value"] == pytest.approx(metrics.get(name), abs=1e-9)
        for name, entry in found[slice_name]["rates"].items():
            assert entry["value"] == pytest.approx(metrics.get(name), abs=1e-6)
    overall = found["overall"]["metrics"]
    assert all(entry["low"] < entry["value"] < entry["high"] for entry in overall.values())
    curves = first.summary["curves"]
    assert curves["roc"]["auc"] == pytest.approx(overall["auc"]["value"])
    positives, negatives = overall["auc"]["positives"], overall["auc"]["negatives"]
    assert (curves["confusion"]["true_positives"][0], curves["confusion"]["true_negatives"][100]) == (
        positives,
        negatives,
    )


def test_the_tuners_leaderboard_holds_every_trial(first: Run) -> None:
    # max_epochs 2, factor 2: two trials of one epoch, the better one of two; and two of two from the start.
    board = first.summary["tuner"]
    assert len(board) == 5
    assert sorted((trial["tuner/initial_epoch"], trial["tuner/epochs"]) for trial in board) == [
        (0, 1),
        (0, 1),
        (0, 2),
        (0, 2),
        (1, 2),
    ]
    for trial in board:
        assert {"score", "layers", "units", "dropout", "learning_rate", "activation"} <= set(trial)
        assert trial["trial/epochs"] == trial["tuner/epochs"] - trial["tuner/initial_epoch"]
        assert trial["trial/seconds"] > 0
    assert [trial["score"] for trial in board] == sorted((trial["score"] for trial in board), reverse=True)


def test_ml_metadata_holds_an_execution_of_every_step(first: Run) -> None:
    assert first.executions == {(step, "COMPLETE") for step in STEPS}


def test_what_ships_is_what_was_judged(first: Run, tmp_path: Path) -> None:
    pushed = first.summary["pushed"]
    assert pushed["form"] == first.summary["shipped_form"]
    rung = next(entry for entry in first.summary["ladder"] if entry["form"] == pushed["form"])
    assert (pushed["bytes"], pushed["gzip_bytes"]) == (rung["bytes"], rung["gzip_bytes"])
    done = first.clone.predict(pushed["path"], first.clone.data / "adult_test.csv", "--output", str(tmp_path / "p.csv"))
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("Missing values, of ")
    with (tmp_path / "p.csv").open(newline="") as file:
        predicted = [float(row["probability_>50K"]) for row in csv.DictReader(file)]
    labels = np.array([row.endswith(">50K") for row in first.clone.read("adult_test.csv")[1:]])
    assert roc_auc_score(labels, predicted) == pytest.approx(rung["auc"], abs=1e-4)
    assert np.mean((np.array(predicted) > 0.5) == labels) == pytest.approx(pushed["metrics"]["accuracy"], abs=1e-3)
    assert pushed["metrics"]["auc"] == pytest.approx(rung["auc"], abs=1e-9)
    assert pushed["metrics"]["auc"] == first.gates()["auc"]["value"]


def table(folder: Path, clone: Clone, **changes: dict[int, str]) -> Path:
    """Writes the first three rows of the test file, some cells changed."""
    with (clone.data / "adult_test.csv").open(newline="") as file:
        rows = [row for row, _ in zip(csv.DictReader(file), range(3), strict=False)]
    for column, cells in changes.items():
        for number, cell in cells.items():
            rows[number][column] = cell
    path = folder / "rows.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_pushed_model_predicts_rows_with_missing_and_unseen_values(first: Run, tmp_path: Path) -> None:
    path = table(tmp_path, first.clone, age={1: ""}, occupation={1: "", 2: "Astronaut"})
    done = first.clone.predict(first.summary["pushed"]["path"], path)
    assert done.returncode == 0
    assert done.stderr.splitlines() == [
        "Missing values, of 3 rows: age 1, occupation 1",
        "Values that the model does not know, taken as any rare one: occupation 1 ('Astronaut')",
    ]
    found = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [list(row) for row in found] == [["row", "prediction", "probability_<=50K", "probability_>50K"]] * 3
    assert [row["row"] for row in found] == ["1", "2", "3"]
    predictor = Predictor.load(first.summary["pushed"]["path"])
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    columns: dict[str, list[Any]] = {}
    for spec in predictor.card.inputs:
        cells = [row[spec["name"]] or None for row in rows]
        columns[spec["name"]] = [cell and (int(cell) if spec["dtype"] == "int64" else cell) for cell in cells]
    expected = predictor.predict(predictor.to_inputs(columns))
    for row, (negative, positive) in zip(found, expected, strict=True):
        assert float(row["probability_<=50K"]) == pytest.approx(negative, abs=1e-6)
        assert float(row["probability_>50K"]) == pytest.approx(positive, abs=1e-6)
        assert row["prediction"] == ("<=50K" if negative >= positive else ">50K")


def test_predict_says_which_column_is_missing(first: Run, tmp_path: Path) -> None:
    path = table(tmp_path, first.clone)
    path.write_text(path.read_text().replace("occupation", "job"))
    done = first.clone.predict(first.summary["pushed"]["path"], path)
    assert (done.returncode, done.stdout) == (2, "")
    (message,) = done.stderr.splitlines()
    assert "has no column 'occupation'" in message


def test_predict_says_where_text_stands_for_a_number(first: Run, tmp_path: Path) -> None:
    done = first.clone.predict(first.summary["pushed"]["path"], table(tmp_path, first.clone, age={2: "old"}))
    assert done.returncode == 2
    (message,) = done.stderr.splitlines()
    assert "row 4, column 'age': 'old' is not a whole number" in message


def test_predict_does_not_import_tensorflow(first: Run, tmp_path: Path) -> None:
    program = (
        "import sys, local_runner\n"
        "status = local_runner.main(sys.argv[1:])\n"
        "print([m for m in ('tensorflow', 'tfx', 'tf_keras', 'apache_beam') if m in sys.modules], file=sys.stderr)\n"
        "sys.exit(status)"
    )
    path = table(tmp_path, first.clone)
    done = subprocess.run(
        [sys.executable, "-c", program, "predict", "--model", first.summary["pushed"]["path"], "--input", str(path)],
        cwd=first.clone.root,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stderr == "[]\n"


def test_every_training_leaves_its_learning_curves_and_every_trial_too(first: Run) -> None:
    artifacts = first.clone.output / "artifacts"
    for step in ("Teacher", "Student", "Pruner", "Quantizer"):
        (path,) = artifacts.glob(f"{step}/model_run/*/history.json")
        curves = json.loads(path.read_text())
        assert curves["step"] == step.lower()
        assert len(curves["loss"]) == len(curves["val_loss"]) == len(curves["val_auc"]) == len(curves["epochs"]) > 0
        assert {"train", "validation", "model"} < {folder.name for folder in path.parent.iterdir()}
    (path,) = artifacts.glob("Tuner/tuner_results/*/trials/histories.json")
    best = {curves["step"]: max(curves["val_auc"]) for curves in json.loads(path.read_text())}
    assert best == {trial["trial_id"]: trial["score"] for trial in first.summary["tuner"]}
    assert {folder.name for folder in path.parent.iterdir() if folder.is_dir()} == set(best)


# Each of the following goes on from the one before: same clone, same output.


@pytest.fixture(scope="module")
def second(first: Run) -> Run:
    """The same again, after somebody has removed what was pushed."""
    shutil.rmtree(first.summary["pushed"]["path"])
    return first.clone.run()


def test_a_second_run_takes_every_step_from_the_cache(second: Run) -> None:
    assert second.status == 0, second.explain()
    assert second.worked() == set()
    assert second.executions == {
        *((step, "CACHED") for step in WORK),
        *((step, "COMPLETE") for step in LOOKED_UP),
    }


def test_a_second_run_reports_the_same_and_pushes_the_same_version_again(first: Run, second: Run) -> None:
    for key in ("blessed", "pushed", "ladder", "gates", "data_gate", "slices", "tuner"):
        assert json.dumps(second.summary[key]) == json.dumps(first.summary[key])
    pushed = Path(second.summary["pushed"]["path"])
    assert verifying.problem_of(str(pushed)) is None
    assert [path.name for path in pushed.parent.iterdir()] == [pushed.name]


@pytest.fixture(scope="module")
def other_ladder(second: Run) -> Run:
    """A helper of one step edited."""
    with (second.clone.root / "components" / "ladder" / "measure.py").open("a") as file:
        file.write("# edited\n")
    return second.clone.run()


def test_an_edited_helper_reruns_the_step_that_uses_it_and_what_reads_its_output(other_ladder: Run) -> None:
    assert other_ladder.status == 0, other_ladder.explain()
    assert other_ladder.worked() == {"Ladder", "Verdict", "Papers", "Pusher", "Reporter"}


@pytest.fixture(scope="module")
def other_gates(other_ladder: Run) -> Run:
    """Gates that no model passes."""
    return other_ladder.clone.run("evaluation.gates={auc: {minimum: 0.999}, recall: {minimum: 0.01}}")


def test_changed_gates_rerun_the_choice_of_the_form_and_what_judges_it_alone(other_gates: Run) -> None:
    judging = {"Evaluator", "Ladder", "Intervals", "Explainer", "Debugger", "Verdict"}
    assert other_gates.worked() == {"Selector", *judging, "Papers", "Pusher", "Reporter"}
    assert set(other_gates.gates()) == {"data gate: stops", "sparsity", "auc", "recall"}


def test_a_model_below_a_gate_is_refused_with_the_figures_and_the_last_push_stays(
    other_gates: Run, other_ladder: Run
) -> None:
    assert other_gates.status == 3, other_gates.explain()
    value = other_gates.gates()["auc"]["value"]
    reason = f"Not blessed, and not pushed: auc (overall) is {value:.4f}, at least 0.9990 is needed."
    assert other_gates.out.splitlines()[-1] == reason
    assert other_gates.summary["blessed"] is False
    assert other_gates.summary["pushed"] is None
    assert other_gates.gates()["recall"]["passed"]
    assert (Path(other_ladder.summary["pushed"]["path"]) / "model.tflite").exists()


@pytest.fixture(scope="module")
def other_tuner(other_gates: Run) -> Run:
    """A callback edited."""
    with (other_gates.clone.root / "modules" / "training" / "tuner.py").open("a") as file:
        file.write("# edited\n")
    return other_gates.clone.run()


def test_an_edited_callback_reruns_its_step_and_all_that_depends_on_it(other_tuner: Run) -> None:
    assert other_tuner.status == 0, other_tuner.explain()
    assert other_tuner.worked() == WORK - {*DATA, *GATE, "Transform"}


def test_the_same_seed_gives_the_same_model(first: Run, other_tuner: Run) -> None:
    models = [judged(run.summary["pushed"]["path"]) for run in (other_tuner, first)]
    assert models[0] == models[1]


def test_a_later_model_is_compared_with_the_one_blessed_before(other_tuner: Run) -> None:
    gate = other_tuner.gates()["auc against the baseline"]
    assert gate["value"] == pytest.approx(0, abs=1e-9)  # the same model again
    assert gate["limit"] == -0.02
    assert gate["passed"]


@pytest.fixture(scope="module")
def narrow_schema(other_tuner: Run) -> Run:
    """A schema that knows fewer values than the data hold."""
    path = other_tuner.clone.data / "schema.pbtxt"
    kept = path.read_text()
    path.write_text(kept.replace('    value: "Male"\n', ""))
    run = other_tuner.clone.run()
    path.write_text(kept)
    return run


def test_an_edited_schema_is_noticed_and_stops_the_run(narrow_schema: Run) -> None:
    assert narrow_schema.status == 2, narrow_schema.explain()
    (message,) = narrow_schema.err.splitlines()
    assert "train against the schema: sex: " in message
    assert "test against the schema: sex: " in message
    assert "Male" in message
    assert ("DataGate", "FAILED") in narrow_schema.executions
    assert not {step for step, _ in narrow_schema.executions} & set(TRAINING)


def test_a_schema_that_is_put_back_is_all_in_the_cache(narrow_schema: Run) -> None:
    again = narrow_schema.clone.run()
    assert again.status == 0, again.explain()
    assert again.worked() == set()


def test_a_model_trained_on_shuffled_labels_is_not_blessed(shuffled: Run) -> None:
    assert shuffled.status == 3, shuffled.explain()
    assert shuffled.summary["blessed"] is False
    assert shuffled.summary["pushed"] is None
    assert not shuffled.gates()["auc"]["passed"]
    assert shuffled.gates()["auc"]["value"] < 0.8
    assert re.match(r"Not blessed, and not pushed: auc \(overall\) is 0\.\d+, at least", shuffled.out.splitlines()[-1])
    assert not (shuffled.clone.output / "pushed").exists()
    assert ("Pusher", "COMPLETE") in shuffled.executions


def test_the_teacher_trains_on_two_replicas(shuffled: Run) -> None:
    assert ("Teacher", "COMPLETE") in shuffled.executions
    assert "Using MirroredStrategy with devices ('/job:localhost/replica:0/task:0/device:CPU:0', " in shuffled.log
    assert "/device:CPU:1')" in shuffled.log


@pytest.fixture(scope="module")
def broken(shuffled: Run) -> Run:
    """A step that fails."""
    path = shuffled.clone.root / "components" / "pruner" / "pruning.py"
    kept = path.read_text()
    path.write_text(kept + '\n\ndef check_sparsity(*_):\n    raise RuntimeError("broken on purpose")\n')
    run = shuffled.clone.run("trainer.replicas=2", ONE_BRACKET, *UNASKED)
    path.write_text(kept)
    return run


def test_a_failed_step_gets_one_line_with_its_name_its_log_and_how_to_go_on(broken: Run) -> None:
    assert broken.status == 1, broken.explain()
    (message,) = broken.err.splitlines()
    assert message.startswith(
        "Step Pruner failed (RuntimeError: broken on purpose). The log is out/census_income/logs/"
    )
    assert re.search(r"To go on from there: \S+ local_runner.py run ", message)
    assert "--set trainer.replicas=2" in message
    assert "Traceback" in broken.log
    assert ("Pruner", "FAILED") in broken.executions
    assert ("Student", "CACHED") in broken.executions


def test_an_anomaly_in_the_data_stops_the_run_and_names_the_column(broken: Run) -> None:
    clone = broken.clone
    header, *rows = clone.read("adult_train.csv")
    clone.write("adult_train.csv", [header, *(row.replace(",White,", ",Martian,") for row in rows)])
    run = clone.run()
    assert run.status == 2, run.explain()
    (message,) = run.err.splitlines()
    assert message.startswith("data gate, ")
    assert "train against the schema: race: " in message
    assert "Martian" in message
    assert "set data_gate.schema_mismatch to warn" in message
    assert not {step for step, _ in run.executions} & set(TRAINING)


def command(run: Run, *arguments: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "local_runner.py", *arguments]
    return subprocess.run(line, cwd=run.clone.root, capture_output=True, text=True, timeout=120, check=False)


def test_all_runs_are_listed_those_that_were_stopped_too(narrow_schema: Run) -> None:
    done = command(narrow_schema, "runs")
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line.split() for line in done.stdout.splitlines()[2:]]
    assert [row[0] for row in rows] == [f"census_income/{number}" for number in range(1, len(rows) + 1)]
    assert rows[0][3] == "pushed"
    assert "not blessed" in done.stdout
    assert "stopped" in done.stdout


def test_two_runs_are_shown_side_by_side(narrow_schema: Run) -> None:
    done = command(narrow_schema, "report", "--compare", "census_income/1", "census_income/2")
    assert (done.returncode, done.stderr) == (0, "")
    page = (narrow_schema.clone.root / done.stdout.removeprefix("Report: ").strip()).read_text()
    assert "They are alike in AUC" in page


def test_a_run_that_is_not_there_is_refused_with_those_that_are(narrow_schema: Run) -> None:
    done = command(narrow_schema, "report", "--compare", "census_income/1", "census_income/99")
    assert done.returncode == 2
    (message,) = done.stderr.splitlines()
    assert message.startswith("run census_income/99: is not below out; there are ")
