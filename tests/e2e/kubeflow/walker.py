"""The walker: runs a compiled pipeline task by task, from the file alone, as Vertex AI or open-source Kubeflow would.

Each task's own command runs in a process of its own, with the task's environment and the ExecutorInput that its backend
sends: in a container of the image, or else in a process that has TFX already (see `tests/forked.py`). What the backends
do themselves, the walker does: order, cache, importers, resolvers, names of artifacts.

Vertex AI gives artifacts their types and resolves queries, and its tasks read and write the bucket; here a folder
stands for it. Open-source Kubeflow sends input artifacts without types and has no resolver, and its launcher copies:
each task gets a folder of its own with copies of its inputs, and only what it leaves below its outputs is uploaded.
URIs stay `gs://…` there, so that whatever tries to open one fails.
"""

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from pipeline.kubeflow import document
from tests import forked

ROOT = Path(__file__).parents[3]
BUCKET = "gs://bucket"
# What goes before each command, so that it runs in a container of the image: image/walk.sh sets it.
PREFIX = shlex.split(os.environ.get("KUBEFLOW_WALK_PREFIX", ""))
PROJECT = "/project" if PREFIX else str(ROOT)


class TaskFailed(AssertionError):
    """A task's command ended with another status than 0; the message is the end of its log."""


