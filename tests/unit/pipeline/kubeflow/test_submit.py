"""Submitting: to a server on this machine that speaks Kubeflow's API v2beta1, and to Google's client, watched."""

import http.server
import json
import os
import subprocess
import sys
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from modules.base.errors import UserError
from modules.base.settings import Kubeflow
from pipeline.kubeflow import document, submit

pytestmark = [pytest.mark.unit, pytest.mark.kubeflow]

ROOT = Path(__file__).parents[4]
API = "/apis/v2beta1"
VERTEX = Kubeflow(project="models", region="europe-west1")


class Api(http.server.ThreadingHTTPServer):
    """Kubeflow's API: its experiments, and every request that changes something."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.experiments: list[dict[str, Any]] = []
        self.posted: list[tuple[str, dict[str, Any]]] = []
        self.refusal: dict[str, Any] | None = None

    @property
    def host(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Api

    def log_message(self, *arguments: Any) -> None:
        """Says nothing."""

    def do_GET(self) -> None:  # noqa: N802
        path = urllib.parse.urlsplit(self.path).path
        if path == f"{API}/healthz":
            self._answer(200, {"multi_user": False})
        elif path == f"{API}/experiments":
            self._answer(200, {"experiments": self.server.experiments})
        else:
            self._answer(404, {"message": f"no {path}"})

    def do_POST(self) -> None:  # noqa: N802
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.refusal is not None:
            self._answer(403, self.server.refusal)
            return
        self.server.posted.append((self.path, body))
        made = {
            f"{API}/experiments": {"experiment_id": "e-1", "display_name": body.get("display_name")},
            f"{API}/runs": {"run_id": "r-1"},
            f"{API}/recurringruns": {"recurring_run_id": "s-1"},
        }
        self._answer(200, made[self.path])

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    for name in ("KF_PIPELINES_ENDPOINT", "KF_PIPELINES_UI_ENDPOINT", "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    server = Api()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def files(compiled: Callable[[str], Any], tmp_path: Path) -> dict[str, Path]:
    paths = {"vertex": tmp_path / "job.json", "kfp": tmp_path / "spec.yaml"}
    for target, path in paths.items():
        document.write(compiled(target), str(path))
    return paths


def send(path: Path, settings: Kubeflow, *given: str) -> str:
    made = document.read(str(path))
    return submit.send(made, str(path), settings, submit.plan(made, settings, submit.parameters(made, given)))


def test_a_run_is_made_in_an_experiment_of_the_pipelines_name(api: Api, files: dict[str, Path]) -> None:
    settings = Kubeflow(host=api.host, service_account="runner")
    assert send(files["kfp"], settings) == f"Submitted: {api.host}/#/runs/details/r-1"
    (path, experiment), (run_path, run) = api.posted
    assert (path, experiment["display_name"]) == (f"{API}/experiments", "census-income")
    assert run_path == f"{API}/runs"
    assert run["experiment_id"] == "e-1"
    assert run["service_account"] == "runner"
    assert run["runtime_config"]["pipeline_root"] == "gs://bucket/root"
    assert run["runtime_config"]["parameters"] == {"destination": "gs://bucket/root/pushed"}


def test_the_whole_pipeline_arrives_its_secrets_included(api: Api, files: dict[str, Path]) -> None:
    send(files["kfp"], Kubeflow(host=api.host))
    spec, platform = yaml.safe_load_all(files["kfp"].read_text())
    arrived = api.posted[-1][1]["pipeline_spec"]
    assert arrived["platform_spec"] == platform
    assert arrived["pipeline_spec"]["root"]["dag"]["tasks"].keys() == spec["root"]["dag"]["tasks"].keys()
    assert arrived["pipeline_spec"]["deploymentSpec"] == spec["deploymentSpec"]


def test_a_parameter_given_wins_over_its_default(api: Api, files: dict[str, Path]) -> None:
    send(files["kfp"], Kubeflow(host=api.host), "destination=s3://models/x?region=eu")
    assert api.posted[-1][1]["runtime_config"]["parameters"] == {"destination": "s3://models/x?region=eu"}


def test_an_experiment_that_exists_is_used(api: Api, files: dict[str, Path]) -> None:
    api.experiments = [{"experiment_id": "e-7", "display_name": "edge", "namespace": "team"}]
    send(files["kfp"], Kubeflow(host=api.host, experiment="edge", namespace="team"))
    ((path, run),) = api.posted
    assert (path, run["experiment_id"]) == (f"{API}/runs", "e-7")


def test_a_schedule_makes_a_recurring_run_with_seconds_before_the_five_fields(api: Api, files: dict[str, Path]) -> None:
    settings = Kubeflow(host=api.host, schedule="30 3 * * 1")
    assert send(files["kfp"], settings) == f"Scheduled: {api.host}/#/recurringrun/details/s-1"
    path, body = api.posted[-1]
    assert path == f"{API}/recurringruns"
    assert body["trigger"] == {"cron_schedule": {"cron": "0 30 3 * * 1"}}
    assert body["mode"] == "ENABLE"


def test_a_refusal_is_one_line_with_what_the_service_says(api: Api, files: dict[str, Path]) -> None:
    api.refusal = {"message": "User is not\nauthorized to create runs"}
    with pytest.raises(UserError) as caught:
        send(files["kfp"], Kubeflow(host=api.host))
    assert "refused the pipeline (403 Forbidden: User is not authorized to create runs)" in str(caught.value)
    assert api.host in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_host_that_does_not_answer_is_one_line(api: Api, files: dict[str, Path]) -> None:
    host = api.host
    api.shutdown()
    api.server_close()
    with pytest.raises(UserError) as caught:
        send(files["kfp"], Kubeflow(host=host, namespace="team"))
    assert f"{host}: does not answer" in str(caught.value)
    assert "Check kubeflow.host" in str(caught.value)
    assert "\n" not in str(caught.value)


class Watched:
    """Google's PipelineJob, as far as it is called."""

    calls: list[tuple[str, dict[str, Any]]] = []
    error: Exception | None = None
    resource_name = "projects/1/locations/europe-west1/pipelineJobs/7"

    def __init__(self, **arguments: Any):
        type(self).calls = [("PipelineJob", arguments)]
        if self.error is not None:
            raise self.error

    def submit(self, **arguments: Any) -> None:
        self.calls.append(("submit", arguments))

    def create_schedule(self, **arguments: Any) -> "Watched":
        self.calls.append(("create_schedule", arguments))
        return self


