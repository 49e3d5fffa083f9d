"""The pipeline as Kubeflow runs it: compiled by TFX, and completed where TFX leaves something out."""

import json
from typing import Any

from modules.base import credentials
from modules.base.errors import UserError
from modules.base.settings import PipelineSettings
from pipeline.kubeflow import resources
from pipeline.kubeflow.document import KFP, VERTEX, Document
from pipeline.wiring import embedded, engines

COMMAND = ["python", "-m", "pipeline.kubeflow.entrypoint"]
# Where each target keeps artifacts.
SCHEMES = {VERTEX: ("gs://",), KFP: ("gs://", "s3://", "minio://")}


def compile_pipeline(settings: PipelineSettings, image: str, root: str, target: engines.Backend) -> Document:
    """Compiles the pipeline that `local_runner.py run` runs.

    Args:
        settings: The config.
        image: The project's image, in which every step runs.
        root: Folder of the artifacts, remote.
        target: Vertex AI, or open-source Kubeflow Pipelines.

    Raises:
        UserError: If the config names what a container could not open, or asks for what the target cannot do.
    """
    if not root.startswith(SCHEMES[target]):
        what = f"is no place that {target} keeps artifacts in; those begin with {' or '.join(SCHEMES[target])}"
        raise UserError(f"--pipeline-root {root}", what, "Give a bucket, and a folder within it")
    if credential := credentials.in_address(root):
        raise UserError(f"--pipeline-root {root}", f"holds {credential}", credentials.ELSEWHERE)
    from tfx.orchestration.data_types import RuntimeParameter
    from tfx.orchestration.kubeflow.v2 import kubeflow_v2_dag_runner as dag_runner

    from pipeline.wiring.pipeline import create_pipeline

    destination = RuntimeParameter(name="destination", ptype=str, default=_destination(settings, root))
    engine = engines.kubeflow(target, settings.kubeflow.project_folder)
    # Kubeflow's names have no underscores.
    named = settings.model_copy(update={"name": settings.name.replace("_", "-")})
    wired = create_pipeline(named, root.rstrip("/"), None, destination, engine)
    config = dag_runner.KubeflowV2DagRunnerConfig(
        default_image=image, default_commands=COMMAND, use_pipeline_spec_2_1=True
    )
    job = dag_runner.KubeflowV2DagRunner(config).run(wired, write_out=False)
    document = _document(target, job)
    _restore_defaults(document, {destination.name: destination.default})
    _embed_schema(document, settings.data.schema_file)
    resources.apply(document, settings.kubeflow)
    document.spec["pipelineInfo"]["description"] = _description(settings)
    if target == KFP:
        _use_the_launchers_copies(document)
    return document


def _destination(settings: PipelineSettings, root: str) -> str:
    destination = settings.pusher.destination or f"{root.rstrip('/')}/pushed"
    if not destination.startswith(("gs://", "s3://")):
        what = f"is {destination}, where no container could leave a model for you"
        raise UserError("pusher.destination", what, "Give a folder in gs:// or s3://")
    return destination


def _document(target: str, job: dict[str, Any]) -> Document:
    spec = job.pop("pipelineSpec")
    if target == VERTEX:
        return Document(target, spec, job)
    # The root of a run is no part of a PipelineSpec; its default is.
    return Document(target, spec | {"defaultPipelineRoot": job["runtimeConfig"]["gcsOutputDirectory"]})


def _restore_defaults(document: Document, defaults: dict[str, Any]) -> None:
    """Gives runtime parameters their defaults, which TFX's compiler drops."""
    for name, entry in document.spec["root"]["inputDefinitions"]["parameters"].items():
        entry |= {"defaultValue": defaults[name], "isOptional": True}
    if document.target == VERTEX:
        document.job["runtimeConfig"]["parameterValues"] = dict(defaults)


def _embed_schema(document: Document, path: str | None) -> None:
    """Gives the schema to the steps that read it, by the name that `staging.in_image` gives it."""
    if path is None:
        return
    uri, packed = embedded.uri(path), embedded.pack(path)
    for name, task in document.tasks.items():
        container = document.container(name)
        if container is not None and uri in json.dumps(task.get("inputs", {}).get("parameters", {})):
            container["args"] += ["--embedded", uri, packed]


def _use_the_launchers_copies(document: Document) -> None:
    """Lets the steps read and write the copies of their artifacts that Kubeflow's launcher makes in each container."""
    for name in document.tasks:
        container = document.container(name)
        if container is not None:
            container["args"] += ["--launcher_root", "/"]


def _description(settings: PipelineSettings) -> str:
    """Says what a submission adds, for who looks at the pipeline in a browser."""
    chosen = {"schedule": settings.kubeflow.schedule, "service account": settings.kubeflow.service_account}
    given = [f"{name}: {value}" for name, value in chosen.items() if value]
    return "; ".join([f"{settings.label.task} model of {settings.label.column}", *given])