class Walker:
    """A backend with its bucket, its lineage and its cache; it may walk several times.

    Attributes:
        bucket: The folder that stands for the bucket.
        ran: The tasks of the last walk that were not taken from the cache, in order.
        outputs: The artifacts of the last walk, by task and key.
    """

    def __init__(self, path: Path, folder: Path, secrets: Mapping[str, str] | None = None):
        self._document = document.read(str(path))
        self._folder, self._secrets = folder, secrets or {}
        self._lineage: list[tuple[str, dict[str, Any]]] = []  # every artifact with its title, oldest first
        self._cache: dict[str, dict[str, Any]] = {}
        self._walks = 0
        self.bucket = folder / "bucket"
        self.ran: list[str] = []
        self.outputs: dict[str, dict[str, list[dict[str, Any]]]] = {}

    def walk(self, **parameters: str) -> None:
        """Runs all tasks, each after those that it depends on."""
        self._walks += 1
        self.ran, self.outputs = [], {}
        values = self._document.parameters | parameters
        for name in self._order():
            self.outputs[name] = self._task(name, values)

    def path(self, task: str, key: str) -> Path:
        """Returns the folder of an output."""
        return Path(self._stored(self.outputs[task][key][0]["uri"]))

    def _order(self) -> Iterator[str]:
        waiting = {name: self._producers(task) for name, task in self._document.tasks.items()}
        done: set[str] = set()
        while waiting:
            ready = sorted(name for name, producers in waiting.items() if producers <= done)
            assert ready, f"these tasks wait for each other: {sorted(waiting)}"
            yield ready[0]
            done.add(ready[0])
            del waiting[ready[0]]

    @staticmethod
    def _producers(task: dict[str, Any]) -> set[str]:
        artifacts = task.get("inputs", {}).get("artifacts", {}).values()
        return {entry["taskOutputArtifact"]["producerTask"] for entry in artifacts} | set(
            task.get("dependentTasks", [])
        )

    def _task(self, name: str, values: Mapping[str, Any]) -> dict[str, Any]:
        task, component = self._document.tasks[name], self._document.component(name)
        inputs = self._inputs(task, values)
        executor = self._document.executors[component["executorLabel"]]
        if "resolver" in executor:
            assert self._document.target == document.VERTEX, f"{name}: open-source Kubeflow has no resolver"
            return {
                key: self._query(query["filter"], inputs["artifacts"])
                for key, query in executor["resolver"]["outputArtifactQueries"].items()
            }
        if "importer" in executor:
            imported = self._artifact(
                executor["importer"]["artifactUri"]["constant"], executor["importer"]["typeSchema"]
            )
            return {key: [imported] for key in component["outputDefinitions"]["artifacts"]}
        container = executor["container"]
        key = hashlib.sha256(json.dumps([container, inputs], sort_keys=True).encode()).hexdigest()
        cached = task.get("cachingOptions", {}).get("enableCache", False)
        if not cached or key not in self._cache:
            self._cache[key] = self._run(name, container, inputs)
            self.ran.append(name)
        return self._cache[key]

    def _inputs(self, task: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
        given = task.get("inputs", {})
        parameters = {}
        for key, entry in given.get("parameters", {}).items():
            constant = entry.get("runtimeValue", {}).get("constant")
            parameters[key] = values[entry["componentInputParameter"]] if constant is None else constant
        artifacts = {}
        for key, entry in given.get("artifacts", {}).items():
            source = entry["taskOutputArtifact"]
            artifacts[key] = self.outputs[source["producerTask"]][source["outputArtifactKey"]]
        return {"parameterValues": parameters, "artifacts": artifacts}

    def _artifact(self, uri: str, kind: dict[str, Any]) -> dict[str, Any]:
        number = str(len(self._lineage) + 1)
        name = f"projects/1/locations/eu/metadataStores/default/artifacts/{number}"
        made = {"name": number if self._document.target == document.KFP else name, "uri": uri, "type": kind}
        self._lineage.append((yaml.safe_load(kind["instanceSchema"])["title"], made))
        return made

    def _query(self, text: str, inputs: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
        """Returns the newest artifact that a resolver's filter lets pass, as Vertex AI's metadata store would."""
        placeholder = re.search(r"\{\{\$\.inputs\.artifacts\['(\w+)'\]\.metadata\['(\w+)'\]\}\}", text)
        if placeholder:
            if not inputs[placeholder[1]]:
                return []
            text = text.replace(placeholder[0], inputs[placeholder[1]][0]["metadata"][placeholder[2]])
        found = self._lineage
        for condition in text.split(" AND "):
            left, _, right = condition.partition("=")
            value = right.strip('"')
            if left == "schema_title":
                found = [(title, artifact) for title, artifact in found if title == value]
            elif left == "name":
                found = [(title, artifact) for title, artifact in found if artifact["name"] == value]
            elif left.startswith("metadata."):
                key, kind = left.split(".")[1:]
                assert kind == "number_value", condition
                found = [(t, a) for t, a in found if a.get("metadata", {}).get(key) == float(value)]
            else:
                assert (left, value) == ("state", "LIVE"), condition
        return [found[-1][1]] if found else []

    def _run(self, name: str, container: dict[str, Any], inputs: dict[str, Any]) -> dict[str, Any]:
        """Runs a container's command; returns its outputs, with what the task said of them."""
        kfp = self._document.target == document.KFP
        own = self._folder / "tasks" / f"{self._walks}-{name}"
        own.mkdir(parents=True)
        defined = self._document.component(name).get("outputDefinitions", {}).get("artifacts", {})
        folder = f"{BUCKET}/root/{self._walks}/{name}"
        made = {key: [self._artifact(f"{folder}/{key}", spec["artifactType"])] for key, spec in defined.items()}
        # Open-source Kubeflow reads the outputs from a fixed place in the container, Vertex AI from the bucket.
        output_file = str(own / "output_metadata.json") if kfp else f"{folder}/executor_output.json"
        sent = {
            "inputs": {
                "parameterValues": inputs["parameterValues"],
                "artifacts": {key: {"artifacts": self._sent(found)} for key, found in inputs["artifacts"].items()},
            },
            "outputs": {
                "artifacts": {key: {"artifacts": found} for key, found in made.items()},
                "outputFile": output_file,
            },
        }
        command = [*container["command"], *container["args"]]
        copies = own / "copies"
        if kfp:
            for artifact in (a for found in inputs["artifacts"].values() for a in found):
                shutil.copytree(self._stored(artifact["uri"]), self._copy(copies, artifact["uri"]), dirs_exist_ok=True)
            command[command.index("--launcher_root") + 1] = str(copies)
        else:
            for artifact in (a for found in made.values() for a in found):
                os.makedirs(self._stored(artifact["uri"]))  # a bucket has no folders that could be missing
        filled = [part.replace("{{$}}", json.dumps(sent)) for part in command]
        if not kfp:
            filled = [part.replace(BUCKET, str(self.bucket)) for part in filled]
        self._execute(name, container, filled, own)
        said = json.loads(Path(self._stored(output_file)).read_text())["artifacts"]
        for key, (artifact,) in made.items():
            (reported,) = said[key]["artifacts"]
            assert self._stored(reported["uri"]) == self._stored(artifact["uri"])
            artifact["metadata"] = reported.get("metadata", {})
            if kfp and self._copy(copies, artifact["uri"]).exists():
                shutil.copytree(self._copy(copies, artifact["uri"]), self._stored(artifact["uri"]))
        return made

    def _execute(self, name: str, container: dict[str, Any], command: list[str], folder: Path) -> None:
        variables = {entry["name"]: entry["value"] for entry in container.get("env", [])} | self._secret_variables(name)
        own = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(folder), "KERAS_HOME": str(folder)}
        if PREFIX:
            settings = [f"{key}={value}" for key, value in variables.items()]
            line = [*PREFIX, "env", *settings, *command]
            process = subprocess.run(line, cwd=ROOT, env=own, capture_output=True, text=True, timeout=900, check=False)
        else:
            assert command[0] == "python"
            process = forked.run(command[1:], ROOT, 900, own | variables)
        (folder / "log").write_text(process.stdout + process.stderr)
        if process.returncode != 0:
            raise TaskFailed(f"{name} ended with {process.returncode}:\n{process.stderr[-3_000:]}")

    def _secret_variables(self, name: str) -> dict[str, str]:
        kubernetes = self._document.platform.get("platforms", {}).get("kubernetes", {})
        executors = kubernetes.get("deploymentSpec", {}).get("executors", {})
        config = executors.get(self._document.component(name)["executorLabel"], {})
        return {
            key["envVar"]: self._secrets[f"{entry['secretName']}/{key['secretKey']}"]
            for entry in config.get("secretAsEnv", [])
            for key in entry["keyToEnv"]
        }

    def _sent(self, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        dropped = {"type"} if self._document.target == document.KFP else set()
        return [{key: value for key, value in artifact.items() if key not in dropped} for artifact in found]

    def _stored(self, uri: str) -> str:
        return uri.replace(BUCKET, str(self.bucket))

    @staticmethod
    def _copy(copies: Path, uri: str) -> Path:
        return copies / "gcs" / uri.removeprefix("gs://")