@pytest.fixture
def vertex(monkeypatch: pytest.MonkeyPatch) -> type[Watched]:
    from google.cloud import aiplatform

    monkeypatch.setattr(aiplatform, "PipelineJob", Watched)
    monkeypatch.setattr(Watched, "error", None)
    return Watched


def test_vertex_gets_the_job_its_root_its_parameters_and_the_service_account(
    vertex: type[Watched], files: dict[str, Path]
) -> None:
    settings = VERTEX.model_copy(update={"service_account": "runner@models.iam.gserviceaccount.com"})
    assert send(files["vertex"], settings, "destination=gs://x/y") == f"Submitted: {Watched.resource_name}"
    (_, job), (called, run) = vertex.calls
    assert job == {
        "display_name": "census-income",
        "template_path": str(files["vertex"]),
        "pipeline_root": "gs://bucket/root",
        "parameter_values": {"destination": "gs://x/y"},
        "project": "models",
        "location": "europe-west1",
    }
    assert (called, run) == ("submit", {"service_account": "runner@models.iam.gserviceaccount.com"})


def test_vertex_keeps_a_schedule_as_it_is_written(vertex: type[Watched], files: dict[str, Path]) -> None:
    assert send(files["vertex"], VERTEX.model_copy(update={"schedule": "30 3 * * 1"})).startswith("Scheduled: ")
    called, schedule = vertex.calls[-1]
    assert called == "create_schedule"
    assert (schedule["cron"], schedule["display_name"]) == ("30 3 * * 1", "census-income")


def test_what_google_says_no_to_is_one_line(vertex: type[Watched], files: dict[str, Path]) -> None:
    from google.api_core.exceptions import PermissionDenied
    from google.auth.exceptions import DefaultCredentialsError

    for error, said in (
        (PermissionDenied("no\nright"), "refused the pipeline (403 no right)"),
        (DefaultCredentialsError("none\nfound"), "does not know who you are (none found)"),
    ):
        vertex.error = error
        with pytest.raises(UserError) as caught:
            send(files["vertex"], VERTEX)
        assert said in str(caught.value)
        assert "\n" not in str(caught.value)


