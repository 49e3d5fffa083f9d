"""Sending a compiled pipeline: to Vertex AI by Google's client, to open-source Kubeflow by Kubeflow's."""

import contextlib
import dataclasses
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from modules.base import credentials
from modules.base.errors import UserError
from modules.base.settings import Kubeflow
from pipeline.kubeflow.document import VERTEX, Document


@dataclasses.dataclass(frozen=True)
class Submission:
    """What is sent, and where.

    Attributes:
        requests: Method and address of every request that changes something.
        name: How the run, or the schedule of runs, is called.
        parameters: Values of the runtime parameters.
        root: Folder of the artifacts.
        experiment: Of open-source Kubeflow; None on Vertex AI.
    """

    requests: list[str]
    name: str
    parameters: dict[str, Any]
    root: str
    experiment: str | None


def parameters(document: Document, given: Sequence[str]) -> dict[str, Any]:
    """Returns the values of the runtime parameters, those given on the command line first.

    Args:
        document: The compiled pipeline.
        given: Texts such as `destination=gs://bucket/pushed`.

    Raises:
        UserError: If one of them is no parameter of the pipeline.
    """
    values = document.parameters
    for text in given:
        name, separator, value = text.partition("=")
        if not separator or name not in values:
            known = f"those of this pipeline are {', '.join(sorted(values))}" if values else "this pipeline has none"
            raise UserError(f"--parameter {text}", f"is no NAME=VALUE of a runtime parameter; {known}", "Correct it")
        if credential := credentials.in_address(value):
            raise UserError(f"--parameter {name}", f"holds {credential}", credentials.ELSEWHERE)
        values |= {name: value}
    return values


def plan(document: Document, settings: Kubeflow, values: Mapping[str, Any]) -> Submission:
    """Works out what is sent; sends nothing.

    Raises:
        UserError: If the config does not say where to.
    """
    name = document.spec["pipelineInfo"]["name"]
    if document.target == VERTEX:
        project, region = _needed(settings, "project"), _needed(settings, "region")
        parent = f"https://{region}-aiplatform.googleapis.com/v1/projects/{project}/locations/{region}"
        requests = [f"POST {parent}/{'schedules' if settings.schedule else 'pipelineJobs'}"]
        return Submission(requests, name, dict(values), document.job["runtimeConfig"]["gcsOutputDirectory"], None)
    api = f"{_needed(settings, 'host').rstrip('/')}/apis/v2beta1"
    experiment = settings.experiment or name
    requests = [f"POST {api}/experiments (unless {experiment!r} exists)"]
    requests.append(f"POST {api}/{'recurringruns' if settings.schedule else 'runs'}")
    return Submission(requests, name, dict(values), document.spec.get("defaultPipelineRoot", ""), experiment)


def describe(document: Document, settings: Kubeflow, submission: Submission) -> str:
    """Says exactly what would be sent."""
    size = len(json.dumps(document.spec | document.platform).encode())
    images = sorted({c["image"] for c in map(document.container, document.tasks) if c})
    lines = [
        *submission.requests,
        f"  name             {submission.name}",
        f"  experiment       {submission.experiment}" if submission.experiment else "",
        f"  namespace        {settings.namespace}" if submission.experiment and settings.namespace else "",
        f"  pipeline root    {submission.root}",
        f"  service account  {settings.service_account or 'the default one'}",
        f"  schedule         {_cron(document, settings)}" if settings.schedule else "",
        *(f"  parameter        {name} = {value}" for name, value in sorted(submission.parameters.items())),
        f"  pipeline         {len(document.tasks)} tasks, {size:,} bytes, schema {document.spec['schemaVersion']}",
        *(f"  image            {image}" for image in images),
    ]
    return "\n".join(line for line in lines if line)


