"""From the compiled file alone to a pushed model, on either backend: the same model as the local run's."""

import concurrent.futures
import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from modules.judging import tfma_results
from modules.tflite import verifying
from tests import forked
from tests.e2e.kubeflow.walker import PREFIX, PROJECT, ROOT, Walker
from tests.e2e.runs import FEW_ROWS, ONE_BRACKET

pytestmark = [pytest.mark.e2e, pytest.mark.kubeflow]

CONFIG = "data/penguins/pipeline.yaml"
SECRETS = {"store/key": "not a real key"}
FILES = {"vertex": "job.json", "kfp": "spec.yaml"}
# One of every kind, in closed form and by the bootstrap; and one that only a second run can be held against.
PROMISES = """promises={
  quality: [{metric: auc, minimum: 0.6, slices: [[sex]]}, {metric: accuracy, max_drop: 0.2}],
  rates: [{rate: true_positive_rate, minimum: 0.2}, {rate: calibration, minimum: 0.1, of_class: Gentoo}],
  gaps: [{gap: demographic_parity_difference, of_class: Adelie, columns: [sex], maximum: 0.9}],
  compression: [{measure: accuracy, max_loss: 0.3, slices: [[island]]}],
  device: {max_bytes: 500_000}
}"""


def command(runner: str, *arguments: str, before: Sequence[str] = ()) -> None:
    if before:
        line = [*before, "python", runner, *arguments]
        done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    else:
        done = forked.run([runner, *arguments], ROOT, 900)
    assert done.returncode == 0, done.stdout + done.stderr


def settings(*overrides: str) -> list[str]:
    given = ["--config", CONFIG]
    for override in (*FEW_ROWS, ONE_BRACKET, PROMISES, *overrides):
        given += ["--set", override]
    return given


class Walked:
    """A backend on which the compiled pipeline was run once, and then again."""

    def __init__(self, target: str, folder: Path):
        self.file = folder / FILES[target]
        place = ["--image", "registry/edge:1", "--pipeline-root", "gs://bucket/root", "--target", target]
        own = [f"kubeflow.project_folder={PROJECT}", "kubeflow.environment={EDGE: '1'}"]
        own += ["kubeflow.secrets={EDGE_KEY: store/key}"] if target == "kfp" else []
        command("kubeflow_runner.py", "compile", *place, "--output", str(self.file), *settings(*own))
        command("kubeflow_runner.py", "lint", str(self.file))
        self.pushed, self.walker = folder / "pushed", Walker(self.file, folder, SECRETS)
        self.walker.walk(destination=str(self.pushed))
        self.first, self.versions = list(self.walker.ran), self._versions()
        self.report = self.walker.path("Reporter", "report")
        self.verdict = self.verdict_now()
        self.walker.walk(destination=str(self.pushed))

    def _versions(self) -> list[Path]:
        return sorted(self.pushed.iterdir())

    def verdict_now(self) -> bytes:
        """Returns the file of the last walk's verdict."""
        return (self.walker.path("Verdict", "verdict") / "verdict.json").read_bytes()

    def again(self) -> list[Path]:
        """Returns the versions that the second run pushed."""
        return [version for version in self._versions() if version not in self.versions]