def test_googles_own_client_accepts_the_file(files: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """The real PipelineJob reads and checks the file; only the request itself is kept back."""
    from google.auth.credentials import AnonymousCredentials
    from google.cloud import aiplatform

    job = aiplatform.PipelineJob(
        display_name="x",
        template_path=str(files["vertex"]),
        parameter_values={"destination": "gs://a/b"},
        project="models",
        location="europe-west1",
        credentials=AnonymousCredentials(),
    )
    config = job._gca_resource.runtime_config
    assert config.gcs_output_directory == "gs://bucket/root"
    assert dict(config.parameter_values) == {"destination": "gs://a/b"}


@pytest.mark.parametrize(
    ("target", "settings", "said"),
    [
        ("vertex", Kubeflow(region="r"), "kubeflow.project: is missing"),
        ("vertex", Kubeflow(project="p"), "kubeflow.region: is missing"),
        ("kfp", Kubeflow(), "kubeflow.host: is missing"),
    ],
)
def test_a_place_that_the_config_does_not_name_is_asked_for(
    files: dict[str, Path], target: str, settings: Kubeflow, said: str
) -> None:
    made = document.read(str(files[target]))
    with pytest.raises(UserError, match=said):
        submit.plan(made, settings, {})


def test_a_parameter_with_a_password_is_refused_and_the_password_not_shown(files: dict[str, Path]) -> None:
    with pytest.raises(UserError, match="--parameter destination: holds a password") as caught:
        submit.parameters(document.read(str(files["kfp"])), ["destination=s3://key:hidden@models/x"])
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize("text", ["destnation=gs://x", "destination"])
def test_a_parameter_that_the_pipeline_does_not_have_is_refused_with_those_that_it_has(
    files: dict[str, Path], text: str
) -> None:
    with pytest.raises(UserError, match="those of this pipeline are destination"):
        submit.parameters(document.read(str(files["kfp"])), [text])


# Runs the command line, and when it ends writes to standard error what has been imported of what should not.
WATCH = """
import atexit, sys
clients = ("google.cloud.aiplatform", "tensorflow", "tfx")
atexit.register(lambda: print([name for name in clients if name in sys.modules], file=sys.stderr))
import kubeflow_runner
sys.exit(kubeflow_runner.main(sys.argv[1:]))
"""


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WATCH, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
    )


def test_a_dry_run_says_what_would_be_sent_to_vertex_and_imports_no_client_that_asks_for_credentials(
    files: dict[str, Path],
) -> None:
    place = ["--set", "kubeflow.project=models", "--set", "kubeflow.region=europe-west1"]
    done = command("submit", str(files["vertex"]), "--dry-run", *place, "--set", "kubeflow.service_account=me")
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip() == "[]"
    first, *lines = done.stdout.splitlines()
    assert (
        first
        == "POST https://europe-west1-aiplatform.googleapis.com/v1/projects/models/locations/europe-west1/pipelineJobs"
    )
    assert "  service account  me" in lines
    assert "  parameter        destination = gs://bucket/root/pushed" in lines
    assert "  image            europe-docker.pkg.dev/project/models/edge:1" in lines
    assert lines[-1] == "Nothing was sent."


def test_a_dry_run_sends_nothing_to_kubeflow(api: Api, files: dict[str, Path]) -> None:
    settings = ["--set", f"kubeflow.host={api.host}", "--set", "kubeflow.schedule=0 3 * * 1"]
    done = command("submit", str(files["kfp"]), "--dry-run", *settings, "--parameter", "destination=s3://a/b")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:2] == [
        f"POST {api.host}{API}/experiments (unless 'census-income' exists)",
        f"POST {api.host}{API}/recurringruns",
    ]
    assert "  schedule         0 0 3 * * 1" in done.stdout.splitlines()
    assert "  parameter        destination = s3://a/b" in done.stdout.splitlines()
    assert api.posted == []


def test_the_command_line_submits(api: Api, files: dict[str, Path]) -> None:
    done = command("submit", str(files["kfp"]), "--set", f"kubeflow.host={api.host}")
    assert (done.returncode, done.stdout) == (0, f"Submitted: {api.host}/#/runs/details/r-1\n"), done.stderr
    assert [path for path, _ in api.posted] == [f"{API}/experiments", f"{API}/runs"]


def test_without_credentials_the_command_line_says_so_in_one_line(files: dict[str, Path], tmp_path: Path) -> None:
    place = ["--set", "kubeflow.project=models", "--set", "kubeflow.region=europe-west1"]
    missing = str(tmp_path / "none.json")
    done = command("submit", str(files["vertex"]), *place, GOOGLE_APPLICATION_CREDENTIALS=missing)
    message, *_ = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (2, "")
    assert message.startswith("Vertex AI: does not know who you are (")
    assert "Traceback" not in done.stderr


def test_a_broken_file_is_not_submitted(api: Api, files: dict[str, Path]) -> None:
    broken = files["kfp"].read_text().replace("producerTask: Student", "producerTask: Stdent", 1)
    files["kfp"].write_text(broken)
    done = command("submit", str(files["kfp"]), "--set", f"kubeflow.host={api.host}")
    assert done.returncode == 2
    assert "comes from 'Stdent', which is no task" in done.stderr
    assert api.posted == []