def send(document: Document, path: str, settings: Kubeflow, submission: Submission) -> str:
    """Sends a compiled pipeline, and returns what to look at.

    Args:
        document: The compiled pipeline.
        path: Its file.
        settings: The section `kubeflow` of the config.
        submission: What `plan` worked out.

    Raises:
        UserError: If the service cannot be reached, does not let you in, or refuses the pipeline.
    """
    if document.target == VERTEX:
        return _to_vertex(document, path, settings, submission)
    return _to_kfp(document, path, settings, submission)


def _to_vertex(document: Document, path: str, settings: Kubeflow, submission: Submission) -> str:
    from google.api_core.exceptions import GoogleAPIError
    from google.auth.exceptions import GoogleAuthError
    from google.cloud import aiplatform

    try:
        job = aiplatform.PipelineJob(
            display_name=submission.name,
            template_path=path,
            pipeline_root=submission.root,
            parameter_values=submission.parameters,
            project=settings.project,
            location=settings.region,
        )
        if settings.schedule:
            schedule = job.create_schedule(
                cron=_cron(document, settings), display_name=submission.name, service_account=settings.service_account
            )
            return f"Scheduled: {schedule.resource_name}"
        job.submit(service_account=settings.service_account)
        return f"Submitted: {job.resource_name}"
    except GoogleAuthError as error:
        fix = "Log in with gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS"
        raise UserError("Vertex AI", f"does not know who you are ({_line(error)})", fix) from None
    except GoogleAPIError as error:
        fix = "Check kubeflow.project, kubeflow.region and your rights there"
        raise UserError("Vertex AI", f"refused the pipeline ({_line(error)})", fix) from None


def _to_kfp(document: Document, path: str, settings: Kubeflow, submission: Submission) -> str:
    import kfp
    import kfp_server_api
    import urllib3

    host = settings.host
    run: dict[str, Any] = {
        "job_name": submission.name,
        "pipeline_package_path": path,
        "params": submission.parameters,
        "pipeline_root": submission.root or None,
        "service_account": settings.service_account,
    }
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # the client prints links to a user interface that it guesses
            client = kfp.Client(host=host, **({"namespace": settings.namespace} if settings.namespace else {}))
            experiment = client.create_experiment(submission.experiment, namespace=settings.namespace)
            run["experiment_id"] = experiment.experiment_id
            if settings.schedule:
                made = client.create_recurring_run(cron_expression=_cron(document, settings), no_catchup=True, **run)
                return f"Scheduled: {host}/#/recurringrun/details/{made.recurring_run_id}"
            made = client.run_pipeline(**run)
            return f"Submitted: {host}/#/runs/details/{made.run_id}"
    except kfp_server_api.ApiException as error:
        reason = f"{error.status} {error.reason}: {_message(error.body)}"
        fix = "Check kubeflow.namespace, kubeflow.service_account and your rights there"
        raise UserError(str(host), f"refused the pipeline ({reason})", fix) from None
    except urllib3.exceptions.HTTPError as error:
        fix = "Check kubeflow.host, and that kubectl port-forward is running if it is a port of this machine"
        raise UserError(str(host), f"does not answer ({_line(getattr(error, 'reason', None) or error)})", fix) from None


def _cron(document: Document, settings: Kubeflow) -> str:
    """Returns the schedule as the target writes it: open-source Kubeflow has seconds before the five fields."""
    return str(settings.schedule) if document.target == VERTEX else f"0 {settings.schedule}"


def _needed(settings: Kubeflow, field: str) -> str:
    value = getattr(settings, field)
    if not value:
        fixes = {"host": "for example http://localhost:8080 after kubectl port-forward"}
        fix = f"Set kubeflow.{field} in the config{', ' + fixes[field] if field in fixes else ''}"
        raise UserError(f"kubeflow.{field}", "is missing, and says where to submit to", fix)
    return str(value)


def _message(body: Any) -> str:
    """Returns what a Kubeflow API says went wrong."""
    try:
        return " ".join(str(json.loads(body).get("message", body)).split())[:300]
    except (TypeError, ValueError, AttributeError):
        return " ".join(str(body).split())[:300]


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
