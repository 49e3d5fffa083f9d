"""A run on several classes and one on numbers, each from the command line to the predictions of what it pushed."""

import csv
import html
import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modules.tasks.metrics import METRICS
from tests.e2e.runs import FEW_ROWS, ONE_BRACKET, UNASKED
from tests.forked import Forked

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
PENGUINS = ROOT / "data" / "penguins"
SPECIES = ["Adelie", "Chinstrap", "Gentoo"]
FORMS = ["teacher", "student", "pruned", "float16", "dynamic_range", "int8_ptq", "int8_qat"]

RENTS = """\
name: rents
data: {train: train.csv, test: test.csv}
label: {column: rent, task: regression, objective: mae, log_scale: true, weight_column: count}
features: {quantile_bins: 16}
reduction: {method: none}
evaluation:
  slices: [[city]]
  min_slice_examples: 50
  gates:
    r2: {minimum: 0.8, max_drop: 0.2}
    mae: {maximum: 400.0, max_rise: 100.0}
"""
# All are kept but that about one island, where some ten penguins are too few to tell 1 from 0.8.
PROMISES = """promises={
  quality: [{metric: accuracy, minimum: 0.5}],
  rates: [{rate: true_positive_rate, of_class: Adelie, minimum: 0.8, slice: {island: Torgersen}}],
  gaps: [{gap: demographic_parity_difference, of_class: Adelie, columns: [sex], maximum: 1.0}],
  compression: [{measure: accuracy, max_loss: 0.3}],
  device: {max_bytes: 500_000}
}"""
FACTORS = {"Rome": 1.0, "Oslo": 2.0, "Lima": 0.25}