def run_locally(output: Path) -> Path:
    """Returns the folder that the local run pushed; where the steps run in an image, it runs there too."""
    command("local_runner.py", "run", "--output", str(output), *settings(), before=PREFIX)
    return Path(json.loads((output / "summary.json").read_text())["pushed"]["path"])


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The local run and both backends, side by side."""
    folders = {name: tmp_path_factory.mktemp(name) for name in ("local", "vertex", "kfp")}
    before = os.umask(0o022)
    if PREFIX:  # a container's user is another one, and writes into these folders
        os.umask(0)
        tmp_path_factory.getbasetemp().chmod(0o711)
        for folder in folders.values():
            folder.chmod(0o777)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        started = {name: pool.submit(Walked, name, folders[name]) for name in ("vertex", "kfp")}
        yield started | {"local": pool.submit(run_locally, folders["local"])}
    os.umask(before)


@pytest.fixture(scope="module", params=["vertex", "kfp"])
def walked(request: pytest.FixtureRequest, runs: dict[str, Any]) -> Walked:
    return runs[request.param].result()


@pytest.fixture(scope="module")
def local(runs: dict[str, Any]) -> Path:
    return runs["local"].result()


def test_the_compiled_pipeline_reaches_a_pushed_model_that_is_the_local_runs(walked: Walked, local: Path) -> None:
    (version,) = walked.versions
    card, wanted = (json.loads((folder / "model.json").read_text()) for folder in (version, local))
    assert card["metrics"].keys() == wanted["metrics"].keys()
    assert len(card["metrics"]) > 10
    for name, value in wanted["metrics"].items():
        assert card["metrics"][name] == pytest.approx(value, abs=1e-6), name
    assert card["size"] == wanted["size"]
    assert (card["inputs"], card["outputs"]) == (wanted["inputs"], wanted["outputs"])
    assert card["sha256"] == wanted["sha256"]
    assert [verifying.problem_of(str(folder)) for folder in (version, local)] == [None, None]


def assert_alike(found: Any, wanted: Any, where: str) -> None:
    """Compares JSON, numbers within 1e-6: TFMA sums in the order in which Beam hands it the rows."""
    if isinstance(wanted, dict):
        assert found.keys() == wanted.keys(), where
        for key in wanted:
            assert_alike(found[key], wanted[key], f"{where}.{key}")
    elif isinstance(wanted, list):
        assert len(found) == len(wanted), where
        for number, (one, other) in enumerate(zip(found, wanted, strict=True)):
            assert_alike(one, other, f"{where}[{number}]")
    else:
        assert found == (pytest.approx(wanted, abs=1e-6) if isinstance(wanted, float) else wanted), where


def test_the_report_says_what_the_local_runs_says(walked: Walked, local: Path) -> None:
    found, wanted = (json.loads((path / "summary.json").read_text()) for path in (walked.report, local.parents[1]))
    # Known to the runner alone, measured anew, or the place and the time of the run.
    own = {"steps", "lineage", "command", "finished", "pushed", "config", "data_fingerprint", "code_digest"}
    assert wanted.keys() - own <= found.keys()
    for summary in (found, wanted):
        for rung in summary["ladder"]:
            for figure in ("latency_p50_us", "latency_p99_us", "latency_ratio", "memory_bytes"):
                assert rung.pop(figure) > 0
        for trial in summary["tuner"]:
            assert trial.pop("trial/seconds") > 0
        assert min(summary["tuner_progress"]["search"].pop("seconds")) > 0
    for key in wanted.keys() - own:
        assert_alike(found[key], wanted[key], key)
    assert found["pushed"]["version"] == walked.versions[0].name
    assert (walked.report / "index.html").stat().st_size > 500_000


def test_the_verdict_is_the_local_runs_byte_for_byte(walked: Walked, local: Path) -> None:
    (wanted,) = (local.parents[1] / "artifacts" / "Verdict" / "verdict").glob("*/verdict.json")
    assert walked.verdict == wanted.read_bytes()
    decided = json.loads(walked.verdict)["decisions"]
    assert {of["kind"] for of in decided} == {"quality", "rate", "gap", "compression", "device"}
    assert "bootstrap" in {of["method"] for of in decided}
    assert not any(of["stops"] for of in decided)


def test_what_was_pushed_names_the_model_and_the_verdict_in_the_store(walked: Walked) -> None:
    (version,) = walked.versions
    run = json.loads((version / "model.json").read_text())["run"]
    # Of a store that this machine stands in for, what is below its folder; of one with a scheme, the whole.
    store = "gs://bucket/root/" if "Baseline" in walked.first else ""
    assert (run["model"], run["blessing"]) == (f"{store}1/Selector/model", f"{store}1/Verdict/blessing")


def test_a_second_run_takes_from_the_cache_what_has_not_changed_and_is_compared_with_the_first(walked: Walked) -> None:
    assert len(walked.first) >= 15
    assert set(walked.walker.ran) == {"Evaluator", "Verdict", "Papers", "Pusher", "Reporter"} | (
        {"Baseline"} & set(walked.first)
    )
    evaluation = str(walked.walker.path("Evaluator", "evaluation"))
    (blessing,) = walked.walker.outputs["Verdict"]["blessing"]
    assert blessing["metadata"]["blessed"] == 1
    assert "baseline_model_id" in blessing["metadata"]
    candidate, baseline = tfma_results.overall_metrics(evaluation), tfma_results.baseline_metrics(evaluation)
    shared = [name for name in baseline if name in candidate and "diff" not in name]
    assert len(shared) > 5
    assert all(baseline[name] == pytest.approx(candidate[name], abs=1e-6) for name in shared)
    first, second = json.loads(walked.verdict)["decisions"], json.loads(walked.verdict_now())["decisions"]
    compared = [of for of in second if of["promise"].endswith(".max_drop")]
    assert [of["value"] for of in compared] == [0]
    assert [of for of in second if of not in compared] == first
    assert len(walked.again()) == 1