class Run:
    """`python local_runner.py run`, and again with other settings; each is started at once."""

    def __init__(self, config: Path, output: Path):
        self._config, self.output = config, output

    def start(self, *overrides: str) -> "Run":
        command = ["local_runner.py", "run", "--config", str(self._config), "--output", str(self.output)]
        for override in (*FEW_ROWS, ONE_BRACKET, *overrides):
            command += ["--set", override]
        self._process = Forked(command, ROOT)
        return self

    def wait(self) -> "Run":
        self.out, self.err = self._process.communicate(timeout=600)
        summary = self.output / "summary.json"
        assert summary.exists(), self.explain()
        self.summary: dict[str, Any] = json.loads(summary.read_text(), parse_constant=self._refuse)
        return self

    @staticmethod
    def _refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    def explain(self) -> str:
        logs = sorted(self.output.glob("logs/*.log"))
        return f"{self.out}\n{self.err}\n{logs[-1].read_text(errors='replace')[-3_000:] if logs else ''}"

    def predict(self, table: Path) -> list[dict[str, str]]:
        command = [sys.executable, "local_runner.py", "predict", "--model", self.summary["pushed"]["path"]]
        done = subprocess.run(
            [*command, "--input", str(table)], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr.startswith("Missing values, of ") or not done.stderr
        return list(csv.DictReader(io.StringIO(done.stdout)))

    def gates(self) -> dict[str, dict[str, Any]]:
        return {gate["name"]: gate for gate in self.summary["gates"]}

    def rung(self, form: str) -> dict[str, Any]:
        return next(rung for rung in self.summary["ladder"] if rung["form"] == form)

    def slices(self) -> dict[str, dict[str, float]]:
        return {entry["slice"]: entry["metrics"] for entry in self.summary["slices"]}


def rents(count: int, seed: int) -> list[dict[str, Any]]:
    """Makes rows whose rent is 100 · e^(size / 40) · a factor of the city, with a noise of 5 %.

    A sixth of the rows counts for nothing, and has the rent of some other row.
    """
    generator = np.random.default_rng(seed)
    size, city = generator.uniform(20, 160, count), generator.choice(list(FACTORS), count)
    rent = 100 * np.exp(size / 40) * [FACTORS[name] for name in city] * np.exp(generator.normal(0, 0.05, count))
    weight = generator.integers(0, 6, count)
    idle = np.flatnonzero(weight == 0)
    rent[idle] = rent[generator.permutation(idle)]
    columns = {"size": size.round(2), "city": city, "floor": generator.integers(0, 9, count), "count": weight}
    rows = zip(*columns.values(), rent.round(2), strict=True)
    return [dict(zip([*columns, "rent"], row, strict=True)) for row in rows]


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


# Both runs go on side by side, so that both cores have work.


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    folder = tmp_path_factory.mktemp("rents")
    write(folder / "train.csv", rents(1_500, 1))
    write(folder / "test.csv", rents(500, 2))
    (folder / "pipeline.yaml").write_text(RENTS)
    penguins = Run(PENGUINS / "pipeline.yaml", tmp_path_factory.mktemp("penguins") / "out")
    return {
        "classes": penguins.start(
            "label.class_weights=balanced", "evaluation.gates.auc={minimum: 0.9, max_drop: 0.1}", PROMISES
        ),
        "numbers": Run(folder / "pipeline.yaml", folder / "out").start(),
    }


@pytest.fixture(scope="module")
def classes(started: dict[str, Run]) -> Run:
    return started["classes"].wait()


@pytest.fixture(scope="module")
def numbers(started: dict[str, Run]) -> Run:
    return started["numbers"].wait()


@pytest.mark.parametrize("name", ["classes", "numbers"])
def test_a_run_of_any_task_pushes_a_model(name: str, request: pytest.FixtureRequest) -> None:
    run = request.getfixturevalue(name)
    assert run._process.returncode == 0, run.explain()
    assert run.err == ""
    assert run.summary["blessed"] is True
    assert run.out.splitlines()[-1] == f"Blessed and pushed: {run.summary['pushed']['path']}"


def test_the_summary_names_the_task_and_its_classes(classes: Run, numbers: Run) -> None:
    assert (classes.summary["task"], classes.summary["classes"]) == ("multiclass", SPECIES)
    assert (numbers.summary["task"], numbers.summary["classes"]) == ("regression", [])


def test_every_form_is_measured_by_the_metrics_of_the_task(classes: Run, numbers: Run) -> None:
    others = {"form", "calibration", "bytes", "gzip_bytes", "sparsity", "latency_p50_us", "latency_p99_us"}
    others |= {"latency_ratio", "memory_bytes", "kernel_difference", "kernel_changed_decisions"}
    others |= {"low", "high", "gain", "gain_low", "gain_high", "same_decisions"}
    for run, names in ((classes, {"accuracy", "auc", "log_loss"}), (numbers, {"r2", "rmse", "mae"})):
        assert [rung["form"] for rung in run.summary["ladder"]] == FORMS
        assert all(set(rung) == others | names for rung in run.summary["ladder"])


def test_every_form_tells_the_species_apart(classes: Run) -> None:
    for rung in classes.summary["ladder"]:
        assert rung["accuracy"] > 0.85, rung["form"]
        assert rung["auc"] > 0.95, rung["form"]
        assert rung["log_loss"] < 0.6, rung["form"]


def test_every_form_predicts_the_rents(numbers: Run) -> None:
    # Half of the error that guessing the mean would make is far from what is asked here.
    for rung in numbers.summary["ladder"]:
        assert rung["r2"] > 0.85, rung["form"]
        assert rung["mae"] < rung["rmse"] < 1_000, rung["form"]


def test_each_rung_holds_predictions_against_what_came_true(classes: Run, numbers: Run) -> None:
    for run in (classes, numbers):
        rows = run.slices()["overall"]["example_count"]
        for rung in run.summary["ladder"]:
            groups = rung["calibration"]
            assert len(groups) == 10
            assert sum(group["rows"] for group in groups) == rows
            predicted = [group["prediction"] for group in groups]
            assert predicted == sorted(predicted)
    top, bottom = (numbers.rung("student")["calibration"][place] for place in (-1, 0))
    assert top["label"] > 10 * bottom["label"]
    assert top["prediction"] == pytest.approx(top["label"], rel=0.3)


def test_the_gates_are_those_of_the_config_with_what_the_evaluator_measured(classes: Run, numbers: Run) -> None:
    for run, limits in (
        (classes, {"accuracy": ("at least", 0.9), "auc": ("at least", 0.9)}),
        (numbers, {"r2": ("at least", 0.8), "mae": ("at most", 400)}),
    ):
        shipped, gates = run.rung(run.summary["shipped_form"]), run.gates()
        assert set(gates) == {"data gate: stops", "sparsity", *limits}
        for name, (rule, limit) in limits.items():
            assert (gates[name]["rule"], gates[name]["limit"], gates[name]["passed"]) == (rule, limit, True)
            # TFMA and the Ladder measure the same file on the same rows. To TFMA's AUC, probabilities within 1e-4 of
            # each other are ties, of which a sure model has many close to 0 and 1.
            tolerance = 0.01 if name == "auc" else 1e-4
            assert gates[name]["value"] == pytest.approx(shipped[name], rel=tolerance)
            assert run.summary["pushed"]["metrics"][name] == gates[name]["value"]


@pytest.mark.parametrize("name", ["classes", "numbers"])
def test_the_model_is_asked_why_and_where_it_is_wrong(name: str, request: pytest.FixtureRequest) -> None:
    from components.debugger.methods import METHODS as DEBUGGING
    from components.explainer.methods import METHODS as EXPLAINING

    run = request.getfixturevalue(name)
    for key, methods in (("explanation", EXPLAINING), ("debugging", DEBUGGING)):
        found = {result["method"]: result for result in run.summary[key]}
        assert list(found) == list(methods)
        assert all(result["content"] is not None or result["note"] for result in found.values())
    importances = run.summary["explanation"][0]["content"]["importances"]
    assert importances[0]["test"]["value"] > 0
    page = (run.output / "report" / "index.html").read_text(encoding="utf-8")
    assert 'id="why"' in page
    assert 'id="where-wrong"' in page


def test_promises_stand_in_the_summary_with_what_would_decide(classes: Run) -> None:
    found = {of["promise"]: of for of in classes.summary["promises"]}
    assert {name: (of["slice"].partition("=")[0], of["state"]) for name, of in found.items()} == {
        "promises.quality[0].minimum": ("overall", "kept"),
        "promises.rates[0].minimum": ("island", "undecided"),
        "promises.gaps[0].maximum": ("sex", "kept"),
        "promises.compression[0].max_loss": ("overall", "kept"),
        "promises.device.max_bytes": ("overall", "kept"),
    }
    one = found["promises.rates[0].minimum"]
    assert one["low"] <= one["limit"] <= one["high"]
    assert one["rows_to_decide"] > one["rows"]
    assert found["promises.quality[0].minimum"]["value"] == pytest.approx(classes.gates()["accuracy"]["value"])
    assert found["promises.device.max_bytes"]["value"] == classes.summary["pushed"]["bytes"]


def test_the_terminal_shows_promises_below_the_gates_and_what_is_undecided(classes: Run) -> None:
    lines = classes.out.splitlines()
    assert any(re.match(r"  Verdict +\d+\.\d s +blessed; promises: 4 kept, 1 undecided$", line) for line in lines)
    (start,) = [number for number, line in enumerate(lines) if line == "Promises: 1 undecided, 4 kept"]
    assert start > next(number for number, line in enumerate(lines) if line.startswith("Gates"))
    shown = "\n".join(lines[start:])
    for promised in ("accuracy (overall)", "true_positive_rate/Adelie", "loss of accuracy (overall)", "max_bytes"):
        assert f"\n  {promised}" in shown
    assert "Undecided: true_positive_rate/Adelie (island=Torgersen): the limit lies within the interval; about" in shown


def test_the_first_screen_of_the_page_names_the_promise_that_is_least_sure(classes: Run) -> None:
    page = html.unescape((classes.output / "report" / "index.html").read_text())
    one = next(of for of in classes.summary["promises"] if of["state"] == "undecided")
    checks, rows = len(classes.summary["gates"]), one["rows_to_decide"]
    value, low, high = (f"{one[key]:.3f}" for key in ("value", "low", "high"))
    assert (
        f'<p class="lead">Yes: the {classes.summary["shipped_form"]} model passed all {checks} release checks, '
        "kept 4 of 5 promises and was pushed. Least sure: true_positive_rate/Adelie (island=Torgersen) is "
        f"{value} ({low} to {high}), at least 0.8 is needed; undecided: the limit lies within the interval; "
        f"about {rows} rows of island=Torgersen would decide.</p>"
    ) in page
    assert "No promise covers groups" not in page


def test_what_was_pushed_under_promises_is_verified(classes: Run) -> None:
    line = [sys.executable, "local_runner.py", "verify", classes.summary["pushed"]["path"]]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_metrics_come_by_slice_and_of_several_classes_for_each_of_them(classes: Run) -> None:
    slices = classes.slices()
    rows = slices["overall"]["example_count"]
    assert sum(slices[f"island={name}"]["example_count"] for name in ("Biscoe", "Dream", "Torgersen")) == rows
    for name in ("overall", "island=Dream"):
        found = slices[name]
        assert {"accuracy", "top_3_accuracy", "auc"} <= set(found)
        for species in ("Adelie", "Chinstrap"):  # no Gentoo lives on Dream
            for metric in ("precision", "recall", "auc", "mean_label", "mean_prediction"):
                assert 0 < found[f"{metric}/{species}"] <= 1
            assert f"false_negative_rate@0.50/{species}" in found
    assert sum(slices["overall"][f"mean_label/{species}"] for species in SPECIES) == pytest.approx(1)
    assert slices["overall"]["recall/Gentoo"] > 0
    undefined = {name for name, value in slices["island=Dream"].items() if value is None}
    assert "recall/Gentoo" in undefined
    assert all(entry["too_small"] == (entry["metrics"]["example_count"] < 20) for entry in classes.summary["slices"])


def test_errors_come_by_slice_and_rows_are_counted_whatever_they_weigh(numbers: Run) -> None:
    slices = numbers.slices()
    with (numbers.output.parent / "test.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    for city in FACTORS:
        own = [row for row in rows if row["city"] == city]
        found = slices[f"city={city}"]
        assert found["example_count"] == len(own)
        assert {"r2", "rmse", "mae"} <= set(found)
        weights = np.array([float(row["count"]) for row in own])
        mean = np.average([float(row["rent"]) for row in own], weights=weights)
        assert found["mean_label"] == pytest.approx(mean, rel=1e-4)


def test_intervals_are_around_what_the_evaluator_measured_of_classes_and_of_weighted_numbers(
    classes: Run, numbers: Run
) -> None:
    names = {"accuracy", "top_3_accuracy", "r2", "rmse", "mae"}
    for run in (classes, numbers):
        slices = run.slices()
        found = {entry["slice"]: entry for entry in run.summary["intervals"]["slices"]}
        assert list(found) == list(slices)
        for slice_name, entry in found.items():
            assert entry["rows"] == slices[slice_name]["example_count"]
            for name in names & set(entry["metrics"]):
                value = entry["metrics"][name]["value"]
                assert value == pytest.approx(slices[slice_name][name], rel=1e-3)
            for name, rate in entry["rates"].items():
                of_tfma = slices[slice_name].get(name)
                assert rate["value"] == pytest.approx(of_tfma, abs=1e-6)
    drawn = classes.summary["curves"]
    assert np.sum(drawn["confusion"]) == classes.slices()["overall"]["example_count"]
    assert list(drawn["roc"]) == SPECIES
    assert numbers.summary["curves"]["weighted"] is True


def test_predict_names_the_species_and_gives_the_probability_of_each(classes: Run) -> None:
    found = classes.predict(PENGUINS / "penguins.csv")
    with (PENGUINS / "penguins.csv").open(newline="") as file:
        labels = [row["species"] for row in csv.DictReader(file)]
    assert list(found[0]) == ["row", "prediction", *(f"probability_{name}" for name in SPECIES)]
    assert np.mean([row["prediction"] == label for row, label in zip(found, labels, strict=True)]) > 0.9
    for row in found:
        shares = [float(row[f"probability_{name}"]) for name in SPECIES]
        assert sum(shares) == pytest.approx(1, abs=3e-6)
        assert row["prediction"] == SPECIES[int(np.argmax(shares))]


def test_predict_gives_rents_in_their_own_unit_as_they_were_judged(numbers: Run) -> None:
    table = numbers.output.parent / "test.csv"
    found = numbers.predict(table)
    assert list(found[0]) == ["row", "prediction"]
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    predicted = np.array([float(row["prediction"]) for row in found])
    labels, weights = (np.array([float(row[name]) for row in rows]) for name in ("rent", "count"))
    for name in ("r2", "rmse", "mae"):
        measured = METRICS[name].measures["regression"](labels, predicted.reshape(-1, 1), weights)
        assert measured == pytest.approx(numbers.rung(numbers.summary["shipped_form"])[name], rel=1e-4)
    counts = weights > 0
    error = np.abs(predicted / labels - 1)
    assert np.median(error[counts]) < 0.15
    assert np.median(error[~counts]) > 0.3  # rows of weight 0 have been taught nothing


def test_neither_label_nor_weight_is_asked_for_when_predicting(numbers: Run, tmp_path: Path) -> None:
    write(tmp_path / "rows.csv", [{"size": 100, "city": "Rome", "floor": 3}, {"size": "", "city": "Bonn", "floor": ""}])
    first, second = (float(row["prediction"]) for row in numbers.predict(tmp_path / "rows.csv"))
    assert first == pytest.approx(100 * np.exp(2.5), rel=0.3)
    assert second > 0


def test_a_later_model_is_held_against_the_one_blessed_before_in_the_direction_of_each_metric(numbers: Run) -> None:
    # The Evaluator with a baseline, on classes too, is compared with TFMA in tests/integration.
    before = numbers.gates()
    again = Run(numbers._config, numbers.output).start("quantizer.form=float32", *UNASKED).wait()
    assert again._process.returncode == 0, again.explain()
    worked = {step["name"] for step in again.summary["steps"] if not step["cached"]}
    assert worked >= {"Selector", "Evaluator", "Verdict"}
    assert not worked & {"Pruner", "Quantizer"}
    for name, limit in {"r2": -0.2, "mae": 100}.items():
        gate = again.gates()[f"{name} against the baseline"]
        change = again.gates()[name]["value"] - before[name]["value"]
        assert gate["value"] == pytest.approx(change, abs=1e-6)
        assert (gate["limit"], gate["rule"]) == (limit, "at least" if limit < 0 else "at most")
        assert gate["passed"]
